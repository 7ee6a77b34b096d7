//go:build !modelcheck && (!amd64 || race || purego)

package step

// StoreRelease is Store here. The race detector knows only Store, and on other
// processors nothing was found to be faster. A caller must still expect the weaker store
// of amd64; see release_amd64.go.
func (u *Uint64) StoreRelease(v uint64) { u.Store(v) }

// Fence does nothing here, because StoreRelease is Store.
func Fence() {}
