package pooltest

import (
	"errors"
	"runtime"
	"testing"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// records has an entry for each task: what its submit returned, and how often it
// began and ended. A sum is not enough: if one task is lost and another runs
// twice, the sum is right.
type records struct {
	lines  []line
	sealed atomic.Bool // a Shutdown has returned
}

type line struct {
	submitted bool  // written by the submitter, like err
	err       error // what the submit returned
	began     atomic.Uint32
	ended     atomic.Uint32
	late      atomic.Bool // ended after a Shutdown had returned
}

func newRecords(tasks int) *records { return &records{lines: make([]line, tasks)} }

// submit submits task i, which calls body, and records the result. Each task is
// submitted at most once.
func (l *records) submit(submit func(func()) error, i int, body func()) error {
	at := &l.lines[i]
	at.submitted = true
	at.err = call(submit, func() {
		at.began.Inc()
		defer func() {
			at.ended.Inc()
			at.late.Store(l.sealed.Load())
		}()
		body()
	})
	return at.err
}

// shutdown shuts p down. A task that ends afterwards is late.
func (l *records) shutdown(p Pool) {
	p.Shutdown()
	l.sealed.Store(true)
}

// check fails t unless each accepted task ran exactly once, and no other ran at
// all. It is called when the pool has drained and all submitters have returned.
func (l *records) check(t *testing.T) {
	t.Helper()
	for i := range l.lines {
		at := &l.lines[i]
		began, ended := at.began.Load(), at.ended.Load()
		switch {
		case !at.submitted:
		case at.err == nil && (began != 1 || ended != 1):
			t.Fatalf("task %d of %d was accepted, began %d times and ended %d times", i, len(l.lines), began, ended)
		case at.err == nil && at.late.Load():
			t.Fatalf("task %d of %d ended after Shutdown had returned", i, len(l.lines))
		case at.err != nil && began != 0:
			t.Fatalf("task %d of %d was refused (%v) and began %d times", i, len(l.lines), at.err, began)
		case at.err != nil && !refusal(at.err):
			t.Fatalf("task %d of %d: unexpected error: %v", i, len(l.lines), at.err)
		}
	}
}

// refusal reports whether err is one that a submit may return.
func refusal(err error) bool {
	return err == workerpool.ErrPoolFull || err == workerpool.ErrPoolClosed || errors.Is(err, workerpool.ErrNilTask) || hasEnded(err)
}

// accepted returns how many tasks were accepted.
func (l *records) accepted() (n int) {
	for i := range l.lines {
		if l.lines[i].submitted && l.lines[i].err == nil {
			n++
		}
	}
	return n
}

// mixedBody returns the body of task i in a mix of tasks: most do nothing, some
// yield, panic or call Goexit.
func mixedBody(i int) func() {
	switch i % 16 {
	case 3:
		return func() { panic("on purpose") }
	case 7:
		return runtime.Goexit
	case 5, 13:
		return runtime.Gosched
	default:
		return func() {}
	}
}
