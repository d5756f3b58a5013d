package cli

import (
	"time"

	"github.com/cdtait/mcpfleet/internal/span"
)

// length is a flag's length of time that may be days and weeks. It is shown as it was written.
type length struct {
	time.Duration
	text string
}

// newLength is a flag's usual value.
func newLength(text string) *length {
	l := &length{}
	if err := l.Set(text); err != nil {
		panic(err) // a mistake of ours
	}
	return l
}

// Set is pflag's.
func (l *length) Set(text string) (err error) {
	l.text = text
	l.Duration, err = span.Parse(text)
	return err
}

func (l *length) String() string { return l.text }

// Type is pflag's.
func (l *length) Type() string { return "length" }
