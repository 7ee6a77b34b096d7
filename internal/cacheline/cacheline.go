// Package cacheline knows how far apart two words must lie so that writes to
// the one do not slow the readers of the other.
package cacheline

// Size is two lines of most processors, in bytes, because current processors
// fetch lines in pairs.
const Size = 128
