package mpmc_test

import (
	"testing"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

func BenchmarkPushPop(b *testing.B) {
	r := mpmc.New[func()](100)
	f := func() {}
	for b.Loop() {
		r.TryPush(f)
		r.TryPop()
	}
}
