package benchmarks

import "time"

// Overload is the scenario that a bounded pool is for: a service gets more than
// it can do. The service is a net/http server in a process of its own, on the
// loopback interface. Its callers come at times that are fixed before the first
// comes, and leave when their budget of time is over. See overload_test.go for how
// it runs, internal/overload for the load and the service, and admission.go for
// the contestants.
//
// A cell is named
//
//	Overload/handler=wait/impl=ring/queue=2x/load=150
//
// where
//
//   - handler is what a request does, with 1 MB of memory of its own: wait has 20
//     connections to something and waits 50 ms for that, as for a database; compute
//     has two processors and computes for 5 ms; callers have 125 ms;
//   - impl is an Admission;
//   - queue is the length of its queue in multiples of the size, which is 20 or 2:
//     0, 0.5x, 1x, 2x, 10x, or inf if nothing is refused;
//   - load is the arrivals in percent of what the service can do.
//
// Its figures are
//
//   - goodput-%: the callers who were served in time, in percent of those whom a
//     service of this size serves if it refuses just those that it cannot finish in
//     time (overload.Possible);
//   - p50-ns and p99-ns: how long those waited, from their planned arrival; of some
//     200 in a window the 99th percentile is the third longest;
//   - refused-%: the callers who got a no in time, in percent of all;
//   - refusal-p50-ns and refusal-p99-ns: how long those waited. Of fewer than 20
//     callers no percentile is reported;
//   - unanswered-%: the callers who left without an answer, in percent of all;
//   - peak-B: the most bytes that the service's process had from the system;
//   - peak-goroutines: the most that it had of them;
//   - late-p99-ns: how late the generator was, which is in all times above;
//   - generator-cpu-%: the processor time of the generator, in percent of one core.

// An overloadHandler is what a request is for.
type overloadHandler struct {
	name       string
	size       int           // of the pool, and what the handler can do at a time
	task       time.Duration // how long one takes
	budget     time.Duration // how long its callers wait
	processors int           // of the service
}

var overloadHandlers = []overloadHandler{
	{"wait", 20, 50 * time.Millisecond, 125 * time.Millisecond, 2},
	{"compute", 2, 5 * time.Millisecond, 125 * time.Millisecond, 2},
}

// OverloadConditions returns what a value of the key handler stands for: the size of
// the pool, how long a task takes, and how long its callers wait.
func OverloadConditions(handler string) (size int, task, budget time.Duration, ok bool) {
	for _, h := range overloadHandlers {
		if h.name == handler {
			return h.size, h.task, h.budget, true
		}
	}
	return 0, 0, 0, false
}

// capacity is how much the handler can do in a second.
func (h overloadHandler) capacity() float64 { return float64(h.size) / h.task.Seconds() }

// overloadRounds is in how many rounds a cell of Overload is measured, twice in each:
// it takes a second, and varies little, since the arrivals are the same.
const overloadRounds = 1

// overloadParts is Overload's part of the grid.
func overloadParts() []part {
	var parts []part
	for _, h := range overloadHandlers {
		for _, a := range Admissions {
			parts = append(parts, part{
				benchmark: "Overload", benchtime: "1x", rounds: overloadRounds,
				axes: []axis{
					axisOf("handler", h.name),
					axisOf("impl", a.Name),
					axisOf("queue", a.Queues...),
					axisOf("load", "50", "80", "100", "150", "200", "300"),
				},
				headline: overloadHeadline,
			})
		}
	}
	return parts
}

// overloadHeadline selects what the short run measures: how five ways of letting
// requests in get on as the load grows, and all the others, and one that computes, at
// twice what the service can do.
func overloadHeadline(c Cell) bool {
	wait, load := c.Get("handler") == "wait", c.Get("load")
	switch c.Get("impl") + " " + c.Get("queue") {
	case "go inf", "ring 1x":
		return wait && load != "80" || load == "200"
	case "sem 0", "ring 2x", "ring 10x":
		return wait && load != "80"
	case "chan 1x", "chan 2x", "chan2 1x", "chan2 2x", "ants 1x", "pond 2x":
		return false // as those with the same queue
	}
	return wait && load == "200"
}
