package gateway

import (
	"net/http"
	"net/http/httptest"
)

// lifecycle returns a bucket's lifecycle rules as they were put. moto drops an empty prefix and
// NewerNoncurrentVersions.
func (g *Gateway) lifecycle(c call, response *httptest.ResponseRecorder) bool {
	g.lock.Lock()
	defer g.lock.Unlock()
	bucket := c.request.URL.Path
	if c.request.Method != http.MethodGet {
		g.lifecycles[bucket] = c.body
		return false
	}
	if g.lifecycles[bucket] == nil {
		return false
	}
	response.Header().Set("Content-Type", "application/xml")
	response.Header().Set("X-Amz-Transition-Default-Minimum-Object-Size", "all_storage_classes_128K")
	_, _ = response.Write(g.lifecycles[bucket])
	return true
}
