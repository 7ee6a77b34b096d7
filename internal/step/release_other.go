//go:build !modelcheck && (!amd64 || race || purego)

package step

// StoreRelease is Store here: the race detector knows no other, and it has not been shown
// that another would gain anything on other processors.
func (u *Uint64) StoreRelease(v uint64) { u.Store(v) }
