//go:build unix

package cli

import (
	"syscall"

	"github.com/charmbracelet/x/term"
)

// withoutEcho returns a terminal state in which typed characters are not echoed.
func withoutEcho(state term.State) *term.State {
	state.Lflag &^= syscall.ECHO
	return &state
}
