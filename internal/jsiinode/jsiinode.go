// Package jsiinode deals with the Node process behind CDKTF: its banners, its temporary files, and
// what it says when it cannot run. Only the CDKTF app and its tests import it.
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

// banners are the warnings that jsii prints over ten lines, and what silences each. The stacks come
// out the same on every Node from 20 on.
var banners = map[string]string{
	"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20,21,22,23,24,25,26",
	"JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION":  "1",
	"JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION":    "1",
}

// Quiet starts the program over with the banners silenced. jsii copies the environment while Go
// initialises packages, so that setting it in main is too late. Where a program cannot be started
// over, the banner stays: it harms nothing.
func Quiet() {
	changed := false
	for name, value := range banners {
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

// Close ends the Node process and removes its temporary directory. Two parts of jsii then wait for
// the one process, and the slower of them complains on standard error, where nothing more is due.
func Close() {
	stderr := os.Stderr
	if silent, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = silent
		defer func() { os.Stderr = stderr }()
	}
	jsii.Close()
}

// Find makes sure that there is a Node to run.
func Find() error {
	node := os.Getenv("JSII_NODE")
	if node == "" {
		node = "node"
	}
	if _, err := exec.LookPath(node); err != nil {
		return errors.New(node + " was not found: CDKTF needs Node.js 20 or newer; install it, or name the program in JSII_NODE")
	}
	return nil
}

// Recover makes an error of a panic of jsii: one line, and of it what is meant for people.
func Recover(err *error) {
	if caught := recover(); caught != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(fmt.Sprint(caught)), "\n")
		*err = fmt.Errorf("the stacks could not be synthesized: %s", first)
	}
}
