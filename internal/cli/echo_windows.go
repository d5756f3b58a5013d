package cli

import "github.com/charmbracelet/x/term"

// enableEchoInput is of https://learn.microsoft.com/en-us/windows/console/setconsolemode
const enableEchoInput = 0x4

// withoutEcho is a terminal's state in which it does not show what is typed.
func withoutEcho(state term.State) *term.State {
	state.Mode &^= enableEchoInput
	return &state
}
