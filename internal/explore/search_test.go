package explore

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

// A variable is the simplest object there is.
type variable struct {
	Object
	value int
}

func (v *variable) load() int {
	r := Before(&v.Object)
	r.Did(&v.Object, Read, "load", uint64(v.value))
	return v.value
}

func (v *variable) store(value int) {
	r := Before(&v.Object)
	v.value = value
	r.Did(&v.Object, Change, "store", uint64(v.value))
}

// exhaust returns the number of runs of a whole search, and how often program
// called its report with which text.
func exhaust(t *testing.T, s *search, program func(r *Run, report func(string))) (runs int, reports map[string]int) {
	reports = make(map[string]int)
	for {
		r := execute(func(r *Run) { program(r, func(s string) { reports[s]++ }) }, s, nil)
		require.Empty(t, r.failure)
		runs++
		if !s.more() {
			return runs, reports
		}
	}
}

func withoutStates(preemptions int) *search {
	s := newSearch(preemptions)
	s.seen = nil
	return s
}

// Some goroutines that each make some steps on variables that are shared or not.
func racers(goroutines, steps, variables int) func(*Run, func(string)) {
	return func(r *Run, report func(string)) {
		shared := make([]variable, variables)
		saw := make([][]int, goroutines)
		for g := range goroutines {
			r.Go("", func() {
				for i := range steps {
					v := &shared[(g+i)%variables]
					if (g+i)%3 == 0 {
						v.store(10*g + i + 1)
					} else {
						saw[g] = append(saw[g], v.load())
					}
				}
			})
		}
		r.Settle()
		report(fmt.Sprint(saw, shared))
	}
}

func TestStates(t *testing.T) {
	for _, c := range [][3]int{{2, 2, 1}, {2, 4, 2}, {3, 2, 2}, {3, 3, 2}} {
		runs, all := exhaust(t, withoutStates(Any), racers(c[0], c[1], c[2]))
		cached := newSearch(Any)
		fewer, same := exhaust(t, cached, racers(c[0], c[1], c[2]))
		t.Log(c, runs, fewer, len(cached.seen), len(all), len(same))
		_ = maps.Keys(all)
	}
}
