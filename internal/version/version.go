// Package version reports the version of the running program.
package version

import (
	"cmp"
	"runtime/debug"
)

// String returns the tag that the program was built from, or a pseudo-version with the commit. Go embeds it in
// every program that is built from a checkout.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unknown
	}
	return cmp.Or(info.Main.Version, unknown)
}

const unknown = "(unknown)"
