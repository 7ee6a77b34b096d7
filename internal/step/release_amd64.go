//go:build !modelcheck && !race && !purego

package step

// StoreRelease is like Store, but does not wait until other processors see v. So another
// goroutine may still load the old value when the caller has already gone on and loaded
// other words. A load that finds v synchronizes as with Store: it comes after all that the
// caller did before. The caller's own loads find v at once.
//
// On amd64 a plain MOV is such a store. Store is an XCHG, which also waits until all
// stores have left the processor's store buffer. The race detector knows only Store, so
// its build uses that.
func (u *Uint64) StoreRelease(v uint64) { storeRelease(u, v) }

// Fence returns when other processors can see all that the caller has stored.
func Fence() {
	var word Uint32
	word.Inc() // locked, so it waits until the store buffer is empty
}

//go:noescape
func storeRelease(u *Uint64, v uint64)
