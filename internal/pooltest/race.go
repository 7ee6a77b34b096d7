//go:build race

package pooltest

// raced says that the race detector is on. With it everything is some ten times
// slower, and there can be at most 8128 goroutines.
const raced = true
