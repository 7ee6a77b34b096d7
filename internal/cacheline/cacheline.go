// Package cacheline says how far apart two words must be, so that writes to one
// do not slow down the readers of the other.
package cacheline

// Size is the size of two cache lines of most processors, in bytes, because
// processors fetch lines in pairs.
const Size = 128
