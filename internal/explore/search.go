package explore

// A chooser says who has the next turn: one of r.options. If stays is true, the
// first of them has the turn now, and to choose another is a preemption.
type chooser interface {
	choose(r *Run, stays bool) *goroutine
}

// A search is a depth-first search of all schedules with at most so many
// preemptions. It makes a run for each schedule, from the start, with the same
// choices as before up to the last that has an alternative left. There it takes
// the next alternative, and further on always the first.
//
// Where a run comes to a state that was met before, no alternatives are left to
// try there. The run goes on to its end nevertheless, because that costs little
// and leaves no goroutines behind.
type search struct {
	preemptions int // at most

	path []branch // the choices that had alternatives
	seen map[uint64]int

	// Of the present run.
	depth    int // how many of path were taken
	used     int // preemptions
	known    bool
	withheld bool // of any run: a preemption would have been one too many
}

// A branch is a choice among several goroutines.
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
	switch {
	case len(r.options) == 1 || s.known:
		return r.options[0]
	case stays && s.used == s.preemptions:
		s.withheld = true
		return r.options[0]
	case s.depth < len(s.path):
		if n := s.path[s.depth].options; n != len(r.options) {
			r.Failf("the program is not determined by its schedule: %d goroutines can go on, %d could before", len(r.options), n)
		}
	case s.met(r, stays):
		s.known = true
		return r.options[0]
	default:
		s.path = append(s.path, branch{options: len(r.options)})
	}
	taken := s.path[s.depth].taken
	s.depth++
	if stays && taken != 0 && s.preemptions != Any {
		s.used++
	}
	return r.options[taken]
}

// met reports whether the search has been in this state before, with as many
// preemptions left. To a search that counts them, who has the turn is a part of
// the state.
func (s *search) met(r *Run, stays bool) bool {
	state := r.fingerprint()
	if stays && s.preemptions != Any {
		state = mix(state, r.current.past)
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
