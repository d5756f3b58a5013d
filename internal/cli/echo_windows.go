package cli

import "github.com/charmbracelet/x/term"

// enableEchoInput is ENABLE_ECHO_INPUT, see https://learn.microsoft.com/en-us/windows/console/setconsolemode
const enableEchoInput = 0x4

// withoutEcho returns a terminal state in which typed characters are not echoed.
func withoutEcho(state term.State) *term.State {
	state.Mode &^= enableEchoInput
	return &state
}
