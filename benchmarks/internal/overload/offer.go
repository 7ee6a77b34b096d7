package overload

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// An Answer is what a caller gets.
type Answer int

const (
	Unanswered Answer = iota // the caller left before an answer came
	Served
	Refused
)

// A Visit is what became of one caller.
type Visit struct {
	Planned time.Duration // the arrival, from the beginning of the load
	Late    time.Duration // from the planned arrival to the call
	Took    time.Duration // from the planned arrival to the answer, or until the caller left
	Answer  Answer
	Err     error // of a call that failed while its caller waited
}

// Offer makes a call at each arrival, whatever has become of the calls before,
// and returns when all have returned. A caller has a budget of time, which
// begins at its planned arrival; the context of its call ends with the budget.
// An answer that comes later counts for nothing.
func Offer(arrivals []time.Duration, budget time.Duration, call func(ctx context.Context) (Answer, error)) []Visit {
	visits := make([]Visit, len(arrivals))
	begin := time.Now()
	var callers sync.WaitGroup
	for i, at := range arrivals {
		time.Sleep(time.Until(begin.Add(at)))
		callers.Go(func() {
			visits[i] = visit(begin.Add(at), budget, call)
			visits[i].Planned = at
		})
	}
	callers.Wait()
	return visits
}

// visit is the life of one caller.
func visit(planned time.Time, budget time.Duration, call func(ctx context.Context) (Answer, error)) Visit {
	v := Visit{Late: time.Since(planned)}
	ctx, cancel := context.WithDeadline(context.Background(), planned.Add(budget))
	defer cancel()
	v.Answer, v.Err = call(ctx)
	v.Took = time.Since(planned)
	if ctx.Err() != nil || v.Took > budget {
		v.Answer, v.Err = Unanswered, nil
	}
	return v
}

// check returns the error of the visit, if it has one.
func (v Visit) check() error {
	if v.Err != nil {
		return fmt.Errorf("overload: the caller of %v: %w", v.Planned, v.Err)
	}
	return nil
}
