package plots

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A node is an element as a reader of the file sees it.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []*node    `xml:",any"`
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// at returns an attribute that is a number.
func (n *node) at(t *testing.T, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(n.attr(name), 64)
	if err != nil {
		t.Fatalf("%s of <%s>: %v", name, n.XMLName.Local, err)
	}
	return v
}

// all returns the elements with a name, at any depth.
func (n *node) all(name string) []*node {
	var list []*node
	if n.XMLName.Local == name {
		list = append(list, n)
	}
	for _, c := range n.Children {
		list = append(list, c.all(name)...)
	}
	return list
}

// said returns all texts, with a space between two lines.
func (n *node) said() string {
	var texts []string
	for _, text := range n.all("text") {
		texts = append(texts, text.Text)
	}
	return strings.Join(texts, " ")
}

// groups returns the marks by what their titles say.
func (n *node) groups() map[string]*node {
	found := map[string]*node{}
	for _, g := range n.all("g") {
		found[g.Children[0].Text] = g
	}
	return found
}

// group returns the marks whose title begins so.
func (n *node) group(t *testing.T, title string) *node {
	t.Helper()
	for text, g := range n.groups() {
		if strings.HasPrefix(text, title) {
			return g
		}
	}
	t.Fatalf("no marks are titled %q", title)
	return nil
}

// parsed draws a picture and reads it.
func parsed(t *testing.T, d drawer, set *samples.Set) *node {
	t.Helper()
	root := d.draw(set)
	if root == nil {
		t.Fatal("there is no picture")
	}
	var file bytes.Buffer
	if err := root.writeDocument(&file); err != nil {
		t.Fatal(err)
	}
	var n node
	if err := xml.Unmarshal(file.Bytes(), &n); err != nil {
		t.Fatal(err)
	}
	return &n
}

func read(t *testing.T, file string) *samples.Set {
	t.Helper()
	set, err := samples.Read(filepath.FromSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// setOf returns what a raw file with this text holds.
func setOf(t *testing.T, text string) *samples.Set {
	t.Helper()
	file := filepath.Join(t.TempDir(), "raw.txt")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return read(t, file)
}

// pictureOf returns the drawer of a file.
func pictureOf(t *testing.T, file string) drawer {
	t.Helper()
	for _, p := range pictures {
		if p.file == file {
			return p.drawer
		}
	}
	t.Fatalf("there is no picture %q", file)
	return nil
}
