package session

import (
	"errors"
	"net"
	"strings"
)

// Cause is what is at the bottom of an error, in one line, without the words of every layer above it.
func Cause(err error) string {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup.Err
	}
	for below := err; below != nil; below = errors.Unwrap(below) {
		err = below
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
