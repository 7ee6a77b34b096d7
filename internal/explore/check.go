package explore

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Any means no limit on the number of preemptions.
const Any = math.MaxInt

// An Effort says how thoroughly to explore a program.
type Effort struct {
	// Check tries all schedules with at most this number of preemptions; Any means
	// all schedules. If it is 2 or more, Check also tries all schedules with one
	// preemption in which turns end after the steps.
	Preemptions int

	// If a goroutine can miss a store (see buffer.go), Check also tries all schedules
	// with at most this number of preemptions in which it does. A missed store counts as
	// a preemption. 0 means as many as Preemptions, but at most 1, or 2 if that is Any.
	Misses int

	// The number of random schedules: half of them by priorities, and half of them
	// with turns that end after the steps.
	Random int

	// With -short, Check makes at most one preemption, and a quarter of the
	// random runs, unless Whole is true.
	Whole bool
}

// short returns the effort with -short.
func (e Effort) short() Effort {
	if !e.Whole {
		e.Preemptions = min(e.Preemptions, 1)
		e.Misses = min(e.Misses, 1)
		e.Random /= 4
	}
	return e
}

// The environment variables that adjust Check.
const (
	timeVariable     = "EXPLORE_TIME"     // how long to explore each program, for example 5m
	seedVariable     = "EXPLORE_SEED"     // of the first random schedule; 1 if not set
	scheduleVariable = "EXPLORE_SCHEDULE" // the only one to run, and to print
)

// Check runs program under many schedules, and fails t with the first schedule
// under which the run fails.
//
// The program is called on a goroutine of the run. It must do the same whenever
// it gets the same turns and outcomes: it must not use a clock, random numbers
// or iteration over maps. It must not use t. During Check no goroutine outside
// the run may use package step.
func Check(t *testing.T, effort Effort, program func(r *Run)) {
	t.Helper()
	// With one processor a run is faster: one goroutine can then start another
	// without a call to the operating system.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	c := newCheck(program)
	if err := c.configure(); err != nil {
		t.Fatal(err)
	}
	if c.schedule != nil {
		c.run(&replay{c.schedule.decisions}, c.schedule.afterSteps)
		t.Fatal(c.explain(t.Name()))
	}
	if testing.Short() {
		effort = effort.short()
	}
	c.search(effort)
	c.runRandom(effort)
	if c.failure != "" {
		t.Fatal(c.explain(t.Name()))
	}
	t.Log(c.report())
}

// A check is one call of Check.
type check struct {
	program  func(*Run)
	limit    time.Duration // 0 if none
	seed     uint64
	schedule *schedule // the only one to run; nil to search

	start   time.Time
	runs    int
	random  int
	longest int      // choices
	mayMiss bool     // a search met a store that a goroutine could have missed
	found   []string // a line of the report for each search
	failure string
	last    *Run
}

func newCheck(program func(*Run)) *check {
	return &check{program: program, start: time.Now(), seed: 1, longest: 1}
}

// configure reads the environment.
func (c *check) configure() (err error) {
	if s := os.Getenv(timeVariable); s != "" {
		if c.limit, err = time.ParseDuration(s); err != nil {
			return fmt.Errorf("explore: %s=%q: want a duration", timeVariable, s)
		}
	}
	if s := os.Getenv(seedVariable); s != "" {
		if c.seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			return fmt.Errorf("explore: %s=%q: want a number", seedVariable, s)
		}
	}
	if s := os.Getenv(scheduleVariable); s != "" {
		parsed, err := parseSchedule(s)
		if err != nil {
			return fmt.Errorf("explore: %s: %w", scheduleVariable, err)
		}
		c.schedule = &parsed
	}
	return nil
}

// run makes one run, and reports whether it was a failure.
func (c *check) run(ch chooser, afterSteps bool) (failed bool) {
	c.last = execute(c.program, ch, afterSteps, nil)
	c.runs++
	c.longest = max(c.longest, len(c.last.chosen))
	c.failure = c.last.failure // no other run comes after a failure
	return c.failure != ""
}

// expired reports whether the given part of the time is over.
func (c *check) expired(part float64) bool {
	return c.limit > 0 && time.Since(c.start).Seconds() > part*c.limit.Seconds()
}

// search makes all searches of the effort. In most of them no goroutine misses a store
// (see buffer.go), because there are many times more schedules if one may. If there
// are stores to miss, one more search misses them.
func (c *check) search(effort Effort) {
	c.searchUpTo(0, effort.Preemptions, false, true, 0.5, 0.6)
	// With turns that end after steps there are many more schedules, because
	// unlocking has a turn, too.
	c.searchUpTo(1, min(effort.Preemptions-1, 1), true, true, 0.6, 0.7)
	if c.mayMiss {
		limit := effort.Misses
		switch {
		case limit != 0:
		case effort.Preemptions == Any:
			limit = 2
		default:
			limit = min(effort.Preemptions, 1)
		}
		c.searchUpTo(1, limit, false, false, 0.75, 0.85)
	}
}

// searchUpTo makes one search after the other: the first with at most n preemptions, each
// further one with one more, and the last with limit. So it finds a failure with as few
// preemptions as possible. With a time limit there is no last search: none begins when the
// part begin of the time is over, and one that is running stops when the part stop is over.
func (c *check) searchUpTo(n, limit int, afterSteps, missNothing bool, begin, stop float64) {
	for ; c.failure == "" && (n <= limit || c.limit > 0) && !c.expired(begin); n++ {
		if n > 2 && limit == Any || n > 4 {
			n = Any // all schedules are not many more
		}
		s := newSearch(n)
		s.missNothing = missNothing
		before, complete := c.runs, false
		for !complete && !c.expired(stop) {
			if c.run(s, afterSteps) {
				return
			}
			complete = !s.more()
		}
		c.mayMiss = c.mayMiss || s.mayMiss
		all := complete && (!s.limited || n == Any)
		c.say(s, n, afterSteps, all, complete, c.runs-before)
		if all || n == Any {
			return
		}
	}
}

// say adds what a search has done to the report.
func (c *check) say(s *search, preemptions int, afterSteps, all, complete bool, runs int) {
	what := "all schedules"
	if !complete {
		what = "some schedules"
	}
	if !all && preemptions != Any {
		what += fmt.Sprintf(" with at most %d preemptions", preemptions)
	}
	if s.mayMiss {
		what += " without a missed store"
	}
	if afterSteps {
		what += " after steps"
	}
	c.found = append(c.found, fmt.Sprintf("%s (%d runs, %d states)", what, runs, len(s.seen)))
}

// runRandom makes runs with random schedules.
func (c *check) runRandom(effort Effort) {
	for c.failure == "" && (c.random < effort.Random || c.limit > 0) && !c.expired(1) {
		seed := c.seed + uint64(c.random/4)
		var ch chooser = newWalk(seed)
		if c.random%2 != 0 {
			ch = newRanking(seed, c.longest)
		}
		if c.run(ch, c.random%4 >= 2) {
			c.failure += fmt.Sprintf(" (random schedule, seed %d)", seed)
		}
		c.random++
	}
}

func (c *check) report() string {
	return fmt.Sprintf("%s; %d random ones; %d runs of at most %d choices, in %.1f s",
		strings.Join(c.found, "; "), c.random, c.runs, c.longest, time.Since(c.start).Seconds())
}

// explain repeats the last run with a trace, and returns the text of the
// failure.
func (c *check) explain(test string) string {
	t := new(trace)
	again := execute(c.program, &replay{c.last.chosen}, c.last.afterSteps, t)
	var b strings.Builder
	if c.failure == "" {
		c.failure = "no failure"
	}
	fmt.Fprintf(&b, "%s\nafter %d runs in %.1f s; again:\n\t%s=%s go test -tags modelcheck -run '^%s$'\n",
		c.failure, c.runs, time.Since(c.start).Seconds(),
		scheduleVariable, schedule{c.last.afterSteps, c.last.chosen}, strings.ReplaceAll(test, "/", "$/^"))
	if again.failure != c.last.failure {
		fmt.Fprintf(&b, "but when it was repeated, the failure was %q\n", again.failure)
	}
	for _, line := range t.lines {
		b.WriteString(line + "\n")
	}
	b.Write(again.stack)
	return b.String()
}
