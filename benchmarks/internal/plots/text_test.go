package plots

import (
	"strings"
	"testing"
)

func TestTextIsEscaped(t *testing.T) {
	if said := parsed(t, pictureOf(t, "time-per-task"), read(t, madeUp)).said(); !strings.Contains(said, "Made up & <escaped>, 2 cores") {
		t.Errorf("the processor's name is not in %q", said)
	}
}

func TestLinesBreakAtSpacesOnly(t *testing.T) {
	const text = "aaaa bbbb 95\u00a0% cccc"
	lines := wrap(text, 10, false, textWidth("aaaa bbbb 95", 10, false))
	if got, want := strings.Join(lines, "|"), "aaaa bbbb|95\u00a0% cccc"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheEndOfALongWordIsLeftOut(t *testing.T) {
	lines := wrap("a "+strings.Repeat("b", 1000)+" c", 10, false, 100)
	if len(lines) != 3 || !strings.HasSuffix(lines[1], "b…") || textWidth(lines[1], 10, false) > 100 || lines[2] != "c" {
		t.Errorf("the lines are %q", lines)
	}
}
