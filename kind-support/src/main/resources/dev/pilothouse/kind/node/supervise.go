package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// How often the file is looked at. It is one system call.
	interval = 10 * time.Millisecond
	// How long an istiod that is to be replaced may take to end.
	grace = 2 * time.Second
)

// supervise runs the program with the arguments, forwards signals to it, runs it again when its
// file is replaced, and returns its exit code when it ends by itself.
func supervise(directory string, arguments []string) int {
	file := filepath.Join(directory, program)
	signals := make(chan os.Signal, 16)
	signal.Notify(signals)
	for {
		run, err := start(file, arguments)
		if err != nil {
			fmt.Fprintln(os.Stderr, "pilothouse: cannot run "+file+": "+err.Error())
			return 127
		}
		fmt.Fprintf(os.Stderr, "pilothouse: runs %s, pid %d\n", file, run.process.Pid)
		code, replaced := run.await(file, signals)
		if !replaced {
			fmt.Fprintf(os.Stderr, "pilothouse: %s ended with exit code %d\n", program, code)
			return code
		}
	}
}

// running is one run of the program.
type running struct {
	process *os.Process
	file    os.FileInfo
	ended   chan int
}

func start(file string, arguments []string) (*running, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	process, err := os.StartProcess(file, append([]string{file}, arguments...), &os.ProcAttr{
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
	})
	if err != nil {
		return nil, err
	}
	run := &running{process, info, make(chan int, 1)}
	go func() { run.ended <- reap(process.Pid) }()
	return run, nil
}

// await returns when the program has ended: by itself, or because its file was replaced.
func (run *running) await(file string, signals <-chan os.Signal) (code int, replaced bool) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var deadline time.Time
	stopping := false
	for {
		select {
		case code := <-run.ended:
			return code, replaced
		case received := <-signals:
			if received == syscall.SIGTERM || received == syscall.SIGINT {
				// The container is ended: nothing is started any more.
				stopping, replaced, deadline = true, false, time.Time{}
			}
			run.forward(received)
		case now := <-ticker.C:
			if !deadline.IsZero() && now.After(deadline) {
				run.process.Kill()
			}
			if !stopping && deadline.IsZero() && run.isReplaced(file) {
				fmt.Fprintln(os.Stderr, "pilothouse: "+file+" was replaced, restarting")
				replaced = true
				deadline = now.Add(grace)
				run.process.Signal(syscall.SIGTERM)
			}
		}
	}
}

func (run *running) forward(received os.Signal) {
	if received != syscall.SIGCHLD && received != syscall.SIGURG && received != syscall.SIGPIPE {
		run.process.Signal(received)
	}
}

// isReplaced is true once another file has the name. Files are replaced by a rename.
func (run *running) isReplaced(file string) bool {
	info, err := os.Stat(file)
	return err == nil && !os.SameFile(info, run.file)
}

// reap waits for the program, and for whatever else process 1 of a container inherits.
func reap(pid int) int {
	for {
		var status syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return 127
		case ended == pid && status.Signaled():
			return 128 + int(status.Signal())
		case ended == pid && status.Exited():
			return status.ExitStatus()
		}
	}
}
