package workerpool_test

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var writeEvidence = flag.Bool("write", false, "write the table of mutants of docs/evidence.md")

const evidencePage = "docs/evidence.md"

// read returns the text of a file of the tree.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// named returns what the first group of pattern matches in text, and fails if something
// is there twice.
func named(t *testing.T, text, pattern string) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		if names[m[1]] {
			t.Errorf("twice: %s", m[1])
		}
		names[m[1]] = true
	}
	return names
}

// compare fails if the page and the tree differ.
func compare(t *testing.T, page, tree map[string]bool) {
	t.Helper()
	require.NotEmpty(t, tree, "nothing was found in the tree")
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if !page[name] {
			t.Errorf("%s does not name: %s", evidencePage, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(page)) {
		if !tree[name] {
			t.Errorf("%s names what does not exist: %s", evidencePage, name)
		}
	}
}

// eachTestFile calls use with the directory and the text of each test file of this
// module.
func eachTestFile(t *testing.T, use func(dir, text string)) {
	t.Helper()
	require.NoError(t, fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != ".":
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil || strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
		case strings.HasSuffix(name, "_test.go"):
			use(filepath.ToSlash(filepath.Dir(name)), read(t, name))
		}
		return nil
	}))
}

func TestEvidenceNamesTheCases(t *testing.T) {
	compare(t,
		named(t, read(t, evidencePage), "(?m)^- ([^`\n]+)$"),
		named(t, read(t, "internal/pooltest/suite.go"), `(?m)^\t\{"(.+)", \w+\},$`))
}

func TestEvidenceNamesTheScenarios(t *testing.T) {
	tree := make(map[string]bool)
	eachTestFile(t, func(dir, text string) {
		if !strings.Contains(text, "//go:build modelcheck\n") {
			return
		}
		pkg := filepath.Base(dir)
		if dir == "." {
			pkg = "workerpool"
		}
		for name := range named(t, text, `(?m)^func (TestSchedules\w*)\(t \*testing\.T\)`) {
			tree[pkg+"."+name] = true
		}
	})
	compare(t, named(t, read(t, evidencePage), "(?m)^- `(.+)`$"), tree)
}

func TestEvidenceNamesTestsThatExist(t *testing.T) {
	tree := make(map[string]bool)
	eachTestFile(t, func(_, text string) {
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(text, -1) {
			tree[m[1]] = true
		}
	})
	found := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`").FindAllStringSubmatch(read(t, evidencePage), -1)
	require.NotEmpty(t, found)
	for _, m := range found {
		if !tree[m[1]] {
			t.Errorf("%s names what does not exist: %s", evidencePage, m[1])
		}
	}
}

// The promises on the page are word for word those of doc.go.
func TestEvidenceQuotesThePromises(t *testing.T) {
	_, text, _ := strings.Cut(read(t, "doc.go"), "// # Promises\n")
	text, _, found := strings.Cut(text, "// # ")
	require.True(t, found, "doc.go has no promises")
	tree := make(map[string]bool)
	for _, promise := range regexp.MustCompile(`(?m)^//  \d+\. .*\n(?://     .*\n)*`).FindAllString(text, -1) {
		words := strings.Fields(strings.NewReplacer("//", " ", "[", "", "]", "").Replace(promise))
		tree[strings.Join(words, " ")] = true
	}
	compare(t, named(t, read(t, evidencePage), `(?m)^> (.+)$`), tree)
}

func TestEvidenceNamesTheMutants(t *testing.T) {
	patches, err := filepath.Glob(filepath.Join("internal", "mutants", "*.patch"))
	require.NoError(t, err)
	tree := make(map[string]bool)
	var table strings.Builder
	for _, patch := range patches {
		text := read(t, patch)
		what, diff, _ := strings.Cut(text, "diff --git ")
		file := regexp.MustCompile(`(?m)^\+\+\+ b/(\S+)$`).FindStringSubmatch(diff)
		require.NotNil(t, file, "%s changes no file", patch)
		name := strings.TrimSuffix(filepath.Base(patch), ".patch")
		row := fmt.Sprintf("| `%s` | `%s` | %s |", name, file[1], strings.Join(strings.Fields(what), " "))
		tree[row] = true
		fmt.Fprintln(&table, row)
	}

	const head = "| mutant | file | what it breaks |\n| --- | --- | --- |\n"
	page := read(t, evidencePage)
	before, rows, found := strings.Cut(page, head)
	require.True(t, found, "%s has no table of mutants", evidencePage)
	if *writeEvidence {
		rows = table.String()
		require.NoError(t, os.WriteFile(evidencePage, []byte(before+head+rows), 0o644))
	}
	compare(t, named(t, rows, `(?m)^(\|.*\|)$`), tree)
}
