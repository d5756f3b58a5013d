package session

import (
	"errors"
	"net"
	"strings"
)

// Cause returns the innermost error's message on one line, without the messages of the errors that wrap it.
func Cause(err error) string {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup.Err
	}
	for below := err; below != nil; below = errors.Unwrap(below) {
		err = below
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
