package panictext_test

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/panictext"
)

type (
	code   int
	name   string
	yes    bool
	weight float32

	// A method is an error, and calls itself for its text.
	method func() string
	// A stringer is the same for a fmt.Stringer.
	stringer func() string
	pointer  struct{ text string }
	deep     struct{ inner map[string]any }
)

func (m method) Error() string    { return m() }
func (s stringer) String() string { return s() }
func (p *pointer) Error() string  { return p.text }

// A both is an error and a fmt.Stringer.
type both struct{}

func (both) Error() string  { return "by Error" }
func (both) String() string { return "by String" }

func TestTextOfEachKindOfValue(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, "nil"},
		{"the value", "the value"},
		{"two\nlines", "two\nlines"},
		{name("a name"), "a name"},
		{yes(true), "true"},
		{-7, "-7"},
		{code(7), "7"},
		{int8(-128), "-128"},
		{uint64(math.MaxUint64), "18446744073709551615"},
		{uintptr(7), "7"},
		{weight(0.1), "0.1"},
		{math.Inf(-1), "-Inf"},
		{complex64(1 + 2i), "(1+2i)"},
		{errors.New("an error"), "an error"},
		{method(func() string { return "asked" }), "asked"},
		{stringer(func() string { return "asked" }), "asked"},
		{both{}, "by Error"},
		{time.Second, "1s"},
		{struct{}{}, "(struct {})"},
		{&deep{}, "(*panictext_test.deep)"},
		{[]int{1}, "([]int)"},
		{[1]string{"x"}, "([1]string)"},
		{func() {}, "(func())"},
		{make(chan int), "(chan int)"},
		{(*pointer)(nil), "(*panictext_test.pointer: Error panicked)"},
	} {
		require.Equal(t, c.want, panictext.Of(c.value))
	}
}

func TestTextOfAMethodThatDoesNotReturn(t *testing.T) {
	for want, end := range map[string]func() string{
		"panicked":              func() string { panic("again") },
		"called runtime.Goexit": func() string { runtime.Goexit(); return "" },
	} {
		require.Equal(t, "(panictext_test.method: Error "+want+")", panictext.Of(method(end)))
		require.Equal(t, "(panictext_test.stringer: String "+want+")", panictext.Of(stringer(end)))
	}
}

// The caller holds the lock that the method needs.
func TestTextOfAMethodThatBlocksIsMadeInASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		locked := method(func() string {
			mu.Lock()
			defer mu.Unlock()
			return "unlocked"
		})
		mu.Lock()
		released := make(chan struct{})
		blocked := method(func() string { <-released; return "released" })
		began := time.Now()
		require.Equal(t, "(panictext_test.method: Error has not returned after 1s)", panictext.Of(blocked))
		require.Equal(t, time.Second, time.Since(began))
		close(released)
		require.Equal(t, "released", panictext.Of(blocked))
		mu.Unlock()
		require.Equal(t, "unlocked", panictext.Of(locked))

		slow := stringer(func() string { time.Sleep(time.Second - 1); return "slow" })
		require.Equal(t, "slow", panictext.Of(slow))
	})
}

// A mutex that is held is no matter of the bubble's clock.
func TestTextOfAMethodThatNeedsALockThatIsHeld(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
	text := panictext.Of(method(func() string { mu.Lock(); defer mu.Unlock(); return "" }))
	require.Equal(t, "(panictext_test.method: Error has not returned after 1s)", text)
}

// A walk through these would never end, or end the process.
func TestTextOfAValueThatMustNotBeWalked(t *testing.T) {
	circle := map[string]any{}
	circle["self"] = circle
	require.Equal(t, "(map[string]interface {})", panictext.Of(circle))
	require.Equal(t, "(panictext_test.deep)", panictext.Of(deep{circle}))
	slice := make([]any, 1)
	slice[0] = slice
	require.Equal(t, "([]interface {})", panictext.Of(slice))

	written := map[int]int{}
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				written[i%100] = i // the runtime and the race detector watch it
			}
		}
	})
	for range 1000 {
		require.Equal(t, "(map[int]int)", panictext.Of(written))
	}
	close(stop)
	writer.Wait()
}

func TestTextIsBounded(t *testing.T) {
	const length = 1 << 20
	long := strings.Repeat("x", length)
	want := long[:4096] + "… (1048576 bytes)"
	require.Equal(t, want, panictext.Of(long))
	require.Equal(t, want, panictext.Of(name(long)))
	require.Equal(t, want, panictext.Of(errors.New(long)))
	require.Equal(t, want, panictext.Of(stringer(func() string { return long })))
	require.Equal(t, long[:4096], panictext.Of(long[:4096]))
	require.Equal(t, strings.Repeat("x", 4095)+"… (4098 bytes)", panictext.Of(strings.Repeat("x", 4095)+"世"), "half of a character")
	require.Len(t, panictext.Of(strings.Repeat("\x80", length)), 4092+len("… (1048576 bytes)"), "no character at all")
}

func TestLineIsOneLine(t *testing.T) {
	require.Equal(t, "Grüße an 世界", panictext.Line("Grüße an 世界"))
	require.Equal(t, `a\nb\r\tc\x00 "d" \e`, panictext.Line("a\nb\r\tc\x00 \"d\" \\e"))
	require.Equal(t, `\u2028`, panictext.Line("\u2028"))
	require.NotContains(t, panictext.Line("a\xff"), "\xff")
}
