package workerpool_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

func TestPanicErrorSaysWhatAndWhere(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		r, err := workerpool.Go(make(1, untold(t)), func() (int, error) { return 0, panicWithError() })
		require.NoError(t, err)
		_, err = r.Wait(t.Context())
		require.ErrorContains(t, err, "workerpool: function panicked: boom\n")
		require.ErrorContains(t, err, "pool_test.panicWithError(")
	})
}

func TestPanicErrorUnwrapsToAnErrorOnly(t *testing.T) {
	require.Equal(t, errBoom, errors.Unwrap(&workerpool.PanicError{Value: errBoom}))
	require.NoError(t, errors.Unwrap(&workerpool.PanicError{Value: "boom"}))
	require.NoError(t, errors.Unwrap(&workerpool.PanicError{}))
}

func TestPanicErrorOutlivesAValueThatCannotBePrinted(t *testing.T) {
	require.Contains(t, (&workerpool.PanicError{Value: poison{}}).Error(), "workerpool: function panicked: ")
}

// A value whose own methods panic must not do more than any other.
type poison struct{}

func (poison) Error() string  { panic("poison") }
func (poison) String() string { panic("poison") }
