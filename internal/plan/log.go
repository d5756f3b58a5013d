package plan

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// stackLog prints Terraform's output for one stack: buffered as one block, which keeps the output of
// concurrent stacks apart, or live, line by line.
type stackLog struct {
	stack    string
	to       io.Writer
	printing *sync.Mutex
	block    strings.Builder
	live     bool
}

// Write buffers a line, or prints it if the log is live.
func (l *stackLog) Write(line []byte) (int, error) {
	l.printing.Lock()
	defer l.printing.Unlock()
	if !l.live {
		return l.block.Write(line)
	}
	_, err := fmt.Fprintf(l.to, "%s: %s\n", l.stack, strings.TrimRight(string(line), "\r\n"))
	return len(line), err
}

// flush prints the buffered block.
func (l *stackLog) flush() {
	l.printing.Lock()
	defer l.printing.Unlock()
	if text := strings.TrimSpace(l.block.String()); text != "" {
		_, _ = fmt.Fprintf(l.to, "== %s\n%s\n", l.stack, text)
	}
	l.block.Reset()
}

// follow prints the buffered block and makes the log live.
func (l *stackLog) follow() {
	l.flush()
	l.live = true
}
