package runner

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// commit returns the abbreviated commit of the work tree, with "-dirty" if the
// tree differs from it, or "unknown".
func commit(ctx context.Context, dir string) string {
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...).Output()
		return strings.TrimSpace(string(out)), err
	}
	head, err := git("rev-parse", "--short=12", "HEAD")
	if err != nil {
		return "unknown"
	}
	if status, err := git("status", "--porcelain", "--untracked-files=no"); err != nil || status != "" {
		head += "-dirty"
	}
	return head
}

// load returns the load averages over 1, 5 and 15 minutes, or "unknown" where
// the system does not say.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(content))
	if err != nil || len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], " ")
}

// cpuModel returns the name of the processor, or "unknown". The testing
// package writes it as well, but not on every system.
func cpuModel() string {
	content, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range bytes.Lines(content) {
		if key, value, found := strings.Cut(string(line), ":"); found && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// header is the head of a raw file, in lines that benchstat takes as the
// configuration of all results below.
func header(pairs ...[2]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\n", runtime.GOOS, runtime.GOARCH)
	for _, p := range pairs {
		fmt.Fprintf(&b, "%s: %s\n", p[0], p[1])
	}
	return b.String()
}

// units tells benchstat of which of our own units more is better.
const units = `Unit tasks/s better=higher
Unit asleep-% better=higher
Unit min/median better=higher
Unit goodput-% better=higher
`
