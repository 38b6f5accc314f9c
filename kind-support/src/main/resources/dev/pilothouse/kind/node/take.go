package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// Each istiod is kept under its own name, and the running one has a second name (a hard link).
	// So a rename is all that a swap is, and going back to one that the node has needs no copy.
	stored = program + "@"
	draft  = ".draft-"
	// The name of the one before.
	previous = "." + program + ".previous"
	kept     = 3
	// How long the sender may be silent. When dockerd is killed, nobody closes our input.
	patience = 30 * time.Second
)

// fed is an input that is given up when nothing comes.
type fed struct {
	io.Reader
	silence *time.Timer
}

func (f fed) Read(buffer []byte) (int, error) {
	count, err := f.Reader.Read(buffer)
	f.silence.Reset(patience)
	return count, err
}

// take makes an istiod the current one. Standard input says which: a line with its id and its size,
// which may come late, and the file's path where it lies on this machine. It answers what it needs:
// "send" and it reads the file, from standard input too, "have" when no byte is needed, "same" when
// nothing changes.
func take(directory string) error {
	id, size, path, err := readWish()
	if err != nil {
		return err
	}
	if id == "" || strings.ContainsAny(id, "/\x00") || strings.HasPrefix(id, ".") {
		return errors.New("no id: " + id)
	}
	unlock, err := open(directory)
	if err != nil {
		return err
	}
	defer unlock()
	current := filepath.Join(directory, program)
	mine := filepath.Join(directory, stored+id)
	if same(mine, current) {
		fmt.Println("same")
		return nil
	}
	if info, err := os.Stat(mine); err == nil && info.Size() == size {
		fmt.Println("have")
	} else {
		fmt.Println("send")
		source := os.Stdin
		if path != "" {
			if source, err = os.Open(path); err != nil {
				return err
			}
			defer source.Close()
		}
		if err := receive(directory, mine, source, size); err != nil {
			return err
		}
	}
	if _, err := os.Stat(current); err == nil {
		if err := name(directory, current, filepath.Join(directory, previous)); err != nil {
			return err
		}
	}
	if err := name(directory, mine, current); err != nil {
		return err
	}
	awaitEnd(filepath.Join(directory, previous))
	fmt.Println("done")
	return prune(directory, mine)
}

// awaitEnd returns when nobody runs a program any more. Whoever asks afterwards what runs must not get
// the old one's answer. The kernel opens no program for writing while it runs, in whatever container.
func awaitEnd(program string) {
	for limit := time.Now().Add(5 * time.Second); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		file, err := os.OpenFile(program, os.O_WRONLY, 0)
		if err == nil {
			file.Close()
		}
		if !errors.Is(err, syscall.ETXTBSY) {
			return
		}
	}
}

// readWish reads byte by byte: what follows the line is the file.
func readWish() (id string, size int64, path string, err error) {
	var line []byte
	for letter := make([]byte, 1); ; line = append(line, letter[0]) {
		if _, err := io.ReadFull(os.Stdin, letter); err != nil {
			return "", 0, "", fmt.Errorf("no id and size: %w", err)
		}
		if letter[0] == '\n' {
			break
		}
	}
	id, rest, _ := strings.Cut(string(line), " ")
	length, path, _ := strings.Cut(rest, " ")
	size, err = strconv.ParseInt(length, 10, 64)
	return id, size, path, err
}

// back makes the istiod of before the current one.
func back(directory string) error {
	unlock, err := open(directory)
	if err != nil {
		return err
	}
	defer unlock()
	before := filepath.Join(directory, previous)
	if _, err := os.Stat(before); err != nil {
		return errors.New("there was no istiod before this one in " + directory)
	}
	if err := name(directory, before, filepath.Join(directory, program)); err != nil {
		return err
	}
	if err := os.Remove(before); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

// open makes the directory, locks it, and removes what a killed process left in it.
func open(directory string) (unlock func(), err error) {
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return nil, err
	}
	handle, err := os.Open(directory)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(handle.Fd()), syscall.LOCK_EX); err != nil {
		handle.Close()
		return nil, err
	}
	drafts, err := filepath.Glob(filepath.Join(directory, draft+"*"))
	for _, left := range drafts {
		err = errors.Join(err, os.Remove(left))
	}
	return func() { handle.Close() }, err
}

// receive writes the file beside, and gives it its name when it is complete.
func receive(directory, file string, source *os.File, size int64) (err error) {
	out, err := os.CreateTemp(directory, draft)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			out.Close()
			os.Remove(out.Name())
		}
	}()
	var received int64
	if rest := io.LimitReader(source, size); source == os.Stdin {
		silence := time.AfterFunc(patience, func() {
			os.Remove(out.Name())
			fmt.Fprintln(os.Stderr, "nothing more arrives")
			os.Exit(1)
		})
		rest = io.LimitReader(fed{source, silence}, size)
		received, err = io.CopyBuffer(struct{ io.Writer }{out}, rest, make([]byte, 1<<20))
		silence.Stop()
	} else {
		received, err = out.ReadFrom(rest) // The kernel copies.
	}
	if err != nil {
		return err
	}
	if received != size {
		return fmt.Errorf("%d bytes of %d arrived", received, size)
	}
	if err := out.Chmod(0o755); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}

// name gives a file a second name, in one step, whatever had that name before.
func name(directory, file, second string) error {
	link := filepath.Join(directory, draft+"link")
	if err := os.Link(file, link); err != nil {
		return err
	}
	if err := os.Rename(link, second); err != nil {
		return err
	}
	// A rename between two names of one file does nothing, and leaves both.
	if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// prune keeps the newest, and always the one that was just made current.
func prune(directory, current string) error {
	files, err := filepath.Glob(filepath.Join(directory, stored+"*"))
	if err != nil {
		return err
	}
	changed := func(file string) int64 {
		info, err := os.Stat(file)
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	sort.Slice(files, func(i, j int) bool { return changed(files[i]) > changed(files[j]) })
	left := 0
	for _, file := range files {
		if file == current || left < kept-1 {
			if file != current {
				left++
			}
			continue
		}
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

func same(one, other string) bool {
	first, err := os.Stat(one)
	if err != nil {
		return false
	}
	second, err := os.Stat(other)
	return err == nil && os.SameFile(first, second)
}
