package explore

// A chooser makes the decisions of a run.
type chooser interface {
	// choose returns the goroutine that has the next turn: one of r.options. If
	// stays is true, the first of them has the turn now, and to choose another
	// is a preemption.
	choose(r *Run, stays bool) *goroutine

	// outcome chooses one of n outcomes of the step that r.current is about to
	// make. An outcome other than 0 counts as a preemption, except for a
	// laterMiss.
	outcome(r *Run, n int, kind choice) int
}

// A choice is a kind of outcome.
type choice uint8

const (
	ordinary  choice = iota
	firstMiss        // 0 means that no store is missed
	laterMiss        // 0 means that the stores that were missed before are missed again
)

// A search is a depth-first search of all schedules with a limited number of
// preemptions. It makes a run for each schedule. The run repeats the decisions of
// the run before, up to the last one that has an alternative left. There it takes
// the next alternative, and after that always the first.
//
// If a run comes to a state that was met before, no alternative is tried from
// there on. But the run goes on to its end, because that costs little and
// leaves no goroutines behind.
type search struct {
	preemptions int  // at most
	missNothing bool // choose that no store is missed

	path []branch // the decisions that had alternatives
	seen map[uint64]int

	// For the current run.
	depth   int // how many decisions of path it has made
	used    int // preemptions
	known   bool
	limited bool // in any run: the limit has prevented a preemption
	mayMiss bool // in any run: a goroutine could have missed a store
}

// A branch is a decision among several alternatives.
type branch struct{ options, taken int }

func newSearch(preemptions int) *search {
	return &search{preemptions: preemptions, seen: make(map[uint64]int)}
}

// more prepares the next run. It returns false if there is none.
func (s *search) more() bool {
	s.depth, s.used, s.known = 0, 0, false
	for last := len(s.path) - 1; last >= 0; last-- {
		if s.path[last].taken+1 < s.path[last].options {
			s.path[last].taken++
			s.path = s.path[:last+1]
			return true
		}
	}
	return false
}

func (s *search) choose(r *Run, stays bool) *goroutine {
	return r.options[s.decide(r, len(r.options), stays, turning)]
}

func (s *search) outcome(r *Run, n int, kind choice) int {
	if kind == firstMiss && s.missNothing {
		s.mayMiss = true
		return 0
	}
	return s.decide(r, n, kind != laterMiss, choosing)
}

// decide takes one of several alternatives. If costs is true, all except the first
// count as a preemption. The kind says whether this is the choice of a turn or of
// an outcome.
func (s *search) decide(r *Run, options int, costs bool, kind uint64) int {
	switch {
	case options == 1 || s.known:
		return 0
	case costs && s.used == s.preemptions:
		s.limited = true
		return 0
	case s.depth < len(s.path):
		if n := s.path[s.depth].options; n != options {
			r.Failf("the program is not determined by its schedule: there are %d alternatives where there were %d before", options, n)
		}
	case s.met(r, costs, kind):
		s.known = true
		return 0
	default:
		s.path = append(s.path, branch{options: options})
	}
	taken := s.path[s.depth].taken
	s.depth++
	if costs && taken != 0 && s.preemptions != Any {
		s.used++
	}
	return taken
}

// met reports whether the search has been in this state before, with at least as
// many preemptions left. The goroutine that has the turn is a part of the state
// only if it matters: for the outcome of a step, and for a search that counts
// preemptions.
func (s *search) met(r *Run, costs bool, kind uint64) bool {
	state := r.fingerprint()
	if kind == choosing || costs && s.preemptions != Any {
		state = mix(mix(state, r.current.history), kind)
	}
	left := s.preemptions - s.used
	before, ok := s.seen[state]
	if ok && before >= left {
		return true
	}
	if s.seen != nil {
		s.seen[state] = left
	}
	return false
}
