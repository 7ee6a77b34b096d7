package refuse

import (
	"fmt"

	"github.com/seed62337844/workerpool"
)

// Nil returns the error for a batch of n tasks whose task at index i is nil. It
// wraps ErrNilTask and names the index. Such a task is not counted, because it is a
// mistake of the caller.
func Nil(i, n int) error {
	return fmt.Errorf("%w: index %d of %d", workerpool.ErrNilTask, i, n)
}
