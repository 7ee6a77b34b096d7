package chanpool_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/internal/pool"
)

func TestErrorsAreThoseOfBothPools(t *testing.T) {
	require.Same(t, pool.ErrPoolFull, chanpool.ErrPoolFull)
	require.Same(t, pool.ErrPoolClosed, chanpool.ErrPoolClosed)
	require.Same(t, pool.ErrNilTask, chanpool.ErrNilTask)
}

func TestSizeFromEnvMakesAPool(t *testing.T) {
	t.Setenv("WORKER_POOL_SIZE", "3")
	size, err := chanpool.SizeFromEnv()
	require.NoError(t, err)
	p := chanpool.New(size)
	defer p.Shutdown()
	require.Equal(t, 3, p.Size())
}
