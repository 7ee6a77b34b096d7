//go:build !modelcheck && !race && !purego

package step

// StoreRelease is Store, but what the caller does next may come before it for others:
// their loads may find the old value when the caller has loaded other words already.
// What the caller did before comes before it, as with Store. The caller's own loads find
// the new value.
//
// On amd64 a plain store instruction does that, and Store is one that also waits until
// all stores have left the processor's buffer. The race detector knows Store alone, so
// its build has that.
func (u *Uint64) StoreRelease(v uint64) { storeRelease(u, v) }

//go:noescape
func storeRelease(u *Uint64, v uint64)
