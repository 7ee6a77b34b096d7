package workerpool

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/seed62337844/workerpool/internal/check"
)

const (
	// DefaultSize is the size that [SizeFromEnv] returns if none is set.
	DefaultSize = 50

	// MaxSize is the largest size of a pool, 8,388,608 workers. There is a
	// limit because a Go program that runs out of memory cannot recover.
	MaxSize = check.MaxSize

	// SizeVariable is the environment variable that [SizeFromEnv] reads.
	SizeVariable = "WORKER_POOL_SIZE"
)

// SizeFromEnv returns the value of the environment variable WORKER_POOL_SIZE,
// or [DefaultSize] if it is unset or empty. The value must be a decimal integer
// from 1 to [MaxSize], digits only. For any other value SizeFromEnv returns 0
// and an error that quotes it.
func SizeFromEnv() (int, error) {
	value := os.Getenv(SizeVariable)
	if value == "" {
		return DefaultSize, nil
	}
	size, err := strconv.Atoi(value)
	if err == nil && size >= 1 && size <= MaxSize && !strings.HasPrefix(value, "+") {
		return size, nil
	}
	return 0, fmt.Errorf("workerpool: %s=%q: want a decimal integer from 1 to %d", SizeVariable, value, MaxSize)
}
