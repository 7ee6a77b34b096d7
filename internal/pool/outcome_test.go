package pool_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/pool"
)

func TestPanicErrorSaysWhatAndWhere(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		r, err := pool.Call(make(1, untold(t)), func() (int, error) { return 0, panicWithError() })
		require.NoError(t, err)
		_, err = r.Wait(t.Context())
		require.ErrorContains(t, err, "workerpool: function panicked: boom\n")
		require.ErrorContains(t, err, "pool_test.panicWithError(")
	})
}

func TestPanicErrorUnwrapsToAnErrorOnly(t *testing.T) {
	require.Equal(t, errBoom, errors.Unwrap(&pool.PanicError{Value: errBoom}))
	require.NoError(t, errors.Unwrap(&pool.PanicError{Value: "boom"}))
	require.NoError(t, errors.Unwrap(&pool.PanicError{}))
}

func TestPanicErrorOutlivesAValueThatCannotBePrinted(t *testing.T) {
	require.Contains(t, (&pool.PanicError{Value: poison{}}).Error(), "workerpool: function panicked: ")
}
