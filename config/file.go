package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxFileSize bounds what is parsed: a fleet of every region fits in a few kilobytes, and a parser
// must not be fed whatever a path happens to point at.
const maxFileSize = 1 << 20

// notFiles are what a path can name that is no regular file, and what to do instead. A pipe could be
// read, but by one reader once, and a command may read its fleet file again, or rewrite it.
var notFiles = []struct {
	mode            fs.FileMode
	message, advice string
}{
	{fs.ModeDir, "is a directory", "name the fleet file in it, such as %s/" + DefaultFile},
	{fs.ModeNamedPipe, "is a pipe, not a file", "write what comes out of it to a file, and name that; <(…) and a piped /dev/stdin are pipes too"},
	{fs.ModeSocket, "is a socket, not a file", "name a file"},
	{fs.ModeDevice, "is a device, not a file", "name a file; /dev/stdin works only where it is redirected from one"},
}

// read reads a fleet file. What is no regular file is refused before it is opened: opening a pipe
// that nobody writes to would wait for ever, and opening a device can do something.
func read(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	if err := refuseSpecial(file, info); err != nil {
		return nil, err
	}
	// Whatever has taken the file's place since does not block either.
	opened, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer func() { _ = opened.Close() }()
	if info, err = opened.Stat(); err != nil {
		return nil, unreadable(file, err)
	}
	if err := refuseSpecial(file, info); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(opened, maxFileSize+1))
	if err != nil {
		return nil, unreadable(file, err)
	}
	return text, nil
}

func refuseSpecial(file string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	for _, kind := range notFiles {
		if info.Mode()&kind.mode != 0 {
			advice := kind.advice
			if kind.mode == fs.ModeDir {
				advice = fmt.Sprintf(advice, file)
			}
			return Problems{{File: file, Message: kind.message, Advice: advice}}
		}
	}
	return Problems{{File: file, Message: "is not a regular file", Advice: "name a file"}}
}

func unreadable(file string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return Problems{{File: file, Message: "no such file", Advice: "create it, or name another with --config or MCPFLEET_CONFIG (cdktf and make know the variable only)"}}
	}
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	return Problems{{File: file, Message: "cannot be read: " + err.Error(), Advice: "name a fleet file that you may read"}}
}

func tooLarge(file string) Problems {
	return Problems{{File: file, Message: "is larger than 1 MiB", Advice: "a fleet file is a few kilobytes of YAML; name that one"}}
}
