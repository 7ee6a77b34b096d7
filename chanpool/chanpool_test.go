package chanpool_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
)

func TestErrorsAreThoseOfBothPools(t *testing.T) {
	require.Same(t, workerpool.ErrPoolFull, chanpool.ErrPoolFull)
	require.Same(t, workerpool.ErrPoolClosed, chanpool.ErrPoolClosed)
	require.Same(t, workerpool.ErrNilTask, chanpool.ErrNilTask)
}

func TestSizeFromEnvMakesAPool(t *testing.T) {
	t.Setenv("WORKER_POOL_SIZE", "3")
	size, err := chanpool.SizeFromEnv()
	require.NoError(t, err)
	p := chanpool.New(size)
	defer p.Shutdown()
	require.Equal(t, 3, p.Size())
}

func TestNewRefusesTheOptionThatChanpoolLacks(t *testing.T) {
	require.PanicsWithValue(t, "chanpool: New: WithIdleTimeout(1m0s): only package ringpool has this option", func() {
		chanpool.New(1, workerpool.WithIdleTimeout(time.Minute))
	})
}
