package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
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

// bucketOperations are the operations that change a bucket's settings, by the parameter in the query.
var bucketOperations = map[string]string{"policy": "PutBucketPolicy", "tagging": "PutBucketTagging"}

// bucketOperation returns the operation that changes a bucket, "" for all that the tests do not wait for.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
func bucketOperation(request *http.Request) string {
	if strings.Count(strings.Trim(request.URL.Path, "/"), "/") > 0 {
		return "" // of an object
	}
	query := request.URL.Query()
	if request.Method == http.MethodPut {
		for parameter, operation := range bucketOperations {
			if query.Has(parameter) {
				return operation
			}
		}
	}
	if request.Method == http.MethodDelete && len(query) == 0 {
		return "DeleteBucket"
	}
	return ""
}
