package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
)

// rememberProject stores the limit of concurrent builds, which moto drops.
func (g *Gateway) rememberProject(c call, _ *httptest.ResponseRecorder) bool {
	var input map[string]any
	if json.Unmarshal(c.body, &input) != nil {
		return false
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.memory.set(fmt.Sprint("project/", input["name"]), "concurrentBuildLimit", input["concurrentBuildLimit"])
	return false
}

// restoreProjects adds the limit to a list of projects.
func (g *Gateway) restoreProjects(_ call, response *httptest.ResponseRecorder) {
	var body struct {
		Projects []map[string]any `json:"projects"`
	}
	if json.Unmarshal(response.Body.Bytes(), &body) != nil {
		return
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	for _, project := range body.Projects {
		maps.Copy(project, g.memory[fmt.Sprint("project/", project["name"])])
	}
	rewrite(response, map[string]any{"projects": body.Projects})
}
