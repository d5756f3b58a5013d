package cli

import (
	"net/http"
	"testing"
)

// hang takes over the connection and never responds.
func (c call) hang(t *testing.T) bool {
	connection, _, err := c.w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return false
	}
	t.Cleanup(func() { _ = connection.Close() })
	return true
}
