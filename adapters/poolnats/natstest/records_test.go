package natstest_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// records counts how often each message was begun and done.
type records struct {
	mu          sync.Mutex
	begun, done map[int]int
}

func newRecords() *records { return &records{begun: map[int]int{}, done: map[int]int{}} }

func (l *records) begin(i int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun[i]++
}

func (l *records) end(i int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done[i]++
}

// count returns how many messages were done, and how many times one was done again.
func (l *records) count() (done, again int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.done {
		done++
		again += n - 1
	}
	return done, again
}

// complete waits until n messages are done.
func (l *records) complete(t *testing.T, n int) {
	t.Helper()
	eventually(t, func() bool { done, _ := l.count(); return done >= n }, "messages are lost")
}

// once requires that messages 0 to n-1 were each begun and done once.
func (l *records) once(t *testing.T, n int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	require.Len(t, l.begun, n)
	for i := range n {
		require.Equal(t, 1, l.begun[i], "message %d begun", i)
		require.Equal(t, 1, l.done[i], "message %d done", i)
	}
}
