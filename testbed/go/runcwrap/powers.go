package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"syscall"
)

type object = map[string]any

func member(o object, name string) object {
	m, _ := o[name].(object)
	return m
}

// In the order of their bits: include/uapi/linux/capability.h.
var capabilities = strings.Fields(`
	CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
	NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO
	SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME
	SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG
	WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`)

// In the order of their numbers: include/uapi/asm-generic/resource.h.
var limits = strings.Fields(`
	CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO
	RTTIME`)

// powers is what this process can hand on to a container.
type powers struct {
	bounding uint64 // capabilities
	hard     map[string]uint64
	oomScore int64
	all      bool // CAP_SYS_RESOURCE: limits may rise and the score may fall
}

func ownPowers() (powers, error) {
	able := powers{hard: map[string]uint64{}}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return able, err
	}
	for _, line := range strings.Split(string(status), "\n") {
		if hex, ok := strings.CutPrefix(line, "CapBnd:"); ok {
			if able.bounding, err = strconv.ParseUint(strings.TrimSpace(hex), 16, 64); err != nil {
				return able, err
			}
		}
	}
	able.all = able.has("CAP_SYS_RESOURCE")
	for number, name := range limits {
		var limit syscall.Rlimit
		if err := syscall.Getrlimit(number, &limit); err != nil {
			return able, err
		}
		able.hard["RLIMIT_"+name] = limit.Max
	}
	score, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		return able, err
	}
	able.oomScore, err = strconv.ParseInt(strings.TrimSpace(string(score)), 10, 64)
	return able, err
}

// has is true for a capability newer than the list above: runc is the one to judge it.
func (able powers) has(capability string) bool {
	for bit, name := range capabilities {
		if capability == "CAP_"+name {
			return able.bounding&(1<<bit) != 0
		}
	}
	return true
}

// restrict takes out of a process of an OCI document what cannot be granted, and tells whether that
// was anything.
func (able powers) restrict(process object) bool {
	changed := able.restrictCapabilities(member(process, "capabilities"))
	if able.all {
		return changed
	}
	rlimits, _ := process["rlimits"].([]any)
	for _, r := range rlimits {
		limit, _ := r.(object)
		name, _ := limit["type"].(string)
		highest, known := able.hard[name]
		for _, field := range []string{"hard", "soft"} {
			number, _ := limit[field].(json.Number)
			asked, err := strconv.ParseUint(number.String(), 10, 64)
			if known && err == nil && asked > highest {
				limit[field], changed = highest, true
			}
		}
	}
	if number, ok := process["oomScoreAdj"].(json.Number); ok {
		if asked, err := number.Int64(); err == nil && asked < able.oomScore {
			process["oomScoreAdj"], changed = able.oomScore, true
		}
	}
	return changed
}

// restrictCapabilities: the sets are "bounding", "effective" and so on.
func (able powers) restrictCapabilities(sets object) bool {
	changed := false
	for set, list := range sets {
		asked, _ := list.([]any)
		granted := []any{}
		for _, c := range asked {
			if name, _ := c.(string); able.has(name) {
				granted = append(granted, c)
			}
		}
		if len(granted) < len(asked) {
			sets[set], changed = granted, true
		}
	}
	return changed
}
