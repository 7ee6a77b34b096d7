// Package step is the layer through which the pools and their queue do all that concerns
// more than one goroutine: atomic words, mutexes, conds, channels, contexts, timers, the
// start of goroutines, and waiting.
//
// In the normal build the layer costs nothing. Its types are other names for those of
// go.uber.org/atomic and sync, or have methods of one statement, and the compiler
// generates the same code as without them. The exception is StoreRelease.
//
// With the build tag modelcheck the same names stand for types that hand control
// to the scheduler of package explore before every operation. It lets one
// goroutine run at a time, and can therefore try, one after the other, the orders
// in which the operations of several goroutines may happen. Go's atomics are
// sequentially consistent. So, in a program without data races, these orders are
// all that can happen. StoreRelease is weaker: a run puts its stores into a buffer, as an
// x86 processor does, and also tries when each of them leaves it. Where an operation has
// several possible outcomes, a run tries each of them.
//
// Outside a run the types of this build do what those of the normal build do. The
// ordinary tests pass with the tag too.
//
// Code that uses this package must not use sync, sync/atomic, channels or go
// statements where the order of its steps matters: the scheduler would not see
// them.
package step
