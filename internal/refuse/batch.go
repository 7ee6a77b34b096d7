package refuse

import (
	"fmt"

	"github.com/seed62337844/workerpool"
)

// CheckBatch returns nil if no task is nil, and otherwise an error that wraps
// ErrNilTask and tells the index of the first that is.
func CheckBatch(tasks []func()) error {
	for i, task := range tasks {
		if task == nil {
			return fmt.Errorf("%w: index %d of %d", workerpool.ErrNilTask, i, len(tasks))
		}
	}
	return nil
}
