// Package pool is the vocabulary that ringpool and chanpool share: the errors
// they return, the options they take, the statistics they report, the size
// they read from the environment, and the way a worker outlives a task that
// panics or calls [runtime.Goexit].
//
// Each of these is written once, here, and given its public name by the two
// packages. A program can therefore exchange one pool for the other without
// touching its error handling: ringpool.ErrPoolFull and chanpool.ErrPoolFull
// are the same value.
//
// The words, which mean the same in every package of this module:
//
//   - queued: accepted, and not yet taken by a worker.
//   - full: as many tasks are queued as the queue holds, 2×size.
//   - idle: of a worker, that it sleeps, or has never been needed, and nobody
//     has a task for it; of a pool, that nothing is queued and no worker busy.
//   - busy: of a worker, that it is not idle: it has a task, or is between two.
//   - closed: a shutdown has begun; every later submit is refused.
//   - drained: closed, and nothing is queued any more.
package pool
