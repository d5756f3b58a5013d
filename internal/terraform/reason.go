package terraform

import (
	"context"
	"errors"
	"strings"
)

// Reason returns one line that says why a command failed.
func (s *Stack) Reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	if locked, held := s.Locked(err); held {
		return locked
	}
	for line := range strings.Lines(err.Error()) {
		line = strings.Trim(line, "│╷╵ \n")
		if text, found := strings.CutPrefix(line, "Error: "); found {
			return text
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return first
}
