package ringpool_test

import (
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/pooltest"
	"github.com/seed62337844/workerpool/ringpool"
)

func TestConformance(t *testing.T) {
	pooltest.Run(t, pooltest.Impl{
		Package:  "ringpool",
		New:      func(size int, opts ...workerpool.Option) pooltest.Pool { return ringpool.New(size, opts...) },
		Unmade:   []pooltest.Pool{new(ringpool.Pool), (*ringpool.Pool)(nil)},
		Overtake: func(size int) int { return 64 * 2 * size },
	})
}
