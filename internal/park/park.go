// Package park lets one goroutine sleep until another wakes it.
package park

import "github.com/seed62337844/workerpool/internal/step"

// A Parker is where one goroutine parks until another unparks it. Each Park is
// ended by one Unpark, which may come before the Park begins.
//
// The usual way to build this from a [sync.Cond] is a mutex around a flag. Here
// the flag is atomic, and the mutex is gone from both sides. All that it would
// have to prevent is an Unpark between the sleeper's last look at the flag and its
// sleep, and Cond offers a better place for that look. Wait is to unlock its Locker
// and suspend atomically. So a Signal that comes while Unlock is under way must end
// the Wait; sync.Cond sees to that by giving the sleeper a ticket before it calls
// Unlock, and holds no lock of its own meanwhile. A Parker is its own Locker, and
// looks at the flag in Unlock:
//
//	sleeper, in Wait            waker
//	S1  join the Cond           U1  set the flag
//	S2  Unlock: if the flag     U2  Signal
//	      is set, Signal
//	      (to itself)
//	S3  suspend
//
// If U1 comes before S2, then S2 ends the Wait. If it comes after, then so does U2,
// and ends it. When both do, a Signal is left over, and may end a later Wait of
// the same sleeper too early: that is what the loop in Park is for.
//
// What comes before an Unpark synchronizes before the return of the Park that it
// ends.
type Parker struct {
	cond     step.Cond
	unparked step.Bool // stored by the waker, then by the sleeper, in turn
}

// Init prepares a zero Parker, which must then not be moved.
func (p *Parker) Init() { p.cond.L = p }

// Park returns when Unpark has been called once since the last Park.
func (p *Parker) Park() {
	for !p.unparked.Load() {
		p.cond.Wait()
	}
	p.unparked.Store(false)
}

// Unpark ends the Park that is under way, or the next one. The caller must be the
// only one entitled to it. When Unpark returns, or even before, the sleeper may be
// gone and the Parker in use for another Park.
func (p *Parker) Unpark() {
	p.unparked.Store(true)
	p.cond.Signal()
}

// Lock and Unlock make a Parker the Locker of its own Cond. They also show it to
// go vet as something not to be copied.
func (p *Parker) Lock() {}

func (p *Parker) Unlock() {
	if p.unparked.Load() {
		p.cond.Signal()
	}
}
