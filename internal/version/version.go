// Package version says which build a program is.
package version

import (
	"cmp"
	"runtime/debug"
)

// String is the tag that a program was built from, or a pseudo-version with the commit. Go writes it
// into every program that is built from a checkout.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unknown
	}
	return cmp.Or(info.Main.Version, unknown)
}

const unknown = "(unknown)"
