// Package park lets one goroutine sleep until another wakes it.
package park

import "github.com/seed62337844/workerpool/internal/step"

// A Parker lets one goroutine park until another unparks it. Each Park is ended
// by one Unpark, which may come before the Park begins.
//
// The usual way to build this from a [sync.Cond] is a mutex around a flag. Here the
// flag is atomic, and there is no mutex. The mutex would have to prevent only an
// Unpark between the sleeper's last look at the flag and its sleep, and Cond has a
// better place for that look. Wait must unlock its Locker and suspend atomically.
// So a Signal that comes during Unlock must end the Wait. For that, sync.Cond gives
// the sleeper a ticket before it calls Unlock, and it holds no lock of its own
// during the call. A Parker is its own Locker, and looks at the flag in Unlock:
//
//	sleeper, in Wait            waker
//	S1  join the Cond           U1  set the flag
//	S2  Unlock: if the flag     U2  Signal
//	      is set, Signal
//	      (to itself)
//	S3  suspend
//
// If U1 comes before S2, then S2 ends the Wait. If U1 comes after S2, so does U2,
// which ends the Wait. If S2 has ended it, U2 may come as late as in a later Wait of the
// same sleeper, and end that one too early. That is why Park has a loop.
//
// An Unpark synchronizes before the return of the Park that it ends.
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

// Unpark ends the current Park, or the next one. For each Park there must be only
// one Unpark. When Unpark returns, or even before, the sleeper may have ended, or
// the Parker may be in use for another Park.
func (p *Parker) Unpark() {
	p.unparked.Store(true)
	p.cond.Signal()
}

// Lock and Unlock make a Parker the Locker of its own Cond. Because of them go
// vet also reports copies of a Parker.
func (p *Parker) Lock() {}

func (p *Parker) Unlock() {
	if p.unparked.Load() {
		p.cond.Signal()
	}
}
