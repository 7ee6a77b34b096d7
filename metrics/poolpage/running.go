package poolpage

import (
	"path"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// shown is how many running tasks of a pool are on the page at most.
const shown = 10

// running is the list of the running tasks of one pool, in the order in which they
// began. So the slowest come first, and the page copies only those.
type running struct {
	mu          sync.Mutex // guards what follows, and the links of the tasks
	first, last *runningTask
	count       int
}

type runningTask struct {
	entry      uintptr // of its function
	began      time.Time
	prev, next *runningTask
}

// Task returns a task that calls f, and is on the page while it runs. The page shows
// the name of f. So if you also wrap the task in something else, call Task first. The
// task may be called any number of times. The package documentation says what it costs.
// Task panics if f is nil.
func (e *Entry) Task(f func()) func() {
	if f == nil {
		panic("poolpage: Entry.Task: f is nil")
	}
	pc := reflect.ValueOf(f).Pointer()
	return func() {
		t := &runningTask{entry: pc, began: time.Now()}
		e.running.add(t)
		defer e.running.remove(t) // after a panic or a Goexit too
		f()
	}
}

func (r *running) add(t *runningTask) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.prev = r.last
	if r.last == nil {
		r.first = t
	} else {
		r.last.next = t
	}
	r.last = t
	r.count++
}

func (r *running) remove(t *runningTask) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.prev == nil {
		r.first = t.next
	} else {
		t.prev.next = t.next
	}
	if t.next == nil {
		r.last = t.prev
	} else {
		t.next.prev = t.prev
	}
	r.count--
}

// A task is a running task on the page.
type task struct {
	Function string  `json:"function"`
	Place    string  `json:"place"` // file and line of the function
	Age      float64 `json:"age"`   // in seconds
}

// slowest returns the tasks that have been running longest, and the number of all.
func (r *running) slowest(now time.Time) (tasks []task, count int) {
	r.mu.Lock()
	oldest := make([]runningTask, 0, shown)
	for t := r.first; t != nil && len(oldest) < shown; t = t.next {
		oldest = append(oldest, runningTask{entry: t.entry, began: t.began})
	}
	count = r.count
	r.mu.Unlock()

	tasks = make([]task, len(oldest))
	for i, t := range oldest {
		tasks[i] = task{Function: "unknown", Age: max(0, now.Sub(t.began).Seconds())}
		if f := runtime.FuncForPC(t.entry); f != nil {
			file, line := f.FileLine(t.entry)
			tasks[i].Function, tasks[i].Place = f.Name(), path.Base(file)+":"+strconv.Itoa(line)
		}
	}
	return tasks, count
}
