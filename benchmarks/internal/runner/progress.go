package runner

import (
	"fmt"
	"io"
	"os"
	"time"
)

// A progress tells a person how far the run is: on a terminal in one line that
// renews itself, elsewhere in one line per round.
type progress struct {
	out      io.Writer
	terminal bool
}

func newProgress(out *os.File) progress {
	info, err := out.Stat()
	return progress{out, err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// show says that a sample of this cell is next.
func (p progress) show(round, inRound int, left time.Duration, cell string) {
	if !p.terminal && inRound != 0 {
		return
	}
	line := fmt.Sprintf("round %d, %v left", round+1, left.Round(time.Second))
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s: %s", line, cell)
}

// clear makes room for other output.
func (p progress) clear() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
