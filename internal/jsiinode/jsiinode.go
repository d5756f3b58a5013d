// Package jsiinode runs CDKTF apps: it manages the Node.js process behind CDKTF, its warnings, temporary files and errors,
// and makes it start fast. Only CDKTF apps and their tests may import it.
//
// Of the bindings of the AWS provider, an app uses a few dozen types of 23,000, but jsii unpacks, parses and loads all
// of them in every run. So jsii gets a package with only the submodules that the apps import, which is cut out of the
// bindings once and cached (trim.go), and its own two processes become one (runtime.js). The stacks are the same. Where
// anything is not as expected, jsii runs as it is, after one line on standard error.
package jsiinode

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

// Synthesize writes the stacks that addStacks adds to an app. CDKTF and jsii panic on errors. The fleet is already
// validated, so these are errors of the environment, such as a missing Node.js, a full disk or missing permissions.
func Synthesize(options *cdktf.AppConfig, addStacks func(app cdktf.App)) (err error) {
	if err := find(); err != nil {
		return err
	}
	defer recoverTo(&err)
	loadBindings()
	app := cdktf.NewApp(options)
	addStacks(app)
	app.Synth()
	return nil
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

// find returns an error if Node.js is not installed.
func find() error {
	node := os.Getenv("JSII_NODE")
	if node == "" {
		node = "node"
	}
	if _, err := exec.LookPath(node); err != nil {
		return errors.New(node + " was not found: CDKTF needs Node.js 20 or newer; install it, or set JSII_NODE to its path")
	}
	return nil
}

// recoverTo converts a panic of jsii to an error with the first line of the message. Call it with defer.
func recoverTo(err *error) {
	if caught := recover(); caught != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(fmt.Sprint(caught)), "\n")
		retryIfMissing(first)
		*err = fmt.Errorf("cannot synthesize the stacks: %s", first)
	}
}
