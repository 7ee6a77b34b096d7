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

// Any is no limit.
const Any = math.MaxInt

// An Effort says how thoroughly to look at a program.
type Effort struct {
	Preemptions int // all schedules with at most so many; Any for all there are
	Random      int // and so many random ones, half of them by priorities
}

// The environment variables that adjust Check.
const (
	timeVariable     = "EXPLORE_TIME"     // how long to look at each program, as 5m
	seedVariable     = "EXPLORE_SEED"     // of the first random schedule; 1 if not set
	scheduleVariable = "EXPLORE_SCHEDULE" // the one to run, and to print
)

// Check runs program under many schedules, and fails t with the first schedule
// under which the run fails.
//
// The program is called on a goroutine of the run, starts others by r.Go, and
// ends. It must do the same whenever it gets the same turns: no clock, no random
// numbers, no iteration over maps. It must not use t.
func Check(t *testing.T, effort Effort, program func(r *Run)) {
	t.Helper()
	// One processor is faster: a goroutine that gives its turn to another then
	// does so without a word to the operating system.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	c := newCheck(program)
	if err := c.configure(); err != nil {
		t.Fatal(err)
	}
	if c.schedule != nil {
		c.run(&replay{c.schedule})
		t.Fatal(c.explain(t.Name()))
	}
	if testing.Short() {
		effort.Preemptions = min(effort.Preemptions, 1)
		effort.Random /= 4
	}
	c.search(effort)
	c.wander(effort)
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
	schedule []uint8

	start   time.Time
	runs    int
	random  int
	longest int      // turns
	found   []string // what the searches say
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
		c.schedule, err = parseSchedule(s)
	}
	return err
}

// run makes one run, and reports whether it was a failure.
func (c *check) run(ch chooser) (failed bool) {
	c.last = execute(c.program, ch, nil)
	c.runs++
	c.longest = max(c.longest, len(c.last.chosen))
	c.failure = c.last.failure // and as no other run comes after it, it stays
	return c.failure != ""
}

// expired reports whether the given part of the time is over.
func (c *check) expired(part float64) bool {
	return c.limit > 0 && time.Since(c.start).Seconds() > part*c.limit.Seconds()
}

// search makes one search after the other, with one preemption more each time,
// so that what fails fails with as few as possible.
func (c *check) search(effort Effort) {
	for n := 0; c.failure == "" && (n <= effort.Preemptions || c.limit > 0) && !c.expired(0.6); n++ {
		if n > 2 && effort.Preemptions == Any || n > 4 {
			n = Any // it takes so many that they may as well be all
		}
		s := newSearch(n)
		before, complete := c.runs, false
		for !complete && !c.expired(0.8) {
			if c.run(s) {
				return
			}
			complete = !s.more()
		}
		all := !s.withheld
		c.say(n, all, complete, c.runs-before, len(s.seen))
		if all || n == Any {
			return
		}
	}
}

// say notes what a search has done.
func (c *check) say(preemptions int, all, complete bool, runs, states int) {
	var what string
	switch {
	case !complete:
		what = "some schedules with at most %d preemptions"
	case all || preemptions == Any:
		what = "all schedules"
	default:
		what = "all schedules with at most %d preemptions"
	}
	if strings.Contains(what, "%d") {
		what = fmt.Sprintf(what, preemptions)
	}
	c.found = append(c.found, fmt.Sprintf("%s (%d runs, %d states)", what, runs, states))
}

// wander makes runs of random schedules.
func (c *check) wander(effort Effort) {
	for c.failure == "" && (c.random < effort.Random || c.limit > 0) && !c.expired(1) {
		seed := c.seed + uint64(c.random/2)
		var failed bool
		if c.random%2 == 0 {
			failed = c.run(newWalk(seed))
		} else {
			failed = c.run(newRanking(seed, c.longest))
		}
		if failed {
			c.failure += fmt.Sprintf(" (random schedule, seed %d)", seed)
		}
		c.random++
	}
}

func (c *check) report() string {
	return fmt.Sprintf("%s; %d random ones; %d runs of at most %d turns, in %.1f s",
		strings.Join(c.found, "; "), c.random, c.runs, c.longest, time.Since(c.start).Seconds())
}

// explain repeats the last run for its trace.
func (c *check) explain(test string) string {
	t := new(trace)
	again := execute(c.program, &replay{c.last.chosen}, t)
	var b strings.Builder
	if c.failure == "" {
		c.failure = "no failure"
	}
	fmt.Fprintf(&b, "%s\nafter %d runs in %.1f s; again:\n\t%s=%s go test -tags modelcheck -run '^%s$'\n",
		c.failure, c.runs, time.Since(c.start).Seconds(),
		scheduleVariable, formatSchedule(c.last.chosen), strings.ReplaceAll(test, "/", "$/^"))
	if again.failure != c.last.failure {
		fmt.Fprintf(&b, "but when it was repeated it ended otherwise: %q\n", again.failure)
	}
	for _, line := range t.lines {
		b.WriteString(line + "\n")
	}
	b.Write(again.stack)
	return b.String()
}
