package cli

import (
	"time"

	"github.com/cdtait/mcpfleet/internal/span"
)

// spanValue is a duration flag that also accepts days and weeks. It prints as it was written.
type spanValue struct {
	time.Duration
	text string
}

// newSpanValue returns a flag value with a default.
func newSpanValue(text string) *spanValue {
	v := &spanValue{}
	if err := v.Set(text); err != nil {
		panic(err) // the default is a constant
	}
	return v
}

// Set implements pflag.Value.
func (v *spanValue) Set(text string) (err error) {
	v.text = text
	v.Duration, err = span.Parse(text)
	return err
}

func (v *spanValue) String() string { return v.text }

// Type implements pflag.Value.
func (v *spanValue) Type() string { return "span" }

// check returns an error if the value of a flag is not in the past.
func (v *spanValue) check(flag string) error {
	if v.Duration <= 0 {
		return usagef("--%s: %s is not greater than zero; write 10m, 2h or 1d", flag, v)
	}
	return nil
}
