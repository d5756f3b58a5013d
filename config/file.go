package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxFileSize limits the input of the YAML parser. A fleet of every AWS region fits in a few kilobytes.
const maxFileSize = 1 << 20

// irregularFiles lists the kinds of files that are rejected, with advice. A pipe can be read only once, but a
// command may read its fleet file again or rewrite it.
var irregularFiles = []struct {
	mode            fs.FileMode
	message, advice string
}{
	{fs.ModeDir, "is a directory", "specify the fleet file in it, such as %s/" + DefaultFile},
	{fs.ModeNamedPipe, "is a pipe, not a file", "save its output to a file and specify that; <(…) and a piped /dev/stdin are pipes too"},
	{fs.ModeSocket, "is a socket, not a file", "specify a regular file"},
	{fs.ModeDevice, "is a device, not a file", "specify a regular file; /dev/stdin works only if it is redirected from one"},
}

// read reads a fleet file. It rejects files that are not regular before opening them: opening a pipe without
// a writer blocks forever, and opening a device can have side effects.
func read(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	if err := checkRegular(file, info); err != nil {
		return nil, err
	}
	// O_NONBLOCK covers a pipe that replaces the file between Stat and OpenFile.
	opened, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer func() { _ = opened.Close() }()
	if info, err = opened.Stat(); err != nil {
		return nil, unreadable(file, err)
	}
	if err := checkRegular(file, info); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(opened, maxFileSize+1))
	if err != nil {
		return nil, unreadable(file, err)
	}
	return text, nil
}

func checkRegular(file string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	for _, kind := range irregularFiles {
		if info.Mode()&kind.mode != 0 {
			advice := kind.advice
			if kind.mode == fs.ModeDir {
				advice = fmt.Sprintf(advice, file)
			}
			return Problems{{File: file, Message: kind.message, Advice: advice}}
		}
	}
	return Problems{{File: file, Message: "is not a regular file", Advice: "specify a regular file"}}
}

func unreadable(file string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return Problems{{File: file, Message: "no such file", Advice: "create it, or specify another with --config or MCPFLEET_CONFIG (cdktf and make read only MCPFLEET_CONFIG)"}}
	}
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	return Problems{{File: file, Message: "cannot be read: " + err.Error(), Advice: "specify a fleet file that you can read"}}
}

func tooLarge(file string) Problems {
	return Problems{{File: file, Message: "is larger than 1 MiB", Advice: "a fleet file is a few kilobytes of YAML; specify that file"}}
}
