//go:build !modelcheck && (!amd64 || race || purego)

package step

// StoreRelease is Store here. On other processors that is a release store already, or
// costs little more; the race detector knows no other.
func (u *Uint64) StoreRelease(v uint64) { u.Store(v) }
