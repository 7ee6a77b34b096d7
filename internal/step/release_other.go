//go:build !modelcheck && (!amd64 || race || purego)

package step

// StoreRelease is Store here. The race detector knows only that, and on other processors
// nothing has been shown to be faster. A caller must still expect the weaker store that
// amd64 has: its text is in release_amd64.go.
func (u *Uint64) StoreRelease(v uint64) { u.Store(v) }
