package benchmarks

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// A Kind is a task as services have them, for the benchmark Task: what a pool costs
// matters as far as it shows beside one.
type Kind struct {
	Name string // as in kind=Name

	// Size is that of the pool. Twice as many callers use it, and each waits for the
	// end of its task before it submits the next.
	Size int

	// Benchtime is so many tasks that ten lie beyond the 99th percentile of their times.
	Benchtime string

	// New makes the task, which may be run by many at a time. It panics if it fails.
	New func() func()
}

// Kinds lists them.
var Kinds = []Kind{
	{"json", 4, "10000x", newJSONTask},
	{"compress", 4, "1000x", newCompressTask},
	{"hash", 4, "1000x", newHashTask},
	{"wait", 50, "3000x", func() func() { return func() { time.Sleep(5 * time.Millisecond) } }},
}

// kindOf returns the kind of a cell.
func kindOf(c Cell) Kind {
	for _, k := range Kinds {
		if k.Name == c.Get("kind") {
			return k
		}
	}
	panic("benchmarks: no such kind: " + c.Get("kind"))
}

// taskRounds is in how many rounds a cell of Task is measured, twice in each: a sample is
// as long as ten of others, and what it is for, the cost of a pool beside that of a task,
// shows in few; but six visits are the fewest that an interval is made of.
const taskRounds = 6

// taskParts is Task's part of the grid.
func taskParts() []part {
	var parts []part
	for _, k := range Kinds {
		parts = append(parts, part{
			benchmark: "Task", benchtime: k.Benchtime, rounds: taskRounds,
			axes: []axis{
				axisOf("kind", k.Name),
				axisOf("impl", names(func(Contestant) bool { return true })...),
				axisOf("size", fmt.Sprint(k.Size)),
				axisOf("callers", fmt.Sprint(2*k.Size)),
			},
			headline: func(c Cell) bool { return c.Get("kind") == "json" },
		})
	}
	return parts
}

// An order is the document that a json task reads.
type order struct {
	ID       int       `json:"id"`
	Customer string    `json:"customer"`
	Placed   time.Time `json:"placed"`
	Lines    []struct {
		Article  string   `json:"article"`
		Quantity int      `json:"quantity"`
		Price    float64  `json:"price"`
		Tags     []string `json:"tags"`
	} `json:"lines"`
}

// orderLines is how many lines the order has.
const orderLines = 40

// newJSONTask parses an order of some 4 kB.
func newJSONTask() func() {
	var text strings.Builder
	text.WriteString(`{"id":4711,"customer":"Ada Lovelace","placed":"2026-11-25T17:00:00Z","lines":[`)
	for i := range orderLines {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"article":"article number %d","quantity":%d,"price":%d.99,"tags":["new","on sale","in stock"]}`, 1000+i, i%7+1, i)
	}
	text.WriteString(`]}`)
	document := []byte(text.String())
	return func() {
		var o order
		must(json.Unmarshal(document, &o))
		if len(o.Lines) != orderLines {
			panic(fmt.Sprintf("benchmarks: the order has %d lines, want %d", len(o.Lines), orderLines))
		}
	}
}

// newCompressTask compresses 16 KiB of words. A service keeps the compressors, which
// are large, and so does this.
func newCompressTask() func() {
	words := strings.Fields("a bounded pool runs at most so many tasks at once and queues the others until one of its workers is idle")
	random := rand.New(rand.NewPCG(1, 2))
	var text bytes.Buffer
	for text.Len() < 16<<10 {
		text.WriteString(words[random.IntN(len(words))])
		text.WriteByte(' ')
	}
	plain := text.Bytes()[:16<<10]
	writers := sync.Pool{New: func() any {
		w, err := flate.NewWriter(io.Discard, flate.DefaultCompression)
		must(err)
		return w
	}}
	return func() {
		w := writers.Get().(*flate.Writer)
		defer writers.Put(w)
		var count countingWriter
		w.Reset(&count)
		_, err := w.Write(plain)
		must(err)
		must(w.Close())
		if count == 0 || int(count) >= len(plain) {
			panic(fmt.Sprintf("benchmarks: %d bytes became %d", len(plain), count))
		}
	}
}

// A countingWriter counts the bytes, and drops them.
type countingWriter int

func (w *countingWriter) Write(b []byte) (int, error) {
	*w += countingWriter(len(b))
	return len(b), nil
}

// newHashTask takes the SHA-256 of 1 MiB.
func newHashTask() func() {
	data := bytes.Repeat([]byte("workerpool"), 1<<20/10+1)[:1<<20]
	want := sha256.Sum256(data)
	return func() {
		if sha256.Sum256(data) != want {
			panic("benchmarks: a hash has changed")
		}
	}
}
