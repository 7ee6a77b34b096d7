//go:build go1.26

package supervise

import "crypto/fips140"

var enforced = fips140.Enforced() // by the process

// unenforced reports whether the calling goroutine is inside a
// [fips140.WithoutEnforcement], which new goroutines inherit.
func unenforced() bool { return enforced && !fips140.Enforced() }
