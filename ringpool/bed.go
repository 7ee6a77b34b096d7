package ringpool

import "github.com/seed62337844/workerpool/internal/step"

// A bed is where one goroutine sleeps until another wakes it: a worker that is
// idle, or a submitter that waits for room. Each sleep is ended by one wake,
// which may come before the sleep begins.
//
// The usual way to build this from a [sync.Cond] is a mutex around a flag. Here
// the flag is an atomic, and the mutex is gone from both sides, because all it
// would have to prevent is a wake between the sleeper's last look at the flag
// and its sleep. Cond offers a better place for that look. Wait is to unlock its
// Locker and suspend atomically, so a Signal that comes while Unlock is under
// way must end the wait; sync.Cond does that by giving the sleeper a ticket
// before it calls Unlock, and holds no lock of its own meanwhile. A bed is its
// own Locker, and looks at the flag in Unlock:
//
//	sleeper, in Wait            waker
//	S1  join the Cond           W1  awake = true
//	S2  Unlock: if awake,       W2  Signal
//	      Signal (to itself)
//	S3  suspend
//
// If W1 comes before S2, S2 ends the wait. If it comes after, then so does W2,
// and ends it. When both do, a Signal is left over, and may end a later wait of
// the same sleeper too early: that is what the loop in sleep is for.
type bed struct {
	cond  step.Cond
	awake step.Bool // stored by the waker, then by the sleeper, in turn
}

// make prepares the bed, which must then not be moved.
func (b *bed) make() { b.cond.L = b }

// sleep returns when wake has been called once since the last sleep. What came
// before the wake synchronizes before its return.
func (b *bed) sleep() {
	for !b.awake.Load() {
		b.cond.Wait()
	}
	b.awake.Store(false)
}

// wake ends the sleep that is under way or the next one. The caller must be the
// only one entitled to it. When wake returns, or even before, the sleeper may
// be gone and the bed in use for another sleep.
func (b *bed) wake() {
	b.awake.Store(true)
	b.cond.Signal()
}

// Lock and Unlock make a bed the Locker of its own Cond. They also show it to
// go vet as something not to be copied.
func (b *bed) Lock() {}

func (b *bed) Unlock() {
	if b.awake.Load() {
		b.cond.Signal()
	}
}
