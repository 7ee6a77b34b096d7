package poolnats

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A consumerWith has a configuration and nothing else.
type consumerWith struct {
	jetstream.Consumer
	config jetstream.ConsumerConfig
}

func (c *consumerWith) CachedInfo() *jetstream.ConsumerInfo {
	return &jetstream.ConsumerInfo{Config: c.config}
}

// The server waits for the delay that it is sent, plus the difference between the
// BackOff for the attempt and the first BackOff.
func TestDelayAllowsForWhatTheServerAdds(t *testing.T) {
	const s = time.Second
	policy := func(d time.Duration) func(uint64, error) time.Duration {
		return func(uint64, error) time.Duration { return d }
	}
	for _, test := range []struct {
		backOff []time.Duration
		retry   func(uint64, error) time.Duration
		attempt uint64
		want    time.Duration
	}{
		{nil, nil, 1, s},
		{nil, nil, 2, 2 * s},
		{nil, nil, 6, 32 * s},
		{nil, nil, 7, 60 * s},
		{nil, nil, 1 << 40, 60 * s},
		{nil, policy(5 * s), 3, 5 * s},
		{nil, policy(0), 3, 0},
		{nil, policy(-s), 3, 0},
		{[]time.Duration{s, 3 * s, 9 * s}, nil, 1, s},
		{[]time.Duration{s, 3 * s, 9 * s}, nil, 2, s},
		{[]time.Duration{s, 3 * s, 9 * s}, nil, 7, s},
		{[]time.Duration{s, 3 * s, 9 * s}, policy(5 * s), 1, 5 * s},
		{[]time.Duration{s, 3 * s, 9 * s}, policy(5 * s), 2, 3 * s},
		{[]time.Duration{s, 3 * s, 9 * s}, policy(5 * s), 3, 1},
		{[]time.Duration{s, 3 * s, 9 * s}, policy(0), 3, 0},
	} {
		c := &consumption{
			config:   config{retry: test.retry},
			consumer: &consumerWith{config: jetstream.ConsumerConfig{BackOff: test.backOff}},
		}
		if got := c.delay(test.attempt, errors.New("failed")); got != test.want {
			t.Errorf("attempt %d with the BackOff %v: sent %v, want %v", test.attempt, test.backOff, got, test.want)
		}
	}
}
