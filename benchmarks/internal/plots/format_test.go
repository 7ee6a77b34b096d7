package plots

import (
	"strings"
	"testing"
)

func TestValuesHaveTwoSignificantDigits(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{duration(5.208e-8), "52 ns"},
		{duration(9.96e-8), "100 ns"},
		{duration(9.96e-7), "1.0 µs"},
		{duration(1e-6), "1.0 µs"},
		{duration(1.793e-6), "1.8 µs"},
		{duration(0.144), "140 ms"},
		{duration(2.04), "2.0 s"},
		{duration(4e-10), "0.40 ns"},
		{duration(0), "0 ns"},
		{memory(1.24e6), "1.2 MB"},
		{memory(999.6e6), "1.0 GB"},
		{share(97.4), "97 %"},
		{share(100), "100 %"},
		{share(3.12), "3.1 %"},
		{share(0), "0 %"},
		{times(1.0512), "1.05×"},
		{short(duration(1e-6)), "1 µs"},
		{short(duration(1.5e-6)), "1.5 µs"},
		{short(times(20)), "20×"},
		{readable("100us"), "100 µs"},
	} {
		if got := strings.ReplaceAll(c.got, space, " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
