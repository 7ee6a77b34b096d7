package chanpool_test

import (
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/internal/pooltest"
)

func TestConformance(t *testing.T) {
	pooltest.Run(t, pooltest.Impl{
		Package: "chanpool",
		New:     func(size int, opts ...workerpool.Option) pooltest.Pool { return chanpool.New(size, opts...) },
		Eager:   true,
		Unmade:  []pooltest.Pool{new(chanpool.Pool), (*chanpool.Pool)(nil)},
	})
}
