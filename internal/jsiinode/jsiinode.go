// Package jsiinode manages the Node.js process behind CDKTF: its warnings, temporary files and errors. Only
// CDKTF apps and their tests may import it.
package jsiinode

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/aws/jsii-runtime-go"
)

// silence are the environment variables that silence warnings of jsii about the version of Node.js. The
// stacks are the same with every version from 20.
var silence = map[string]string{
	"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20,21,22,23,24,25,26",
	"JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION":  "1",
	"JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION":    "1",
}

// Quiet restarts the program with the warnings silenced. jsii reads the environment during package
// initialization, so setting the variables in main is too late. If the program cannot be restarted, it
// continues with the warnings.
func Quiet() {
	changed := false
	for name, value := range silence {
		if _, set := os.LookupEnv(name); !set {
			changed = os.Setenv(name, value) == nil || changed
		}
	}
	self, err := os.Executable()
	if !changed || err != nil {
		return
	}
	Close()
	_ = syscall.Exec(self, os.Args, os.Environ()) //nolint:gosec // the program is this one
}

// Close stops the Node.js process and removes its temporary directory. Two goroutines of jsii wait for the
// process, and the slower one prints an error to stderr, which Close suppresses.
func Close() {
	stderr := os.Stderr
	if silent, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = silent
		defer func() { os.Stderr = stderr }()
	}
	jsii.Close()
}

// Find returns an error if Node.js is not installed.
func Find() error {
	node := os.Getenv("JSII_NODE")
	if node == "" {
		node = "node"
	}
	if _, err := exec.LookPath(node); err != nil {
		return errors.New(node + " was not found: CDKTF needs Node.js 20 or newer; install it, or set JSII_NODE to its path")
	}
	return nil
}

// Recover converts a panic of jsii to an error with the first line of the message. Call it with defer.
func Recover(err *error) {
	if caught := recover(); caught != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(fmt.Sprint(caught)), "\n")
		*err = fmt.Errorf("cannot synthesize the stacks: %s", first)
	}
}
