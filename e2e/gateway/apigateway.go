package gateway

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// apiVerbs and apiKinds are the parts of the names of API Gateway's operations.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
var (
	apiVerbs = map[string]string{http.MethodGet: "Get", http.MethodPost: "Create", http.MethodPut: "Put", http.MethodPatch: "Update", http.MethodDelete: "Delete"}
	apiKinds = map[string]string{
		"restapis": "RestApi", "deployments": "Deployment", "stages": "Stage", "domainnames": "DomainName", "basepathmappings": "BasePathMapping", "tags": "Tags",
	}
)

// apiOperation returns the operation of a request to API Gateway. Collections and IDs take turns in the path.
func apiOperation(request *http.Request) string {
	parts := strings.Split(strings.Trim(request.URL.Path, "/"), "/")
	return apiVerbs[request.Method] + apiKinds[parts[(len(parts)-1)/2*2]]
}

// putAPI completes the integrations of a document. moto requires what API Gateway ignores in those without a backend.
func (g *Gateway) putAPI(c call, _ *httptest.ResponseRecorder) bool {
	body := bytes.ReplaceAll(c.body, []byte(`"type":"mock"`), []byte(`"type":"mock","uri":"mock","httpMethod":"POST"`))
	c.request.Body, c.request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return false
}
