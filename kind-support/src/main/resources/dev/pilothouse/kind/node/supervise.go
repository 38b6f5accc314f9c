package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// How often the file is looked at. It is one system call.
const interval = 10 * time.Millisecond

// supervise runs the program with the arguments, forwards signals to it, runs it again when its
// file is replaced, and returns its exit code when it ends by itself.
func supervise(directory string, arguments []string) int {
	file := filepath.Join(directory, program)
	signals := make(chan os.Signal, 16)
	signal.Notify(signals)
	ports := xdsPorts(arguments)
	held := &holding{}
	for {
		run, err := start(file, arguments)
		if err != nil {
			fmt.Fprintln(os.Stderr, "pilothouse: cannot run "+file+": "+err.Error())
			return 127
		}
		fmt.Fprintf(os.Stderr, "pilothouse: runs %s, pid %d\n", file, run.process.Pid)
		code, replaced := run.await(file, signals, ports, held)
		run.process.Release() // A pidfd, which only Wait would close, and reap waits without it.
		if !replaced {
			fmt.Fprintf(os.Stderr, "pilothouse: %s ended with exit code %d\n", program, code)
			return code
		}
		held.end()
		held = run.held
	}
}

// running is one run of the program.
type running struct {
	process *os.Process
	file    os.FileInfo
	ended   chan int
	held    *holding
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
	run := &running{process, info, make(chan int, 1), &holding{}}
	go func() { run.ended <- reap(process.Pid) }()
	return run, nil
}

// await returns when the program has ended: by itself, or because its file was replaced. Meanwhile it
// ends the connections that were held from the program of before, as soon as this one listens.
func (run *running) await(
	file string, signals <-chan os.Signal, ports []uint64, before *holding,
) (code int, replaced bool) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	stopping := false
	for {
		select {
		case code := <-run.ended:
			return code, replaced
		case received := <-signals:
			if received == syscall.SIGTERM || received == syscall.SIGINT {
				// The container is ended: nothing is started any more.
				stopping, replaced = true, false
			}
			run.forward(received)
		case <-ticker.C:
			before.look()
			if !stopping && !replaced && run.isReplaced(file) {
				replaced = true
				run.held = hold(run.process.Pid, ports)
				fmt.Fprintf(os.Stderr, "pilothouse: %s was replaced, restarting; connections that wait: %d\n",
					file, run.held.count())
				// An istiod that is asked to end tells its proxies, which then do not wait. Killed,
				// it says nothing; its leases bear the pod's name, so the next one has them.
				run.process.Kill()
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
