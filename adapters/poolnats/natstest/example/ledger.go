package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A ledger is the file in which one process writes down the jobs that it has done.
// It is written to before the job is acknowledged, so a job that is missing is lost.
type ledger struct{ file *os.File }

func openLedger(dir string) (*ledger, error) {
	file, err := os.OpenFile(fmt.Sprintf("%s/done-%d", dir, os.Getpid()), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &ledger{file}, err
}

// work does the job, and writes it down. It may be called by several goroutines: a
// short line is appended whole.
func (l *ledger) work(id string) error {
	time.Sleep(time.Millisecond) // the work
	_, err := l.file.WriteString(id + "\n")
	return err
}

// done returns how often each job was done, by all processes.
func done(dir string) (map[string]int, error) {
	files, err := filepath.Glob(dir + "/done-*")
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(text), "\n")
		for _, id := range lines[:len(lines)-1] { // what follows the last newline is not a line
			counts[id]++
		}
	}
	return counts, nil
}
