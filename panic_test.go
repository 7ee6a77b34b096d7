package workerpool_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// panicAt panics with value, and stores the place.
func panicAt(value any, place *string) {
	_, file, line, _ := runtime.Caller(0)
	*place = fmt.Sprintf("%s:%d", file, line+2)
	panic(value)
}

// panicErrorOf is the error of a result whose function has panicked with value.
func panicErrorOf(t *testing.T, value any) (place string, err error) {
	p := ringpool.New(1, workerpool.WithPanicHandler(func(any, []byte) {}))
	defer p.Shutdown()
	r, err := workerpool.Go(p, func() (int, error) { panicAt(value, &place); return 0, nil })
	require.NoError(t, err)
	_, err = r.Wait(t.Context())
	return place, err
}

func TestPanicErrorIsOneLineWithValueAndPlace(t *testing.T) {
	place, err := panicErrorOf(t, errors.New("two\nlines"))
	require.EqualError(t, err, `workerpool: function panicked: two\nlines at `+place)
	require.Equal(t, err.Error(), fmt.Sprintf("%v", err))
	require.Equal(t, err.Error(), fmt.Sprintf("%s", err))
	require.Equal(t, strconv.Quote(err.Error()), fmt.Sprintf("%q", err))
	require.Equal(t, "  "+err.Error(), fmt.Sprintf("%*v", len(err.Error())+2, err))
	require.Equal(t, "context: "+err.Error(), fmt.Errorf("context: %w", err).Error())
}

func TestPanicErrorPrintsTheStackOnRequest(t *testing.T) {
	place, err := panicErrorOf(t, "boom")
	var p *workerpool.PanicError
	require.ErrorAs(t, err, &p)
	require.Contains(t, string(p.Stack), "pool_test.panicAt(")
	require.Contains(t, string(p.Stack), place)
	require.Equal(t, err.Error()+"\n\n"+string(p.Stack), fmt.Sprintf("%+v", err))
}

func TestPanicErrorIsAGroupInALog(t *testing.T) {
	place, err := panicErrorOf(t, "boom")
	var p *workerpool.PanicError
	require.ErrorAs(t, err, &p)
	var text bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Error("failed", "err", err)
	require.Contains(t, text.String(), "err.panic=boom err.place="+place+" err.stack="+strconv.Quote(string(p.Stack)))
}

// A panic is a bug, even if its value is an error that the caller expects.
func TestPanicErrorDoesNotWrapItsValue(t *testing.T) {
	_, err := panicErrorOf(t, context.Canceled)
	require.NotErrorIs(t, err, context.Canceled)
	require.NoError(t, errors.Unwrap(err))
}

func TestPanicErrorThatAUserMadeHasAText(t *testing.T) {
	circle := map[string]any{}
	circle["self"] = circle
	for want, value := range map[string]any{
		"boom":                      errBoom,
		"nil":                       nil,
		"(map[string]interface {})": circle,
		"(workerpool_test.poison: Error panicked)": poison{},
	} {
		e := &workerpool.PanicError{Value: value, Stack: []byte("the stack")}
		require.EqualError(t, e, "workerpool: function panicked: "+want)
		require.Equal(t, e.Error()+"\n\nthe stack", fmt.Sprintf("%+v", e))
		place, captured := panicErrorOf(t, value)
		if value != nil {
			require.EqualError(t, captured, "workerpool: function panicked: "+want+" at "+place)
		}
	}
}

// If the value changes later, the text stays the same.
func TestPanicErrorAsksItsValueOnce(t *testing.T) {
	asked := 0
	_, err := panicErrorOf(t, counting{&asked})
	for range 3 {
		require.ErrorContains(t, err, "asked 1 times")
		require.Contains(t, fmt.Sprintf("%+v", err), "asked 1 times")
	}
}

type counting struct{ asked *int }

func (c counting) Error() string { *c.asked++; return fmt.Sprintf("asked %d times", *c.asked) }

// A value whose own methods panic is treated as any other.
type poison struct{}

func (poison) Error() string  { panic("poison") }
func (poison) String() string { panic("poison") }
