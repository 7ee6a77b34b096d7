//go:build !modelcheck

package step

import "sync"

type (
	RWMutex   = sync.RWMutex
	WaitGroup = sync.WaitGroup
)

// So that these methods are inlined: see normal.go.
var _ = func(m *RWMutex) {
	m.RLock()
	defer m.RUnlock()
}
