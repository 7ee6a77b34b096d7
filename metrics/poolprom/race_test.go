package poolprom_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// Scrapers read the figures while submitters fill the pool and its workers empty
// it. The submitters go on until the last scraper is done.
func TestScrapesOfAPoolAtWorkFollowOneAnother(t *testing.T) {
	const size, scrapers, submitters = 4, 2, 3
	scrapes := 100
	if testing.Short() {
		scrapes = 20
	}
	forBoth(t, func(t *testing.T, newPool func(size int) pool) {
		e := newEndpoint(t)
		p := newPool(size)
		e.register(t, "jobs", p)

		var looking, working sync.WaitGroup
		var enough atomic.Bool
		for range scrapers {
			looking.Go(func() {
				last := figures{}
				for range scrapes {
					next, err := e.figures()
					if err == nil {
						err = next.canFollow(last)
					}
					if err != nil {
						t.Error(err)
						return
					}
					last = next
				}
			})
		}
		var ran, panicked, accepted, refused atomic.Int64
		for id := range submitters {
			submit := p.Submit
			if id == 0 {
				submit = p.SubmitWait
			}
			working.Go(func() {
				for i := 0; !enough.Load(); i++ {
					err := submit(func() {
						ran.Inc()
						if i%10 == 0 {
							panicked.Inc()
							panic(i)
						}
					})
					if err == nil {
						accepted.Inc()
					} else {
						refused.Inc()
						runtime.Gosched()
					}
				}
			})
		}
		looking.Wait()
		enough.Store(true)
		working.Wait()
		p.Shutdown()

		f, err := e.figures()
		require.NoError(t, err)
		require.Positive(t, ran.Load())
		require.EqualValues(t, accepted.Load(), f["workerpool_task_submitted_total"])
		require.EqualValues(t, ran.Load(), f["workerpool_task_completed_total"])
		require.EqualValues(t, panicked.Load(), f["workerpool_task_panicked_total"])
		require.EqualValues(t, refused.Load(), f[`workerpool_task_rejected_total{reason="full"}`])
	})
}

// Figures has the values of the pool called jobs in one scrape. The key is the
// name of the metric and its labels, without the label pool.
type figures map[string]float64

func (e endpoint) figures() (figures, error) {
	text, err := e.scrape()
	if err != nil {
		return nil, err
	}
	f := figures{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		name = strings.Replace(name, `{pool="jobs"}`, "", 1)
		name = strings.Replace(name, `pool="jobs",`, "", 1)
		if f[name], err = strconv.ParseFloat(value, 64); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	return f, nil
}

// canFollow returns an error unless f can come from a later scrape than last.
func (f figures) canFollow(last figures) error {
	for name, before := range last {
		metric, _, _ := strings.Cut(name, "{")
		if strings.HasSuffix(metric, "_total") && f[name] < before {
			return fmt.Errorf("%s fell from %v to %v", name, before, f[name])
		}
	}
	for _, bound := range []struct{ low, high string }{
		{"workerpool_task_completed_total", "workerpool_task_submitted_total"},
		{"workerpool_queue_size", "workerpool_queue_capacity"},
		{"workerpool_worker_busy", "workerpool_worker_limit"},
		{"workerpool_worker_started", "workerpool_worker_limit"},
	} {
		low, known := f[bound.low]
		high, knownToo := f[bound.high]
		if !known || !knownToo {
			return fmt.Errorf("%s or %s is missing", bound.low, bound.high)
		}
		if low > high {
			return fmt.Errorf("%s is %v, %s is %v", bound.low, low, bound.high, high)
		}
	}
	return nil
}

// The race test can fail: it notices a counter that falls, and figures of two
// different snapshots.
func TestScrapesThatDoNotFollowAreNoticed(t *testing.T) {
	of := func(s workerpool.Stats) figures {
		e := newEndpoint(t)
		e.register(t, "jobs", snapshot(s))
		f, err := e.figures()
		require.NoError(t, err)
		return f
	}
	require.NoError(t, of(workerpool.Stats{Submitted: 2, Completed: 2}).canFollow(of(workerpool.Stats{Submitted: 2, Completed: 1})))
	require.ErrorContains(t, of(workerpool.Stats{Submitted: 1}).canFollow(of(workerpool.Stats{Submitted: 2})), "fell from 2 to 1")
	require.ErrorContains(t, of(workerpool.Stats{}).canFollow(of(workerpool.Stats{Rejected: 1})), "fell from 1 to 0")
	require.ErrorContains(t, of(workerpool.Stats{Submitted: 1, Completed: 2}).canFollow(figures{}), "completed_total is 2")
	require.ErrorContains(t, figures{}.canFollow(figures{}), "missing")
}
