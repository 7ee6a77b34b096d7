// Package pages writes the figures on the pages of this repository that come from a run.
//
// A page has blocks, between two comments that a reader of the page does not see:
//
//	<!-- figures NAME: see benchmarks/internal/pages -->
//	…
//	<!-- end -->
//
// What stands in a block is made by the template NAME of the page's file in templates,
// from the raw files under results. So no figure is typed, and a page cannot differ from
// its run: a test compares them, and "go run ./cmd/plot" writes them anew. A sentence that
// would be wrong with other figures asks for what it says with "holds", and the page is not
// written if that is not so.
package pages

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var embedded embed.FS

const suffix = ".tmpl"

// Names returns the names of the pages that have blocks, from the root of the repository.
func Names() []string {
	var names []string
	err := fs.WalkDir(embedded, "templates", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ = strings.CutPrefix(strings.TrimSuffix(name, suffix), "templates/")
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		panic(err) // the files are in the program
	}
	return names
}

// A Writer makes pages from the runs of a directory. It reads each run once.
type Writer struct {
	results string
	runs    map[string]*Run
}

// NewWriter returns a writer of pages from the runs in the directory results.
func NewWriter(results string) *Writer {
	return &Writer{results: results, runs: map[string]*Run{}}
}

var block = regexp.MustCompile(`(?s)(<!-- figures ([\w-]+): see benchmarks/internal/pages -->\n)(.*?)(<!-- end -->)`)

// Page returns the text of a page with its blocks written anew.
func (w *Writer) Page(name, text string) (string, error) {
	source, err := embedded.ReadFile("templates/" + name + suffix)
	if err != nil {
		return "", err
	}
	return w.page(name, text, string(source))
}

func (w *Writer) page(name, text, source string) (string, error) {
	templates, err := template.New(name).Funcs(w.functions()).Parse(source)
	if err != nil {
		return "", err
	}
	var unused []string
	for _, t := range templates.Templates() {
		if t.Name() != name && !strings.HasPrefix(t.Name(), "_") { // which others use
			unused = append(unused, t.Name())
		}
	}
	var problems []error
	text = block.ReplaceAllStringFunc(text, func(old string) string {
		m := block.FindStringSubmatch(old)
		unused = slices.DeleteFunc(unused, func(n string) bool { return n == m[2] })
		var b strings.Builder
		if err := templates.ExecuteTemplate(&b, m[2], nil); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			return old
		}
		return m[1] + strings.TrimSpace(b.String()) + "\n" + m[4]
	})
	if len(unused) > 0 {
		problems = append(problems, fmt.Errorf("%s has no blocks %q", name, unused))
	}
	return text, errors.Join(problems...)
}

// Update writes all pages anew. Root is the root of the repository. It returns the names of
// the pages that changed. Where some of a page cannot be written, the rest is.
func Update(root string) (changed []string, err error) {
	w := NewWriter(filepath.Join(root, "benchmarks", "results"))
	for _, name := range Names() {
		file := filepath.Join(root, filepath.FromSlash(name))
		old, problem := os.ReadFile(file)
		if problem != nil {
			err = errors.Join(err, problem)
			continue
		}
		text, problem := w.Page(name, string(old))
		err = errors.Join(err, problem)
		if text == "" || text == string(old) {
			continue
		}
		err = errors.Join(err, os.WriteFile(file, []byte(text), 0o666))
		changed = append(changed, name)
	}
	return changed, err
}

// Outside returns the text of a page without its blocks.
func Outside(text string) string { return block.ReplaceAllString(text, "") }
