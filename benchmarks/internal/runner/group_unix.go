//go:build unix

package runner

import (
	"os/exec"
	"syscall"
)

// detach puts a child into a process group of its own. A terminal sends Ctrl-C
// to the whole foreground group, and a child that dies of it before its parent
// has heard of it looks like a benchmark that failed.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
