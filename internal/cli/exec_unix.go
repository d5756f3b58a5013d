//go:build unix

package cli

import (
	"os"
	"syscall"
)

// terminalSignals are the signals of Ctrl-C, Ctrl-\ and Ctrl-Z, which session-manager-plugin sends on to the task.
var terminalSignals = []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTSTP}
