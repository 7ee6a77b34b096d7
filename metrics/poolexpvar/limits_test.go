package poolexpvar_test

import (
	"encoding/json"
	"expvar"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolexpvar"
	"github.com/seed62337844/workerpool/ringpool"
)

func TestTenThousandPoolsAreInAMap(t *testing.T) {
	const pools = 10_000
	var all expvar.Map
	p := ringpool.New(1)
	for i := range pools {
		all.Set(fmt.Sprint("pool ", i), poolexpvar.Var(p))
	}
	var read map[string]workerpool.Stats
	if err := json.Unmarshal([]byte(all.String()), &read); err != nil {
		t.Fatal(err)
	}
	if len(read) != pools {
		t.Errorf("%d pools can be read", len(read))
	}
}

func TestHostileNamesAreJSON(t *testing.T) {
	var all expvar.Map
	names := []string{`"`, `\`, "</script>", "line\nbreak", "\x00", "😀", " "}
	for _, name := range names {
		all.Set(name, poolexpvar.Var(ringpool.New(1)))
	}
	var read map[string]workerpool.Stats
	if err := json.Unmarshal([]byte(all.String()), &read); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if read[name].Size != 1 {
			t.Errorf("%q can't be read", name)
		}
	}
}

// The pool is resized and shut down while its figures are read.
func TestVarCanBeReadDuringResizeAndShutdown(t *testing.T) {
	p := ringpool.New(4)
	v := poolexpvar.Var(p)
	var working sync.WaitGroup
	var enough atomic.Bool
	working.Go(func() {
		for size := 1; !enough.Load(); size = size%8 + 1 {
			_ = p.SubmitWait(func() {})
			p.Resize(size)
		}
		p.Shutdown()
	})
	var last workerpool.Stats
	for i := range 200 {
		var next workerpool.Stats
		if err := json.Unmarshal([]byte(v.String()), &next); err != nil {
			t.Fatal(err)
		}
		if next.Submitted < last.Submitted || next.Completed < last.Completed || next.Size < 1 || next.Size > 8 {
			t.Errorf("after\n%+v came\n%+v", last, next)
		}
		last = next
		enough.Store(i >= 150)
	}
	working.Wait()
}

// BenchmarkRead measures one read of a variable.
func BenchmarkRead(b *testing.B) {
	v := poolexpvar.Var(ringpool.New(4))
	b.ReportAllocs()
	for b.Loop() {
		_ = v.String()
	}
}
