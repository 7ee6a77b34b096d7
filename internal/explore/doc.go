// Package explore runs a small concurrent program again and again, each time
// under another schedule, and looks for a schedule under which it fails.
//
// # Runs, steps and turns
//
// A program is a function that gets a [Run], starts goroutines by its method Go,
// and calls Failf if something is wrong. The goroutines are real ones, but they
// take turns: only one runs at a time. A goroutine ends its turn before each of
// its steps, and the run chooses which goroutine has the next turn. A step is one
// operation of package step on a shared object, for example an atomic load or the
// locking of a mutex.
//
// Some steps have several possible outcomes: a select with two cases that are
// ready, a sync.Pool that may have lost an item. The run chooses the outcome,
// too. The sequence of all these choices is the schedule, and it determines the
// run. So every schedule can be tried, and repeated. A deadlock is found without
// a timeout: no goroutine can make a step.
//
// # The search
//
// [Check] tries all schedules with no preemption, then all with at most one, and
// so on. A preemption is a switch away from a goroutine that could make its next step.
// An unusual outcome counts as a preemption, too. The number of schedules with few
// preemptions is only polynomial in the number of steps, and most bugs need only a few
// preemptions. This method is that of CHESS: Musuvathi and
// Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded
// Programs" (PLDI 2007).
//
// If two schedules lead to the same state, only one of them is followed further.
// fingerprint.go explains how a state is recognized. So in small programs all
// schedules can be tried, with any number of preemptions. For larger programs
// Check also makes random runs. Half of them use priorities; see random.go.
//
// # Plain accesses
//
// Normally a turn is a step and the code after it, up to the next step. In a program
// without data races it makes no difference that no other goroutine runs in between. A
// plain store that comes too late, after the step that publishes it, is a data race. To
// see what such a store leads to, Check also makes searches and random runs in which
// turns end after the steps: there a turn is the code before a step, and the step. These
// searches have one preemption. If the effort has one preemption or none, there are only
// the random runs. To find every data race is the task of the race detector.
//
// # Loops that wait
//
// A goroutine that waits in a loop for another would have infinitely many
// schedules, and most of them differ only in how long it waits. Such a loop must
// call [Yield], which gives its caller no turn until something has changed. If
// nothing changes any more, the run fails. A loop may also write while it waits;
// fair.go says how that is limited. If a loop waits without Yield, the run fails,
// because it never ends.
//
// # What is shown
//
// If a search reports "all schedules", with no further words, then no execution of the
// program makes it call Failf. Go's atomic operations are sequentially consistent, so every
// execution is a sequence of steps, and its schedule was tried. There are these limits:
//
//   - Release stores are not sequentially consistent. A run treats them as x86 does, but
//     not in every order: see buffer.go. On processors with weaker rules Go uses other
//     instructions.
//   - Schedules that starve a goroutine for long are left out: see fair.go.
//   - Two states could have the same fingerprint, which is unlikely: see fingerprint.go.
//   - It holds for this program, and not for one with more goroutines or operations.
//   - Nothing is shown about what the model in package step leaves out.
//
// "All schedules with at most two preemptions", "without a missed store" and "after steps"
// are weaker results, and random runs are samples.
//
// # Use
//
//	go test -tags modelcheck -v -run TestSchedules ./...
//	EXPLORE_TIME=5m go test ...               # each program for 5 minutes
//	EXPLORE_SEED=17 go test ...               # the random runs begin with this seed
//	EXPLORE_SCHEDULE=0x12,2x5 go test -run …  # this one run; a failure prints it
//
// A failure prints the schedule, and a line for each step: its number, the
// goroutine, the place, the operation with its values (the last is the result),
// and the source line. In the schedule, 2x5 means five turns of the goroutine
// that was started third, ?1 an unusual outcome, and after: that turns end after
// the steps.
package explore
