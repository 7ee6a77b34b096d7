package outside

import (
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An importer is a module outside the tree, with a go command that finds the
// modules of the tree only at a proxy. It has its own module cache, so that
// these versions do not stay in the user's cache.
type importer struct {
	dir string
	env []string
}

func newImporter(t *testing.T, proxy string) importer {
	t.Helper()
	in := importer{dir: t.TempDir()}
	downloaded := filepath.Join(in.goEnv(t, "GOMODCACHE"), "cache", "download")
	in.env = append(os.Environ(),
		"GOPROXY="+proxy+","+fileURL(downloaded)+","+in.goEnv(t, "GOPROXY"),
		"GOMODCACHE="+t.TempDir(),
		"GOSUMDB=off", "GOPRIVATE=", "GONOPROXY=", "GONOSUMDB=",
		"GOFLAGS=-modcacherw -trimpath", // so that the cache can be removed, and earlier builds are used
		"GOWORK=off", "GO111MODULE=on", "GOTOOLCHAIN=local",
	)
	return in
}

func (in importer) goEnv(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimSpace(in.run(t, "go", "env", name))
}

// run runs a command in the importer's directory, and returns its output.
func (in importer) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir, command.Env = in.dir, in.env
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, output)
	}
	return string(output)
}

// write writes a program that imports the packages.
func (in importer) write(t *testing.T, packages []string) {
	t.Helper()
	var text strings.Builder
	text.WriteString("package main\n\nimport (\n")
	for _, p := range packages {
		fmt.Fprintf(&text, "\t_ %q\n", p)
	}
	text.WriteString(")\n\nfunc main() { println(\"built from versions\") }\n")
	if err := os.WriteFile(filepath.Join(in.dir, "main.go"), []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// packages returns the packages of the module that others can import.
func (m *mod) packages(t *testing.T) []string {
	t.Helper()
	list := importer{dir: m.dir, env: append(os.Environ(), "GOWORK=off")}.run(t, "go", "list", "-f", "{{if ne .Name \"main\"}}{{.ImportPath}}{{end}}", "./...")
	var packages []string
	for line := range strings.Lines(list) {
		if p := strings.TrimSpace(line); p != "" && !strings.Contains(p+"/", "/internal/") {
			packages = append(packages, p)
		}
	}
	return packages
}

func TestProgramsOutsideTheTreeCanUseEachModule(t *testing.T) {
	modules := readTree(t)
	proxy := modules.publish(t)
	for path, m := range modules {
		if !m.library() {
			continue
		}
		t.Run(strings.TrimPrefix(path, "github.com/seed62337844/"), func(t *testing.T) {
			packages := m.packages(t)
			if len(packages) == 0 {
				t.Fatal("nothing can be imported")
			}
			in := newImporter(t, proxy)
			in.run(t, "go", "mod", "init", "example.com/outside")
			in.write(t, packages)
			in.run(t, "go", "mod", "edit", "-require="+path+"@"+m.version)
			in.run(t, "go", "mod", "tidy")
			in.run(t, "go", "mod", "verify")
			if said := in.run(t, "go", "run", "."); said != "built from versions\n" {
				t.Errorf("the program said %q", said)
			}
			if used := in.run(t, "go", "list", "-m", path); used != path+" "+m.version+"\n" {
				t.Errorf("the program was built with %s", used)
			}
		})
	}
}

// Programs with an older Go could not use a module that requires a newer Go
// than it needs.
func TestGoDirectivesAreNoHigherThanTheyMustBe(t *testing.T) {
	modules := readTree(t)
	for path, m := range modules {
		if !m.library() {
			continue
		}
		needed := "1.25"
		list := importer{dir: m.dir, env: append(os.Environ(), "GOWORK=off")}.run(t, "go", "list", "-m", "-f", "{{if not .Main}}{{.GoVersion}}{{end}}", "all")
		for v := range strings.FieldsSeq(list) {
			if newer(v, needed) {
				needed = v
			}
		}
		if got := m.file.Go.Version; newer(got, needed) {
			t.Errorf("%s says go %s; what it requires needs no more than %s", path, got, needed)
		}
	}
}

func newer(a, b string) bool { return version.Compare("go"+a, "go"+b) > 0 }
