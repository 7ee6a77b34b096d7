package explore

import (
	"math/rand/v2"
	"slices"
)

// A walk preempts at random: with the same probability at each step, and to any
// goroutine.
type walk struct {
	random *rand.Rand
	mean   int // steps between two preemptions
}

func newWalk(seed uint64) *walk {
	r := rand.New(rand.NewPCG(seed, 0))
	return &walk{r, []int{2, 3, 5, 10, 20, 40}[r.IntN(6)]}
}

func (w *walk) choose(r *Run, stays bool) *goroutine {
	if len(r.options) == 1 || stays && w.random.IntN(w.mean) != 0 {
		return r.options[0]
	}
	return r.options[w.random.IntN(len(r.options))]
}

func (w *walk) outcome(_ *Run, n int, _ choice) int {
	if w.random.IntN(w.mean) != 0 {
		return 0
	}
	return w.random.IntN(n)
}

// A ranking gives each goroutine a random priority, and gives each turn to the
// one with the highest priority that can make a step. At a few random turns the
// goroutine that has the turn gets the lowest priority of all. If a bug depends
// on d constraints on the order of steps, d-1 such turns are enough, and the probability to
// find it has a lower bound: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A
// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS
// 2010).
type ranking struct {
	random *rand.Rand
	drops  []int // turns
	turn   int
	lowest int
}

// newRanking returns a ranking for a run of about the given number of turns.
func newRanking(seed uint64, turns int) *ranking {
	r := &ranking{random: rand.New(rand.NewPCG(seed, 1))}
	for range r.random.IntN(5) {
		r.drops = append(r.drops, r.random.IntN(turns)+1)
	}
	return r
}

func (k *ranking) choose(r *Run, stays bool) *goroutine {
	k.turn++
	for _, g := range r.options {
		if g.priority == 0 {
			g.priority = k.random.IntN(1<<30) + 1
		}
	}
	// A goroutine that yields gets the lowest priority, too: others must have turns
	// before it can go on.
	yields := !stays && r.current.yields
	if yields || slices.Contains(k.drops, k.turn) {
		k.lowest--
		r.current.priority = k.lowest
	}
	return slices.MaxFunc(r.options, func(a, b *goroutine) int { return a.priority - b.priority })
}

func (k *ranking) outcome(_ *Run, n int, _ choice) int { return k.random.IntN(n) }

// sortByLast sorts goroutines by their last turn, the longest ago first.
func sortByLast(gs []*goroutine) {
	slices.SortStableFunc(gs, func(a, b *goroutine) int { return a.last - b.last })
}
