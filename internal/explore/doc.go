// Package explore runs a small concurrent program again and again, under one
// schedule after the other, and looks for one under which it fails.
//
// # Runs, steps and turns
//
// A program is a function that gets a [Run], starts goroutines by its Go, and
// calls Failf if something is not as it must be. The goroutines are real ones,
// but only one of them runs at a time. Before each of its steps it ends its
// turn, and the run chooses whose turn is next. A step is one operation on
// something shared, as package step has them: an atomic load, the taking of a
// mutex. What a goroutine does between two steps is nobody else's business,
// unless the program has a data race, and to find those is the race detector's
// task, not ours.
//
// So the sequence of turns, the schedule, determines the run. Any schedule can be
// made to happen, and to happen again. That a run has come to a deadlock needs
// no timeout to be seen: nobody can make a step.
//
// # The search
//
// [Check] goes through all schedules with no preemption, then through those with
// at most one, and so on: a preemption is a turn taken from a goroutine that
// could have gone on. There are few schedules with few preemptions, polynomially
// many in the number of steps, and nearly all bugs need no more than two of them.
// This, and real goroutines that are made to take turns, is CHESS: Musuvathi and
// Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded
// Programs" (PLDI 2007).
//
// Two schedules that lead to the same state need not both be followed further.
// How a state is known again is explained in fingerprint.go. That makes small
// programs small enough for all schedules, with any number of preemptions. Where
// it does not, Check makes a number of random runs besides; one half is by
// priorities, see random.go.
//
// # Loops that wait
//
// A goroutine that waits in a loop for what another does would have infinitely
// many schedules, and most of them say only that it has waited longer. Such a
// loop calls [Yield], which takes its caller out of the schedule until something
// has changed. Should nothing change any more, then it would wait for ever, and
// the run fails.
//
// # What is shown
//
// If a search says "all schedules", then the program fails under none, as far as
// it checks. Go's atomic operations are sequentially consistent, so there are no
// executions of it that are not such a sequence of steps. It says so of this
// program, with as many goroutines and operations as it has, and not of larger
// ones. "With at most two preemptions" is less, and random runs are samples.
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
// that was started third.
package explore
