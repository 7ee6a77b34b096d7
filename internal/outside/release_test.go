package outside

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/semver"
)

// The dry run of a release: the test runs the commands of docs/release.md in a copy
// of the tree, and then fetches each module by the tags that they made.

// versionOf returns the version that all published modules have.
func (modules tree) versionOf(t *testing.T) string {
	t.Helper()
	version := first
	for _, m := range modules {
		if m.library() && semver.Compare(m.version, version) > 0 {
			version = m.version
		}
	}
	return version
}

// A rehearsal is a repository with the tags of a release, which a go command uses
// instead of the real one.
type rehearsal struct {
	dir string // of the copy
	env []string
}

func rehearse(t *testing.T, modules tree, version string) *rehearsal {
	t.Helper()
	for _, tool := range []string{"git", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s", tool)
		}
	}
	root := modules["github.com/seed62337844/workerpool"].dir
	origin := filepath.Join(t.TempDir(), "origin.git")
	config := filepath.Join(t.TempDir(), "gitconfig")
	text := "[url \"" + fileURL(origin) + "\"]\n\tinsteadOf = https://github.com/seed62337844/workerpool\n" +
		"[user]\n\tname = Dry Run\n\temail = dry@run.invalid\n[core]\n\tautocrlf = false\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r := &rehearsal{dir: t.TempDir()}
	r.env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") }),
		"GIT_CONFIG_GLOBAL="+config, "GIT_CONFIG_NOSYSTEM=1")

	copyTree(t, root, r.dir)
	if err := os.MkdirAll(origin, 0o755); err != nil {
		t.Fatal(err)
	}
	r.shell(t, `git init -q --bare "`+origin+`" && git init -q -b main && git add -A && git commit -q -m all && git remote add origin "`+origin+`"`)
	r.shell(t, commands(t, root, "## Tag", version))
	return r
}

// copyTree copies what would be committed: all files that are not in ignored
// directories.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case entry.Name() == ".git": // a directory, or a file in a work tree
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

var block = regexp.MustCompile("(?s)```sh\n(.*?)```")

// commands returns the commands under a heading of docs/release.md, for a
// version.
func commands(t *testing.T, root, heading, version string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs", "release.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), heading+"\n")
	m := block.FindStringSubmatch(section)
	if m == nil {
		t.Fatalf("docs/release.md has no commands under %q", heading)
	}
	return regexp.MustCompile(`(?m)^version=\S+$`).ReplaceAllLiteralString(m[1], "version="+version)
}

func (r *rehearsal) shell(t *testing.T, script string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-c", "set -euo pipefail\n"+script)
	command.Dir, command.Env = r.dir, r.env
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, output)
	}
	return string(output)
}

// importer returns an importer that finds the modules of the tree only by their
// tags.
func (r *rehearsal) importer(t *testing.T, cache string) importer {
	t.Helper()
	in := newImporter(t, "off")
	for _, v := range r.env {
		if strings.HasPrefix(v, "GIT_") {
			in.env = append(in.env, v)
		}
	}
	proxies := in.goEnv(t, "GOPROXY")
	in.env = append(in.env, "GOPROXY="+strings.TrimPrefix(proxies, "off,"),
		"GONOPROXY=github.com/seed62337844/*", "GOMODCACHE="+cache)
	return in
}

func TestADryRunOfTheRelease(t *testing.T) {
	modules := readTree(t)
	version := modules.versionOf(t)
	r := rehearse(t, modules, version)

	var want []string
	for path, m := range modules {
		if m.library() {
			want = append(want, strings.TrimPrefix(strings.TrimPrefix(path, "github.com/seed62337844/workerpool")+"/"+version, "/"))
		}
	}
	slices.Sort(want)
	tags := strings.Fields(r.shell(t, `git -C "$(git remote get-url origin)" tag`))
	slices.Sort(tags)
	if !slices.Equal(tags, want) {
		t.Fatalf("the commands of docs/release.md push the tags %q, want %q", tags, want)
	}

	cache := t.TempDir() // one for all, so that each module is fetched once
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		if !modules[path].library() {
			continue
		}
		t.Run(strings.TrimPrefix(path, "github.com/seed62337844/"), func(t *testing.T) {
			in := r.importer(t, cache)
			in.run(t, "go", "mod", "init", "example.com/outside")
			in.run(t, "go", "get", path+"@"+version)
			in.write(t, modules[path].packages(t))
			in.run(t, "go", "build", "-o", os.DevNull, ".")
			for line := range strings.Lines(in.run(t, "go", "list", "-m", "-f", "{{.Path}} {{.Version}}{{with .Replace}} replaced{{end}}", "all")) {
				line = strings.TrimSpace(line)
				if strings.HasPrefix(line, "github.com/seed62337844/") && !strings.HasSuffix(line, " "+version) {
					t.Errorf("it was built with %s", line)
				}
			}
			in.standsAlone(t, path, version)
		})
	}
}

// standsAlone checks a published module: it has the license, and all packages that it
// and its tests import are found even without its replace directives.
func (in importer) standsAlone(t *testing.T, path, version string) {
	t.Helper()
	var got struct{ Dir string }
	if err := json.Unmarshal([]byte(in.run(t, "go", "mod", "download", "-json", path+"@"+version)), &got); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(got.Dir, "LICENSE")); err != nil {
		t.Errorf("it has no license: %v", err)
	}
	alone := in
	alone.dir = t.TempDir()
	copyTree(t, got.Dir, alone.dir)
	alone.run(t, "go", "mod", "edit", "-dropreplace=github.com/seed62337844/workerpool")
	if text := alone.run(t, "go", "mod", "edit", "-json"); strings.Contains(text, `"Replace": [`) {
		t.Errorf("it replaces more than the root: %s", text)
	}
	alone.run(t, "go", "list", "-mod=mod", "-test", "-deps", "./...")
}

func TestTheCommandsForALaterVersionLetAllModulesRequireIt(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	modules := readTree(t)
	root := modules["github.com/seed62337844/workerpool"].dir
	r := &rehearsal{dir: t.TempDir(), env: os.Environ()}
	copyTree(t, root, r.dir)
	const later = "v0.999.0"
	r.shell(t, commands(t, root, "## Before", later))
	for path, m := range treeIn(t, r.dir) {
		for _, required := range m.file.Require {
			ours := strings.HasPrefix(required.Mod.Path, "github.com/seed62337844/")
			if ours && required.Mod.Version != later && path != "github.com/seed62337844/workerpool/benchmarks" {
				t.Errorf("%s requires %s", path, required.Mod)
			}
		}
	}
}

func TestTheChangelogHasTheVersion(t *testing.T) {
	modules := readTree(t)
	version := strings.TrimPrefix(modules.versionOf(t), "v")
	page, err := os.ReadFile(filepath.Join(modules["github.com/seed62337844/workerpool"].dir, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile(`(?m)^## ` + regexp.QuoteMeta(version) + `(, .*)?$`)
	if !heading.Match(page) {
		t.Errorf("CHANGELOG.md has no entry for %s, the version that the modules require", version)
	}
}
