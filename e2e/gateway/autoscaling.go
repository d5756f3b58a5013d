package gateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
)

// listScalableTargetTags returns the stored tags. moto does not support tags of scalable targets, and the
// provider would retry for minutes.
func (g *Gateway) listScalableTargetTags(c call, response *httptest.ResponseRecorder) bool {
	g.lock.Lock()
	defer g.lock.Unlock()
	writeJSON(response, http.StatusOK, map[string]any{"Tags": g.tags[c.region]})
	return true
}

// rememberScalableTargetTags stores the tags of a new scalable target.
func (g *Gateway) rememberScalableTargetTags(c call, _ *httptest.ResponseRecorder) bool {
	var input struct{ Tags map[string]string }
	if json.Unmarshal(c.body, &input) == nil && input.Tags != nil {
		g.lock.Lock()
		g.tags[c.region] = input.Tags
		g.lock.Unlock()
	}
	return false
}

func (g *Gateway) tagScalableTarget(c call, response *httptest.ResponseRecorder) bool {
	var input struct{ Tags map[string]string }
	if json.Unmarshal(c.body, &input) == nil {
		g.lock.Lock()
		maps.Copy(g.tags[c.region], input.Tags)
		g.lock.Unlock()
	}
	writeJSON(response, http.StatusOK, map[string]any{})
	return true
}

func (g *Gateway) untagScalableTarget(c call, response *httptest.ResponseRecorder) bool {
	var input struct{ TagKeys []string }
	if json.Unmarshal(c.body, &input) == nil {
		g.lock.Lock()
		for _, key := range input.TagKeys {
			delete(g.tags[c.region], key)
		}
		g.lock.Unlock()
	}
	writeJSON(response, http.StatusOK, map[string]any{})
	return true
}

// adjustDesiredCount changes a service's desired count to be within the limits of its scalable target.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func (g *Gateway) adjustDesiredCount(c call, _ *httptest.ResponseRecorder) {
	var target struct {
		ResourceID               string `json:"ResourceId"`
		MinCapacity, MaxCapacity int
	}
	if json.Unmarshal(c.body, &target) != nil {
		return
	}
	parts := strings.Split(target.ResourceID, "/") // service/<cluster>/<service>
	if len(parts) != 3 {
		return
	}
	var found struct{ Services []struct{ DesiredCount int } }
	g.callMoto(c.region, "ecs", ecs+"DescribeServices", map[string]any{"cluster": parts[1], "services": parts[2:]}, &found)
	for _, service := range found.Services {
		if count := min(max(service.DesiredCount, target.MinCapacity), target.MaxCapacity); count != service.DesiredCount {
			g.callMoto(c.region, "ecs", ecs+"UpdateService", map[string]any{"cluster": parts[1], "service": parts[2], "desiredCount": count}, &struct{}{})
		}
	}
}
