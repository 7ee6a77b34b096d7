package benchmarks

// The pages for people are held against the tree: the program of ../README.md is
// built and run, links lead somewhere, and names exist.

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func noError(t *testing.T, err error, more ...any) {
	t.Helper()
	if err != nil {
		t.Fatal(append([]any{err, "\n"}, more...)...)
	}
}

func contains(t *testing.T, text, words string) {
	t.Helper()
	if !strings.Contains(text, words) {
		t.Fatalf("no %q in:\n%s", words, text)
	}
}

// page returns the text of a file of the tree.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	noError(t, err)
	return string(text)
}

// A service is the program of the README at work.
type service struct {
	command *exec.Cmd
	address string
	log     *lockedBuffer
	ended   chan error
}

// startService builds the program of the README with some of its text replaced, which
// must be there, and starts it with a pool of one worker.
func startService(t *testing.T, replace ...string) *service {
	t.Helper()
	_, text, _ := strings.Cut(page(t, "README.md"), "```go\npackage main\n")
	text = "package main\n" + text
	text, _, found := strings.Cut(text, "```\n")
	if !found {
		t.Fatal("the README has no program")
	}
	l, err := net.Listen("tcp", "localhost:0")
	noError(t, err)
	s := &service{address: l.Addr().String(), log: new(lockedBuffer), ended: make(chan error, 1)}
	noError(t, l.Close()) // the address stays free
	replace = append(replace, "localhost:8080", s.address)
	for i := 0; i < len(replace); i += 2 {
		contains(t, text, replace[i])
	}
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "service.exe")
	noError(t, os.WriteFile(source, []byte(strings.NewReplacer(replace...).Replace(text)), 0o600))
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, source).CombinedOutput()
	noError(t, err, output)

	s.command = exec.Command(program)
	s.command.Env = append(os.Environ(), "WORKER_POOL_SIZE=1")
	s.command.Stderr = s.log
	noError(t, s.command.Start())
	t.Cleanup(func() { _ = s.command.Process.Kill() })
	go func() { s.ended <- s.command.Wait() }()
	s.until(t, func() bool {
		c, err := net.Dial("tcp", s.address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return s
}

// until returns when the condition holds.
func (s *service) until(t *testing.T, condition func() bool) {
	t.Helper()
	tick, over := time.NewTicker(time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("it does not come to that:\n%s", s.log)
		}
	}
}

// post submits a job, and returns the answer's code.
func (s *service) post(t *testing.T) int {
	t.Helper()
	answer, err := http.Post("http://"+s.address+"/jobs/7", "", nil)
	noError(t, err, s.log)
	noError(t, answer.Body.Close())
	if after := answer.Header.Get("Retry-After"); answer.StatusCode == http.StatusTooManyRequests && after != "1" {
		t.Errorf("Retry-After is %q", after)
	}
	return answer.StatusCode
}

// end returns how the program has ended.
func (s *service) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(time.Minute):
		t.Fatalf("the program does not end:\n%s", s.log)
		return nil
	}
}

func interruptible(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no program can send an interrupt to another here")
	}
}

// The work is replaced by some that never ends, or that ends at once.
const theWork = "time.Sleep(time.Second) // the work"

func TestTheServiceOfTheReadmeShedsLoadAndReportsWhatHasNotBegun(t *testing.T) {
	interruptible(t)
	s := startService(t, theWork, `log.Print("begun"); select {}`, "20*time.Second", "10*time.Millisecond")
	var codes []int
	for range 4 {
		codes = append(codes, s.post(t))
	}
	if want := []int{202, 202, 202, 429}; !slices.Equal(codes, want) {
		t.Fatalf("the answers are %v, want %v", codes, want)
	}
	s.until(t, func() bool { return strings.Contains(s.log.String(), "begun") })
	noError(t, s.command.Process.Signal(os.Interrupt))
	noError(t, s.end(t))
	contains(t, s.log.String(), "context deadline exceeded: 1 tasks still run, 2 have not begun")
}

func TestTheServiceOfTheReadmeRunsWhatItAccepted(t *testing.T) {
	interruptible(t)
	s := startService(t, theWork, "")
	if code := s.post(t); code != 202 {
		t.Fatalf("the answer is %d", code)
	}
	noError(t, s.command.Process.Signal(os.Interrupt))
	noError(t, s.end(t))
	contains(t, s.log.String(), "done: 7")
	if strings.Contains(s.log.String(), "not begun") {
		t.Errorf("something has not begun:\n%s", s.log)
	}
}

func TestASecondInterruptKillsTheServiceOfTheReadme(t *testing.T) {
	interruptible(t)
	s := startService(t, theWork, `select {}`, "20*time.Second", "time.Hour")
	if code := s.post(t); code != 202 {
		t.Fatalf("the answer is %d", code)
	}
	noError(t, s.command.Process.Signal(os.Interrupt))
	s.until(t, func() bool { return strings.Contains(s.log.String(), "stopping") })
	noError(t, s.command.Process.Signal(os.Interrupt))
	contains(t, fmt.Sprint(s.end(t)), "signal: interrupt")
}

// pages returns the names of the pages of the tree.
func pages(t *testing.T) (names []string) {
	t.Helper()
	noError(t, fs.WalkDir(os.DirFS(".."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "results" || entry.Name() == "testdata" || entry.Name() == ".git"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md"):
			names = append(names, name)
		}
		return nil
	}))
	if !slices.Contains(names, "README.md") {
		t.Fatalf("the pages are %q", names)
	}
	return names
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// anchor returns what a link to a heading has after the #.
func anchor(heading string) string {
	name := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(name, " ", "-")
}

func TestLinksOfThePagesLeadSomewhere(t *testing.T) {
	for _, name := range pages(t) {
		text := code.ReplaceAllString(page(t, name), "") // which has brackets, too
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, at, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), file)
			}
			if _, err := os.Stat(filepath.Join("..", target)); err != nil {
				t.Errorf("%s: no file for the link %s", name, m[1])
				continue
			}
			if at == "" {
				continue
			}
			var anchors []string
			for _, h := range heading.FindAllStringSubmatch(page(t, target), -1) {
				anchors = append(anchors, anchor(h[1]))
			}
			if !slices.Contains(anchors, at) {
				t.Errorf("%s: no heading for the link %s", name, m[1])
			}
		}
	}
}

// exported returns the exported names of a package of the tree: of what it declares at
// the top, and of methods as "Type.Method".
func exported(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
	noError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		noError(t, err)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					of := d.Recv.List[0].Type
					if star, ok := of.(*ast.StarExpr); ok {
						of = star.X
					}
					if generic, ok := of.(*ast.IndexExpr); ok {
						of = generic.X
					}
					name = fmt.Sprint(of, ".", name)
				}
				names[name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						names[spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							names[name.Name] = true
						}
					}
				}
			}
		}
	}
	if len(names) == 0 {
		t.Fatalf("package %s has no names", dir)
	}
	return names
}

var (
	code = regexp.MustCompile("`([^`]+)`")
	name = regexp.MustCompile(`(?:^|[^\w.])(?:(workerpool|ringpool|chanpool|keyed|p|g|r)\.)?([A-Z]\w*)`)
)

// isOurs reports whether what a piece of code names exists, in the package or the
// variable that stands before it.
func isOurs(t *testing.T, before, name string) bool {
	t.Helper()
	switch before {
	case "p":
		return exported(t, "ringpool")["Pool."+name]
	case "g":
		return exported(t, ".")["Group."+name]
	case "r":
		return exported(t, ".")["Result."+name]
	case "workerpool":
		return exported(t, ".")[name]
	default:
		return exported(t, before)[name]
	}
}

func TestNamesOnThePagesExist(t *testing.T) {
	checked := 0
	for _, file := range []string{"README.md", "MIGRATING.md"} {
		text := []byte(page(t, file))
		text = regexp.MustCompile("(?s)```.*?```").ReplaceAll(text, nil)
		for line := range bytes.Lines(text) {
			where := string(line)
			if file == "MIGRATING.md" { // the second column is this module's
				columns := strings.Split(where, "|")
				if len(columns) != 5 {
					continue
				}
				where = columns[2]
			}
			for _, c := range code.FindAllStringSubmatch(where, -1) {
				for _, n := range name.FindAllStringSubmatch(c[1], -1) {
					if n[1] == "" {
						continue
					}
					checked++
					if !isOurs(t, n[1], n[2]) {
						t.Errorf("%s: %s.%s does not exist: %s", file, n[1], n[2], where)
					}
				}
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d names were found", checked)
	}
}
