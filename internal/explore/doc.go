// Package explore runs a small concurrent program again and again, under one
// schedule after the other, and looks for one under which it fails.
//
// # Runs, steps and turns
//
// A program is a function that gets a [Run], starts goroutines by its Go, and
// calls Failf if something is wrong. The goroutines are real ones, but only one of
// them runs at a time. Before each of its steps it ends its turn, and the run
// chooses whose turn is next. A step is one operation on something shared, as
// package step has them: an atomic load, the locking of a mutex.
//
// Some steps have several possible outcomes: a select with two cases that are
// ready, a sync.Pool that may have lost an item. The run chooses the outcome too.
// The sequence of these decisions, the schedule, determines the run. Any schedule
// can be made to happen, and to happen again. A deadlock needs no timeout to be
// seen: no goroutine can make a step.
//
// # The search
//
// [Check] goes through all schedules with no preemption, then through those with
// at most one, and so on. A preemption is a turn taken from a goroutine that
// could have gone on; an unusual outcome counts as one. There are few schedules
// with few preemptions, polynomially many in the number of steps, and nearly all
// bugs need no more than two of them. This, and real goroutines that are made to
// take turns, is CHESS: Musuvathi and Qadeer, "Iterative Context Bounding for
// Systematic Testing of Multithreaded Programs" (PLDI 2007).
//
// Two schedules that lead to the same state need not both be followed further.
// fingerprint.go explains how a state is known again. That makes small programs
// small enough for all schedules, with any number of preemptions. For larger ones
// Check makes a number of random runs besides; one half is by priorities, see
// random.go.
//
// # Plain accesses
//
// What a goroutine does between two steps is one with the first of them: no other
// goroutine comes in between. In a program without a data race that makes no
// difference. A plain store that comes too late, after the step that publishes
// it, is such a race. To see what it leads to, Check also makes searches and
// random runs in which the turns end after the steps: then what a goroutine does
// between two steps is one with the second. These searches have one preemption,
// and an effort of one preemption or none has only the random runs. Finding every
// data race is the task of the race detector.
//
// # Loops that wait
//
// A goroutine that waits in a loop for what another does would have infinitely
// many schedules, and most of them say only that it has waited longer. Such a
// loop calls [Yield], which takes its caller out of the schedule until something
// has changed. If nothing changes any more, it would wait forever, and the run
// fails. A loop may also write while it waits; fair.go says what limits it. A loop
// that waits and does not yield makes the run fail, because it has no end.
//
// # What is shown
//
// If a search says "all schedules", then the program fails under none, as far as
// it checks. Go's atomic operations are sequentially consistent, so every
// execution is such a sequence of steps. (Release stores are not; buffer.go says what
// a run does with them. It does what x86 does. A processor with weaker rules has
// other instructions for all of Go's operations.) This holds for this program, with its
// number of goroutines and operations, and not for larger ones. "With at most two
// preemptions" is less, and random runs are samples. What the model in package
// step leaves out is not shown either.
//
// # Use
//
//	go test -tags modelcheck -v -run TestSchedules ./...
//	EXPLORE_TIME=5m go test ...               # as far as it gets in 5 minutes for each program
//	EXPLORE_SEED=17 go test ...               # the random runs begin with this seed
//	EXPLORE_SCHEDULE=0x12,2x5 go test -run …  # this one run; a failure prints it
//
// A failure prints the schedule, and a line for each step: its number, the
// goroutine, the place, the operation with its values, the last being the result,
// and the text of the line. In the schedule, 2x5 is five turns of the goroutine
// that was started third, ?1 is an unusual outcome, and after: means that turns
// end after the steps.
package explore
