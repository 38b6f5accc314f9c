package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A proxy whose connection ends tries again at once, and after each failure later and later: while
// no istiod listens it soon waits for seconds. So the connections of an istiod that is replaced are
// kept open, silent, until the next one listens. Where the kernel or the container's seccomp profile
// does not allow it, they end with the old istiod.
const (
	established = "01"
	listening   = "0A"
	// About when gRPC's keepalive would notice.
	holdLimit = 30 * time.Second
	// The same on all architectures, and unknown to package syscall.
	sysPidfdOpen  = 434
	sysPidfdGetfd = 438
)

// holding is the connections that are kept open, by their port here.
type holding struct {
	connections map[uint64][]int
	until       time.Time
}

// hold takes the connections to some ports over from a process.
func hold(pid int, ports []uint64) *holding {
	held := &holding{map[uint64][]int{}, time.Now().Add(holdLimit)}
	wanted := map[string]uint64{}
	for _, s := range sockets() {
		for _, port := range ports {
			if s.port == port && s.state == established {
				wanted["socket:["+s.inode+"]"] = port
			}
		}
	}
	if len(wanted) == 0 {
		return held
	}
	process, _, failed := syscall.Syscall(sysPidfdOpen, uintptr(pid), 0, 0)
	if failed != 0 {
		return held
	}
	defer syscall.Close(int(process))
	files, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	for _, file := range files {
		target, _ := os.Readlink(file)
		port, found := wanted[target]
		number, err := strconv.Atoi(filepath.Base(file))
		if !found || err != nil {
			continue
		}
		copied, _, failed := syscall.Syscall(sysPidfdGetfd, process, uintptr(number), 0)
		if failed == 0 {
			held.connections[port] = append(held.connections[port], int(copied))
		}
	}
	return held
}

// look ends the connections to ports that somebody listens on again.
func (held *holding) look() {
	if len(held.connections) == 0 {
		return
	}
	if time.Now().After(held.until) {
		held.end()
		return
	}
	for _, s := range sockets() {
		if s.state == listening {
			held.endPort(s.port)
		}
	}
}

func (held *holding) count() int {
	all := 0
	for _, connections := range held.connections {
		all += len(connections)
	}
	return all
}

func (held *holding) end() {
	for port := range held.connections {
		held.endPort(port)
	}
}

func (held *holding) endPort(port uint64) {
	for _, connection := range held.connections[port] {
		syscall.Close(connection)
	}
	delete(held.connections, port)
}

// xdsPorts are the ports that proxies connect to.
func xdsPorts(arguments []string) []uint64 {
	ports := map[string]uint64{"--grpcAddr=": 15010, "--secureGRPCAddr=": 15012}
	for _, argument := range arguments {
		for flag := range ports {
			address, found := strings.CutPrefix(argument, flag)
			if port, err := strconv.ParseUint(address[strings.LastIndex(address, ":")+1:], 10, 16); found && err == nil {
				ports[flag] = port
			}
		}
	}
	return []uint64{ports["--grpcAddr="], ports["--secureGRPCAddr="]}
}

// socket is a line of /proc/net/tcp.
type socket struct {
	port         uint64
	state, inode string
}

// sockets are those of this network namespace, which is the pod's.
func sockets() []socket {
	var all []socket
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		file, err := os.Open(name)
		if err != nil {
			continue // No IPv6 here.
		}
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			words := strings.Fields(lines.Text())
			if len(words) < 10 {
				continue
			}
			_, port, _ := strings.Cut(words[1], ":")
			if number, err := strconv.ParseUint(port, 16, 16); err == nil {
				all = append(all, socket{number, words[3], words[9]})
			}
		}
		file.Close()
	}
	return all
}
