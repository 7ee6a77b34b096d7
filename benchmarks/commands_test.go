package benchmarks

// The commands on the pages are held against the tree: scripts and their options exist,
// and "go test -run X" and "go run ./x" find something.

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A command is one of a page, in words.
type command struct {
	page, text string
	words      []string
	dirs       []string // in which it may be meant, from the root
}

var (
	blocks   = regexp.MustCompile("(?s)```(sh)?\n(.*?)```")
	codeSpan = regexp.MustCompile("`([^`]+)`")
	word     = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)
	next     = regexp.MustCompile(`\s*(?:&&|\||;|\n)\s*`)
)

// commandsOf returns the commands of a page: what stands in blocks and in code spans and
// begins with a script or with go.
func commandsOf(page, text string) (list []command) {
	var pieces []string
	text = blocks.ReplaceAllStringFunc(text, func(b string) string {
		pieces = append(pieces, blocks.FindStringSubmatch(b)[2])
		return ""
	})
	text = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(text, "")
	for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
		pieces = append(pieces, strings.Join(strings.Fields(m[1]), " "))
	}
	for _, piece := range pieces {
		dirs := []string{".", "benchmarks", path.Dir(page)}
		for _, line := range splitOutsideQuotes(piece) {
			line, _, _ = strings.Cut(line, " #")
			words := word.FindAllString(strings.TrimSpace(line), -1)
			for i, w := range words {
				words[i] = strings.Trim(w, `'"`)
			}
			switch {
			case len(words) == 2 && words[0] == "cd":
				dirs = []string{words[1]}
			case len(words) > 0 && strings.HasPrefix(words[0], "scripts/"), len(words) > 1 && words[0] == "go":
				list = append(list, command{page, line, words, dirs})
			}
		}
	}
	return list
}

// splitOutsideQuotes splits a line of a shell into its commands.
func splitOutsideQuotes(text string) []string {
	var quoted []string
	text = regexp.MustCompile(`'[^'\n]*'`).ReplaceAllStringFunc(text, func(q string) string {
		quoted = append(quoted, q)
		return "\x00" + string(rune('a'+len(quoted)-1)) + "\x00"
	})
	lines := next.Split(text, -1)
	for i := range lines {
		for k, q := range quoted {
			lines[i] = strings.ReplaceAll(lines[i], "\x00"+string(rune('a'+k))+"\x00", q)
		}
	}
	return lines
}

// A checker knows the tree.
type checker struct {
	help  map[string]string   // of scripts
	names map[string][]string // of tests and benchmarks by their directory
}

// testName finds the functions that go test can run.
var testName = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz|Example)\w*)\(`)

func newChecker(t *testing.T) *checker {
	t.Helper()
	c := &checker{map[string]string{}, map[string][]string{}}
	noError(t, filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "results"):
			return fs.SkipDir
		case !strings.HasSuffix(file, ".go"):
			return nil
		}
		dir, err := filepath.Rel("..", filepath.Dir(file))
		noError(t, err)
		dir = filepath.ToSlash(dir)
		text, err := os.ReadFile(file)
		noError(t, err)
		names := c.names[dir]
		for _, m := range testName.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
		c.names[dir] = names
		return nil
	}))
	return c
}

// problem says what is wrong with a command, "" for nothing.
func (c *checker) problem(t *testing.T, cmd command) string {
	t.Helper()
	words := cmd.words
	if script, ok := strings.CutPrefix(words[0], "scripts/"); ok {
		return c.script(t, script, words[1:])
	}
	dirs := cmd.dirs
	if i := slices.Index(words, "-C"); i > 0 && i+1 < len(words) {
		dirs = slices.Clone(dirs)
		for k := range dirs {
			dirs[k] = path.Join(dirs[k], words[i+1])
		}
		words = slices.Delete(slices.Clone(words), i, i+2)
	}
	why := ""
	for _, dir := range dirs {
		switch words[1] {
		case "test":
			why = c.goTest(dir, words[2:])
		case "run":
			why = "no program"
			if _, ok := c.names[path.Join(dir, words[2])]; ok {
				why = ""
			}
		}
		if why == "" {
			return ""
		}
	}
	return why
}

// script runs a script's --help, and looks for the options in it.
func (c *checker) script(t *testing.T, name string, args []string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", "scripts", name)); err != nil {
		return "no such script"
	}
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("no bash runs a script here")
	}
	help, ok := c.help[name]
	if !ok {
		output, err := exec.CommandContext(t.Context(), "bash", filepath.Join("..", "scripts", name), "--help").CombinedOutput()
		if err != nil {
			return "--help: " + err.Error() + "\n" + string(output)
		}
		help = string(output)
		c.help[name] = help
	}
	for _, a := range args {
		if strings.HasPrefix(a, "--") && a != "--help" && !strings.Contains(help, a) {
			return "--help does not know " + a
		}
	}
	return ""
}

// goTest says whether go test finds what it is to run.
func (c *checker) goTest(dir string, args []string) string {
	var packages []string
	patterns := map[string]string{}
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-run" || a == "-bench":
			if i++; i < len(args) {
				patterns[a] = args[i]
			}
		case slices.Contains([]string{"-benchtime", "-count", "-cpuprofile", "-tags"}, a):
			i++
		case strings.HasPrefix(a, "."):
			packages = append(packages, a)
		}
	}
	for flag, pattern := range patterns {
		kinds := "^(Test|Fuzz|Example)"
		if flag == "-bench" {
			kinds = "^Benchmark"
		}
		if pattern == "^$" {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimSuffix(pattern, "…"), "/")
		match, err := regexp.Compile(first)
		if err != nil {
			return err.Error()
		}
		found := false
		for _, p := range packages {
			for d, names := range c.names {
				if d != path.Join(dir, p) && !(strings.HasSuffix(p, "...") && strings.HasPrefix(d+"/", strings.TrimPrefix(path.Join(dir, strings.TrimSuffix(p, "...")), "."))) {
					continue
				}
				for _, n := range names {
					found = found || regexp.MustCompile(kinds).MatchString(n) && match.MatchString(n)
				}
			}
		}
		if !found && len(packages) > 0 {
			return "nothing matches " + flag + " " + pattern
		}
	}
	for _, p := range packages {
		if _, ok := c.names[path.Join(dir, p)]; !ok && !strings.HasSuffix(p, "...") {
			return "no package " + p
		}
	}
	return ""
}

func TestCommandsOnThePagesFindSomething(t *testing.T) {
	c := newChecker(t)
	checked := 0
	for _, name := range pages(t) {
		for _, cmd := range commandsOf(name, page(t, name)) {
			checked++
			if why := c.problem(t, cmd); why != "" {
				t.Errorf("%s: %s: %s", name, cmd.text, why)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d commands were found", checked)
	}
}

func TestCommandsThatFindNothingAreSeen(t *testing.T) {
	c := newChecker(t)
	for text, want := range map[string]string{
		"`scripts/none.sh`":                                "no such script",
		"`scripts/test.sh --fast`":                         "--help does not know --fast",
		"`go test -run TestThatIsNotThere ./ringpool`":     "nothing matches -run TestThatIsNotThere",
		"`go test ./nopool`":                               "no package ./nopool",
		"```sh\ncd metrics && go run ./none\n```":          "no program",
		"`go test -run '^$' -bench 'Nothing|None' . | x`":  "nothing matches -bench Nothing|None",
		"`go test -C .. -run '^$' -bench None ./ringpool`": "nothing matches -bench None",
	} {
		list := commandsOf("benchmarks/README.md", text)
		if len(list) != 1 {
			t.Errorf("%s: the commands are %+v", text, list)
			continue
		}
		if why := c.problem(t, list[0]); why != want {
			t.Errorf("%s: the problem is %q, want %q", text, why, want)
		}
	}
}

// named finds the tests and benchmarks that a page names.
var named = regexp.MustCompile("`(?:\\w+\\.)?((?:Test|Benchmark|Fuzz)[A-Z]\\w*)`")

func TestTestsAndBenchmarksOnThePagesExist(t *testing.T) {
	c := newChecker(t)
	all := map[string]bool{}
	for _, names := range c.names {
		for _, n := range names {
			all[n] = true
		}
	}
	checked := 0
	for _, name := range pages(t) {
		for _, m := range named.FindAllStringSubmatch(page(t, name), -1) {
			if checked++; !all[m[1]] {
				t.Errorf("%s: there is no %s", name, m[1])
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d names were found", checked)
	}
}
