package gateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
)

// setLogKey changes the KMS key of a log group. moto only sets one when it creates the group, and the provider would
// retry for minutes.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
func (g *Gateway) setLogKey(c call, response *httptest.ResponseRecorder) bool {
	var input struct {
		LogGroupName string `json:"logGroupName"`
		KMSKeyID     any    `json:"kmsKeyId"` // absent in DisassociateKmsKey
	}
	if json.Unmarshal(c.body, &input) != nil {
		return false
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.memory.set(input.LogGroupName, "kmsKeyId", input.KMSKeyID)
	writeJSON(response, http.StatusOK, map[string]any{})
	return true
}

// amendLogGroups returns the keys that were set after the groups were created.
func (g *Gateway) amendLogGroups(_ call, response *httptest.ResponseRecorder) {
	var body map[string]any
	if json.Unmarshal(response.Body.Bytes(), &body) != nil {
		return
	}
	groups, _ := body["logGroups"].([]any)
	g.lock.Lock()
	defer g.lock.Unlock()
	for _, each := range groups {
		group, _ := each.(map[string]any)
		name, _ := group["logGroupName"].(string)
		maps.Copy(group, g.memory[name])
	}
	rewrite(response, body)
}

// forgetLogGroup forgets the key of a group.
func (g *Gateway) forgetLogGroup(c call, _ *httptest.ResponseRecorder) bool {
	var input struct {
		LogGroupName string `json:"logGroupName"`
	}
	if json.Unmarshal(c.body, &input) == nil {
		g.lock.Lock()
		delete(g.memory, input.LogGroupName)
		g.lock.Unlock()
	}
	return false
}
