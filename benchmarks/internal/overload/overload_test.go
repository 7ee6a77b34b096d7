package overload

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

func TestArrivalsComeInOrderAndAtTheirRate(t *testing.T) {
	const rate, seconds = 1000, 100
	list := Arrivals(rand.New(rand.NewPCG(1, 2)), rate, seconds*time.Second)
	if !slices.IsSorted(list) || list[0] <= 0 || list[len(list)-1] >= seconds*time.Second {
		t.Errorf("arrivals from %v to %v, sorted: %v; want them sorted, between 0 and %d s",
			list[0], list[len(list)-1], slices.IsSorted(list), seconds)
	}
	// The number is Poisson distributed: its standard deviation is its root.
	if n := len(list); n < rate*seconds-5*316 || n > rate*seconds+5*316 {
		t.Errorf("%d arrivals, want %d, give or take five times 316", n, rate*seconds)
	}
	// So are the gaps: one in e is longer than the mean.
	longer := 0
	for i := range list[1:] {
		if list[i+1]-list[i] > time.Second/rate {
			longer++
		}
	}
	if share := float64(longer) / float64(len(list)); share < 0.36 || share > 0.375 {
		t.Errorf("%.3f of the gaps are longer than the mean, want 1/e", share)
	}
}

func TestArrivalsAreTheSameForTheSameSeed(t *testing.T) {
	one := Arrivals(rand.New(rand.NewPCG(1, 2)), 1000, time.Second)
	two := Arrivals(rand.New(rand.NewPCG(1, 2)), 1000, time.Second)
	if !slices.Equal(one, two) {
		t.Error("the same seed gave two lists")
	}
}

func TestCallsAreMadeAtTheArrivalsWhateverTheServiceDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		arrivals := []time.Duration{ms, 3 * ms, 3 * ms, 20 * ms, 1000 * ms}
		visits := Offer(arrivals, 100*ms, func(ctx context.Context) (Answer, error) {
			<-ctx.Done() // a service that does not answer
			return Unanswered, ctx.Err()
		})
		for i, v := range visits {
			if v != (Visit{Planned: arrivals[i], Took: 100 * ms}) {
				t.Errorf("caller %d: %+v, want to have come on time and left after 100 ms", i, v)
			}
		}
		if took := time.Since(begin); took != 1100*ms {
			t.Errorf("Offer took %v, want 1.1 s: the last arrival and its budget", took)
		}
	})
}

func TestTimesCountFromThePlannedArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := visit(time.Now().Add(-30*ms), 100*ms, func(ctx context.Context) (Answer, error) {
			time.Sleep(50 * ms)
			return Served, nil
		})
		if v != (Visit{Late: 30 * ms, Took: 80 * ms, Answer: Served}) {
			t.Errorf("%+v, want served after 80 ms by a generator that was 30 ms late", v)
		}
	})
}

func TestAnAnswerCountsOnlyWithinTheBudget(t *testing.T) {
	failure := errors.New("no connection")
	for name, tc := range map[string]struct {
		after  time.Duration
		answer Answer
		err    error
		want   Visit
	}{
		"served":            {99 * ms, Served, nil, Visit{Took: 99 * ms, Answer: Served}},
		"refused":           {ms, Refused, nil, Visit{Took: ms, Answer: Refused}},
		"served too late":   {101 * ms, Served, nil, Visit{Took: 101 * ms}},
		"refused too late":  {101 * ms, Refused, nil, Visit{Took: 101 * ms}},
		"failed":            {ms, Unanswered, failure, Visit{Took: ms, Err: failure}},
		"failed as it left": {101 * ms, Unanswered, failure, Visit{Took: 101 * ms}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := visit(time.Now(), 100*ms, func(context.Context) (Answer, error) {
					time.Sleep(tc.after)
					return tc.answer, tc.err
				})
				if v != tc.want {
					t.Errorf("%+v, want %+v", v, tc.want)
				}
			})
		})
	}
}

func TestCountLooksAtTheWindowAlone(t *testing.T) {
	visits := []Visit{
		{Planned: 9 * ms, Answer: Served, Took: 9 * ms},
		{Planned: 10 * ms, Answer: Served, Took: 2 * ms, Late: ms},
		{Planned: 12 * ms, Answer: Served, Took: ms},
		{Planned: 15 * ms, Answer: Refused, Took: 3 * ms},
		{Planned: 19 * ms, Took: 4 * ms},
		{Planned: 20 * ms, Answer: Refused, Took: 9 * ms},
	}
	got, err := Count(visits, []bool{true, true, false, true, false, true}, 10*ms, 20*ms)
	if err != nil {
		t.Fatal(err)
	}
	if got.Offered != 4 || got.Possible != 2 ||
		!slices.Equal(got.Served, []time.Duration{ms, 2 * ms}) ||
		!slices.Equal(got.Refused, []time.Duration{3 * ms}) ||
		!slices.Equal(got.Unanswered, []time.Duration{4 * ms}) ||
		!slices.Equal(got.Late, []time.Duration{0, 0, 0, ms}) {
		t.Errorf("%+v", got)
	}
	both := got.Add(got)
	if both.Offered != 8 || both.Possible != 4 ||
		!slices.Equal(both.Served, []time.Duration{ms, ms, 2 * ms, 2 * ms}) {
		t.Errorf("twice that is %+v", both)
	}
}

func TestCountReturnsAFailureOfAnyTime(t *testing.T) {
	failure := errors.New("no connection")
	if _, err := Count([]Visit{{Err: failure}}, []bool{true}, ms, 2*ms); !errors.Is(err, failure) {
		t.Errorf("error %v, want %v", err, failure)
	}
}

func TestPossibleAdmitsWhoCanBeServedInTime(t *testing.T) {
	// Two places and tasks of 50 ms. With 125 ms, one that waits 75 ms is in time.
	arrivals := []time.Duration{0, 0, 0, 0, 0, 24 * ms, 26 * ms, 500 * ms}
	want := []bool{true, true, true, true, false, false, true, true}
	if got := Possible(arrivals, 2, 50*ms, 125*ms); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPossibleIsTheCapacityUnderOverload(t *testing.T) {
	const size, seconds = 20, 10
	arrivals := Arrivals(rand.New(rand.NewPCG(1, 2)), 800, seconds*time.Second)
	n := 0
	for _, served := range Possible(arrivals, size, 50*ms, 125*ms) {
		if served {
			n++
		}
	}
	// The last to be let in end up to 75 ms after the last arrival.
	if capacity := size * 20 * seconds; n < capacity || n > capacity+2*size {
		t.Errorf("%d of %d callers can be served, want %d to %d", n, len(arrivals), capacity, capacity+2*size)
	}
}

func TestPercentile(t *testing.T) {
	list := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for p, want := range map[float64]time.Duration{0: 1, 10: 1, 11: 2, 50: 5, 99: 10, 100: 10} {
		if got := Percentile(list, p); got != want {
			t.Errorf("percentile %v of 1 to 10 is %d, want %d", p, got, want)
		}
	}
}

func TestTheServiceAnswersWhatBecameOfTheWork(t *testing.T) {
	ended, end := context.WithCancel(context.Background())
	end()
	for _, tc := range []struct {
		name string
		ctx  context.Context
		err  error // of the Admit, which does the work if it is nil
		want int
		done bool
	}{
		{"done", context.Background(), nil, http.StatusOK, true},
		{"refused", context.Background(), ErrRefused, http.StatusTooManyRequests, false},
		{"too late", context.Background(), context.DeadlineExceeded, http.StatusGatewayTimeout, false},
		{"failed", context.Background(), errors.New("closed"), http.StatusInternalServerError, false},
		{"the caller has left", ended, nil, http.StatusGatewayTimeout, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			done := false
			s := NewService(func(ctx context.Context, work Work) error {
				if tc.err != nil {
					return tc.err
				}
				return work(ctx)
			}, func(context.Context) error { done = true; return nil })
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/work", nil).WithContext(tc.ctx))
			if w.Code != tc.want || done != tc.done {
				t.Errorf("status %d, work done: %v; want %d, %v", w.Code, done, tc.want, tc.done)
			}
			if held := s.memory.Load() > 0; held != tc.done {
				t.Errorf("memory was taken: %v, want %v", held, tc.done)
			}
		})
	}
}
