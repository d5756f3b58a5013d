package plan

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// stackLog is what Terraform prints of one stack, a line at a time: as one block, to be read apart
// from what it prints of the others, or at once where somebody waits for it.
type stackLog struct {
	stack    string
	to       io.Writer
	printing *sync.Mutex
	block    strings.Builder
	live     bool
}

// Write takes a line.
func (l *stackLog) Write(line []byte) (int, error) {
	l.printing.Lock()
	defer l.printing.Unlock()
	if !l.live {
		return l.block.Write(line)
	}
	_, err := fmt.Fprintf(l.to, "%s: %s\n", l.stack, strings.TrimRight(string(line), "\r\n"))
	return len(line), err
}

// flush prints the block.
func (l *stackLog) flush() {
	l.printing.Lock()
	defer l.printing.Unlock()
	if text := strings.TrimSpace(l.block.String()); text != "" {
		_, _ = fmt.Fprintf(l.to, "== %s\n%s\n", l.stack, text)
	}
	l.block.Reset()
}

// follow prints what is there, and from now on every line at once.
func (l *stackLog) follow() {
	l.flush()
	l.live = true
}
