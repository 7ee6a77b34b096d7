//go:build !race

package pooltest

const raced = false
