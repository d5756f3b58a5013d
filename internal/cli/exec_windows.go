package cli

import "os"

// terminalSignals is the signal of Ctrl-C, which session-manager-plugin sends on to the task.
var terminalSignals = []os.Signal{os.Interrupt}
