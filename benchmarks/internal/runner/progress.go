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

func (p progress) show(s *schedule, done int) {
	perRound := len(s.cells)
	round, inRound := done/perRound, done%perRound
	if !p.terminal && inRound != 0 {
		return
	}
	line := fmt.Sprintf("round %d of %d, %d of %d measured, %v left", round+1, len(s.rounds),
		done, perRound*len(s.rounds), s.left(done).Round(time.Second))
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	cell := s.cells[s.rounds[round][inRound]]
	fmt.Fprintf(p.out, "\r\x1b[K%s: %s", line, cell)
}

// clear makes room for other output.
func (p progress) clear() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
