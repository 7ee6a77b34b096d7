//go:build race

package pooltest

// raced says that the race detector watches. It makes everything some ten times
// slower, and allows at most 8128 goroutines.
const raced = true
