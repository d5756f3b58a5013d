package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
)

const ecs = "AmazonEC2ContainerServiceV20141113."

// listServiceDeployments returns an empty list, as AWS does 90 days after the last deployment. moto does not
// support the call.
func (g *Gateway) listServiceDeployments(_ call, response *httptest.ResponseRecorder) bool {
	writeJSON(response, http.StatusOK, map[string]any{"serviceDeployments": []any{}})
	return true
}

// createService rejects a service that exists. moto overwrites it.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
func (g *Gateway) createService(c call, response *httptest.ResponseRecorder) bool {
	var service struct{ ServiceName, Cluster string }
	_ = json.Unmarshal(c.body, &service)
	if g.serviceExists(c, service.Cluster, service.ServiceName) {
		writeError(response, "InvalidParameterException", "Creation of service was not idempotent.")
		return true
	}
	return g.checkProviders(c, response) || g.attachService(c, response)
}

// attachService rejects a target group that no listener or rule forwards to, and stores the fields that moto
// drops.
// https://github.com/hashicorp/terraform/issues/32908
func (g *Gateway) attachService(c call, response *httptest.ResponseRecorder) bool {
	var service struct {
		LoadBalancers []struct{ TargetGroupArn string }
	}
	_ = json.Unmarshal(c.body, &service)
	for _, each := range service.LoadBalancers {
		if len(g.loadBalancersWith(c.region, each.TargetGroupArn)) == 0 {
			writeError(response, "InvalidParameterException", fmt.Sprintf("The target group with targetGroupArn %s does not have an associated load balancer.", each.TargetGroupArn))
			return true
		}
	}
	g.rememberService(c)
	return false
}

func (g *Gateway) serviceExists(c call, cluster, name string) bool {
	var found struct{ Services []struct{ Status string } }
	g.callMoto(c.region, "ecs", ecs+"DescribeServices", map[string]any{"cluster": cluster, "services": []string{name}}, &found)
	return len(found.Services) > 0 && found.Services[0].Status == "ACTIVE"
}

// amendServices sets the running count of services to the desired count, restores fields that moto drops, and
// shows the task definition that a service was rolled back to.
func (g *Gateway) amendServices(_ call, response *httptest.ResponseRecorder) {
	var body map[string]any
	if json.Unmarshal(response.Body.Bytes(), &body) != nil {
		return
	}
	services, _ := body["services"].([]any)
	if one, is := body["service"].(map[string]any); is {
		services = append(services, one)
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	for _, each := range services {
		service, _ := each.(map[string]any)
		service["runningCount"], service["pendingCount"] = service["desiredCount"], 0
		maps.Copy(service, g.memory[fmt.Sprint(service["serviceName"])])
		amendCapacity(service)
		if previous := g.rolledBack[fmt.Sprint(service["serviceName"])]; previous != "" {
			service["taskDefinition"] = previous
		}
		deployments, _ := service["deployments"].([]any)
		if len(deployments) > 1 {
			deployments = deployments[:1]
		}
		for _, deployment := range deployments {
			one, _ := deployment.(map[string]any)
			one["desiredCount"], one["runningCount"], one["pendingCount"] = service["desiredCount"], service["desiredCount"], 0
			one["rolloutState"], one["taskDefinition"] = "COMPLETED", service["taskDefinition"]
		}
		service["deployments"] = deployments
	}
	rewrite(response, body)
}

// RollBack makes a service roll back every deployment to a task definition, like the deployment circuit
// breaker. An empty task definition ends this.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
func (g *Gateway) RollBack(service, taskDefinition string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.rolledBack[service] = taskDefinition
}
