package gateway

import (
	"encoding/json"
	"net/http/httptest"
)

const cloudMap = "Route53AutoNaming_v20170314."

// deleteDiscoveryService rejects a service that has instances. moto deletes it.
// https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteService.html
func (g *Gateway) deleteDiscoveryService(c call, response *httptest.ResponseRecorder) bool {
	var service struct {
		ID string `json:"Id"`
	}
	_ = json.Unmarshal(c.body, &service)
	var output struct{ Instances []any }
	g.callMoto(c.region, "servicediscovery", cloudMap+"ListInstances", map[string]any{"ServiceId": service.ID}, &output)
	if len(output.Instances) == 0 {
		return false
	}
	writeError(response, "ResourceInUse", "Service contains registered instances; delete the instances before deleting the service")
	return true
}
