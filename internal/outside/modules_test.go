package outside

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A tree has the modules of this repository, by their paths.
type tree map[string]*mod

// A mod is one module of the tree.
type mod struct {
	dir     string
	file    *modfile.File
	version string // which the other modules require
}

// first is the version of a module that no other module requires.
const first = "v0.1.0"

// readTree reads all go.mod files of the repository.
func readTree(t *testing.T) tree {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return treeIn(t, root)
}

func treeIn(t *testing.T, root string) tree {
	t.Helper()
	modules := tree{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if entry.Name() != "go.mod" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := modfile.Parse(path, text, nil)
		if err != nil {
			return err
		}
		modules[file.Module.Mod.Path] = &mod{dir: filepath.Dir(path), file: file, version: first}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		for _, required := range m.file.Require {
			if other, ours := modules[required.Mod.Path]; ours && semver.Compare(required.Mod.Version, other.version) > 0 {
				other.version = required.Mod.Version
			}
		}
	}
	return modules
}

// library reports whether the module is for importers. The others are programs,
// tools and tests of this repository.
func (m *mod) library() bool {
	path := m.file.Module.Mod.Path
	for _, own := range []string{"/internal/", "/scripts/", "/benchmarks/", "/example/", "/natstest/"} {
		if strings.Contains(path+"/", own) {
			return false
		}
	}
	return true
}

func TestLibrariesRequireVersionsThatCanBeTagged(t *testing.T) {
	modules := readTree(t)
	for path, m := range modules {
		if !m.library() {
			continue
		}
		for _, required := range m.file.Require {
			other, ours := modules[required.Mod.Path]
			if !ours {
				continue
			}
			if required.Mod.Version == "v0.0.0" || module.IsPseudoVersion(required.Mod.Version) {
				t.Errorf("%s requires %s at %s, which no importer can get", path, required.Mod.Path, required.Mod.Version)
			}
			if required.Mod.Version != other.version {
				t.Errorf("%s requires %s at %s, another module at %s", path, required.Mod.Path, required.Mod.Version, other.version)
			}
			if !m.replaces(required.Mod.Path) {
				t.Errorf("%s does not replace %s: in the tree it would be tested with what is published", path, required.Mod.Path)
			}
		}
	}
}

func (m *mod) replaces(path string) bool {
	for _, r := range m.file.Replace {
		if r.Old.Path == path && modfile.IsDirectoryPath(r.New.Path) {
			return true
		}
	}
	return false
}
