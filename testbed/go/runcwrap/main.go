// runcwrap stands in for runc on a machine that has not all capabilities. A privileged container asks
// for every capability, for high limits and for a low out-of-memory score; runc is refused what the
// machine cannot grant, and gives up. runcwrap takes out of the request what cannot be granted and then
// becomes runc. Where nothing is lacking it changes nothing.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "runcwrap:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	command, options := subcommand(arguments)
	switch command {
	case "create", "run", "restore":
		// Without --bundle, runc takes the current folder.
		file := filepath.Join(option(options, "bundle", "b"), "config.json")
		if err := rewrite(file, func(doc object) object { return member(doc, "process") }); err != nil {
			return err
		}
	case "exec":
		if file := option(options, "process", "p"); file != "" {
			if err := rewrite(file, func(doc object) object { return doc }); err != nil {
				return err
			}
		}
	}
	runc, err := findRunc()
	if err != nil {
		return err
	}
	return syscall.Exec(runc, append([]string{"runc"}, arguments...), os.Environ())
}

// findRunc looks past the PATH too: dockerd's and containerd's may be short.
func findRunc() (string, error) {
	path, err := exec.LookPath("runc")
	if err == nil {
		return path, nil
	}
	for _, path := range []string{"/usr/sbin/runc", "/usr/bin/runc"} {
		if _, e := os.Stat(path); e == nil {
			return path, nil
		}
	}
	return "", err
}

// subcommand skips runc's global options, of which these take a value of their own.
func subcommand(arguments []string) (string, []string) {
	for i := 0; i < len(arguments); i++ {
		if !strings.HasPrefix(arguments[i], "-") {
			return arguments[i], arguments[i+1:]
		}
		switch strings.TrimLeft(arguments[i], "-") {
		case "log", "log-format", "root", "criu", "rootless":
			i++
		}
	}
	return "", nil
}

// option is the value of an option that is given as "--name value" or "--name=value".
func option(arguments []string, names ...string) string {
	for i, argument := range arguments {
		if !strings.HasPrefix(argument, "-") {
			continue
		}
		for _, name := range names {
			given := strings.TrimLeft(argument, "-")
			if value, ok := strings.CutPrefix(given, name+"="); ok {
				return value
			}
			if given == name && i+1 < len(arguments) {
				return arguments[i+1]
			}
		}
	}
	return ""
}

// rewrite restricts the process that a JSON file describes, and leaves all that it does not know.
func rewrite(file string, process func(object) object) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // limits have 64 bits
	var doc object
	if err := decoder.Decode(&doc); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	able, err := ownPowers()
	if err != nil {
		return err
	}
	if !able.restrict(process(doc)) {
		return nil
	}
	changed, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return os.WriteFile(file, changed, 0o600)
}
