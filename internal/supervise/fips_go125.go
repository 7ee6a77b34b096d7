//go:build !go1.26

package supervise

// unenforced returns false, because this version of Go has no
// fips140.WithoutEnforcement.
func unenforced() bool { return false }
