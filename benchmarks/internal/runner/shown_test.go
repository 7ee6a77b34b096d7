package runner

import (
	"slices"
	"strings"
	"testing"
)

func TestTheRecordedCommandHasNoDirectoryOfThisMachine(t *testing.T) {
	for typed, want := range map[string]string{
		"":                                     "",
		"-module /m":                           "",
		"-module /m --full --out /x":           "--full",
		"-module=/m --out=/x --only ^Overload": "--only ^Overload",
		"--only out --rounds 2 -out /x":        "--only out --rounds 2",
		"--time 90s --out":                     "--time 90s",
	} {
		if got := shown(strings.Fields(typed)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("of %q is recorded %q, want %q", typed, got, want)
		}
	}
}
