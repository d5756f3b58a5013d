//go:build unix

package cli

import (
	"syscall"

	"github.com/charmbracelet/x/term"
)

// withoutEcho is a terminal's state in which it does not show what is typed.
func withoutEcho(state term.State) *term.State {
	state.Lflag &^= syscall.ECHO
	return &state
}
