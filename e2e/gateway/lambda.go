package gateway

import (
	"net/http"
	"strings"
)

// functionOperations are the operations of Lambda that change something, by method and the part of the path after the name of
// the function.
// https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
var functionOperations = map[string]string{
	"POST ":             "CreateFunction",
	"DELETE ":           "DeleteFunction",
	"PUT code":          "UpdateFunctionCode",
	"PUT configuration": "UpdateFunctionConfiguration",
	"POST policy":       "AddPermission",
	"DELETE policy":     "RemovePermission",
}

// functionOperation returns the operation of a request to Lambda.
func functionOperation(request *http.Request) string {
	_, path, _ := strings.Cut(request.URL.Path, "/functions")
	_, below, _ := strings.Cut(strings.Trim(path, "/"), "/")
	part, _, _ := strings.Cut(below, "/")
	if operation, changes := functionOperations[request.Method+" "+part]; changes {
		return operation
	}
	return "GetFunction"
}
