package plots

import (
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A look is how a contestant appears.
type look struct {
	impl  string // as in impl=ring, or more of a cell's name
	label string
	colour
	bold bool
}

// text returns the colour of the name and the values. Grey is for marks only.
func (l look) text() colour {
	if l.colour == grey {
		return ink
	}
	return l.colour
}

// looks has the contestants that are not grey, or have another name in pictures.
var looks = map[string]look{
	"ring":  {"ring", "ringpool", orange, true},
	"chan":  {"chan", "chanpool", blue, false},
	"gosem": {"gosem", "go + semaphore", grey, false},
	"none":  {"none", "no pool", grey, false},
}

// hidden is chanpool's second name. It shows how large the noise is, and is in no
// picture.
const hidden = "chan2"

// looksOf returns the looks of all contestants in the set, sorted by label.
func looksOf(set *samples.Set) []look {
	var list []look
	seen := map[string]bool{hidden: true}
	for _, c := range set.Cells() {
		_, impl, _ := strings.Cut(c, "/impl=")
		impl, _, _ = strings.Cut(impl, "/")
		if impl == "" || seen[impl] {
			continue
		}
		seen[impl] = true
		l, ok := looks[impl]
		if !ok {
			l = look{impl, impl, grey, false}
		}
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b look) int { return strings.Compare(a.label, b.label) })
	return list
}
