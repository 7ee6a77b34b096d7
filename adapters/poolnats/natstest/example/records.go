package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// records is the file in which one process records the jobs that it has done. It is
// written before the job is acknowledged, so a missing job is lost.
type records struct{ file *os.File }

func openRecords(dir string) (*records, error) {
	file, err := os.OpenFile(fmt.Sprintf("%s/done-%d", dir, os.Getpid()), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &records{file}, err
}

// work does the job, and records it. It may be called by several goroutines,
// because a short line is appended at once.
func (l *records) work(id string) error {
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
		for _, id := range lines[:len(lines)-1] { // without what follows the last newline
			counts[id]++
		}
	}
	return counts, nil
}
