package workerpool

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/seed62337844/workerpool/internal/check"
)

const (
	// DefaultSize is the size of a pool that nobody has configured.
	DefaultSize = 50

	// MaxSize is the largest size of a pool, 8,388,608 workers. The limit
	// exists because memory that cannot be had is a fatal error in Go, which
	// no caller can recover from: a size beyond all reason has to be refused
	// before it is asked of the allocator.
	MaxSize = check.MaxSize

	// SizeVariable is the environment variable that [SizeFromEnv] reads.
	SizeVariable = "WORKER_POOL_SIZE"
)

// SizeFromEnv returns the size that WORKER_POOL_SIZE asks for, and
// [DefaultSize] if the variable is unset or empty. The value is a positive
// decimal integer, digits only, at most [MaxSize]; for any other, SizeFromEnv
// returns an error that quotes it, and 0.
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
