package jsiinode

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// plain is an environment variable: if it is set, jsii runs as it is.
const plain = "MCPFLEET_PLAIN_JSII"

// silence are the environment variables that silence warnings of jsii about the version of Node.js. The
// stacks are the same with every version from 20.
var silence = map[string]string{
	"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20,21,22,23,24,25,26",
	"JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION":  "1",
	"JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION":    "1",
}

// Prepare restarts the program with the environment that Node.js should have. jsii reads it during package
// initialization, so setting the variables in main is too late. If the program cannot be restarted, it
// continues without.
func Prepare() {
	changed := false
	for name, value := range silence {
		if _, set := os.LookupEnv(name); !set {
			changed = os.Setenv(name, value) == nil || changed
		}
	}
	if fast() {
		changed = requireRuntime() || changed
	}
	if changed {
		restart()
	}
}

// fast reports whether jsii may run faster than as it is.
func fast() bool {
	_, set := os.LookupEnv(plain)
	return !set
}

// requireRuntime makes Node.js load runtime.js first.
func requireRuntime() (changed bool) {
	script, err := cachedRuntime()
	if err != nil {
		stepAside(err)
		return false
	}
	options, set := os.LookupEnv("NODE_OPTIONS")
	if !set {
		// What jsii sets, but only if nobody else sets anything.
		options = "--max-old-space-size=4069"
	}
	required := withRuntime(options, script)
	return required != options && os.Setenv("NODE_OPTIONS", required) == nil
}

// withRuntime adds what runtime.js needs to the options of Node.js. Of an option that is there twice, the last counts, so
// those of the user do.
func withRuntime(options, script string) string {
	require := `--require="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(script) + `"`
	if strings.Contains(options, require) {
		return options
	}
	// A synth leaves little garbage: with a smaller space for new objects, the memory is less by a quarter and the time is
	// the same. jsii starts its second process with the other option.
	return strings.TrimSpace("--max-semi-space-size=2 --preserve-symlinks " + options + " " + require)
}

// stepAside says why jsii runs as it is.
func stepAside(why error) {
	fmt.Fprintf(os.Stderr, "warning: synthesizing takes longer than it could: %v\n", why)
	_ = os.Setenv(plain, "1")
}

// restart replaces the process by a new one of the same program, and returns if that is not possible.
func restart() {
	self, err := os.Executable()
	if err != nil {
		return
	}
	Close()
	_ = syscall.Exec(self, os.Args, os.Environ()) //nolint:gosec // the program is this one
}
