package gateway

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"path"
	"slices"
)

// strategy is the capacity provider strategy in a request.
type strategy struct {
	Cluster                  string
	CapacityProviderStrategy []struct{ CapacityProvider string }
	ForceNewDeployment       bool
}

// checkProviders rejects a service with a capacity provider that is not associated with its cluster.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
func (g *Gateway) checkProviders(c call, response *httptest.ResponseRecorder) (rejected bool) {
	var request strategy
	_ = json.Unmarshal(c.body, &request)
	if len(request.CapacityProviderStrategy) == 0 {
		return false
	}
	var found struct {
		Clusters []struct{ CapacityProviders []string }
	}
	g.callMoto(c.region, "ecs", ecs+"DescribeClusters", map[string]any{"clusters": []string{path.Base(request.Cluster)}}, &found)
	for _, each := range request.CapacityProviderStrategy {
		if len(found.Clusters) == 0 || !slices.Contains(found.Clusters[0].CapacityProviders, each.CapacityProvider) {
			writeError(response, "InvalidParameterException", "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.")
			return true
		}
	}
	return false
}

// updateService rejects another strategy without a new deployment.
// https://github.com/pipe-cd/pipecd/pull/6385
func (g *Gateway) updateService(c call, response *httptest.ResponseRecorder) bool {
	var request strategy
	_ = json.Unmarshal(c.body, &request)
	if request.CapacityProviderStrategy != nil && !request.ForceNewDeployment {
		writeError(response, "InvalidParameterException", "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.")
		return true
	}
	return g.checkProviders(c, response) || g.attachService(c, response)
}

// putProviders rejects to dissociate a provider that a service uses.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
func (g *Gateway) putProviders(c call, response *httptest.ResponseRecorder) bool {
	var request struct {
		Cluster           string
		CapacityProviders []string
	}
	_ = json.Unmarshal(c.body, &request)
	var list struct{ ServiceArns []string }
	g.callMoto(c.region, "ecs", ecs+"ListServices", map[string]any{"cluster": request.Cluster}, &list)
	for _, arn := range list.ServiceArns {
		name := path.Base(arn)
		lost := slices.ContainsFunc(g.providersOf(name), func(used string) bool { return !slices.Contains(request.CapacityProviders, used) })
		if lost && g.serviceExists(c, request.Cluster, name) {
			writeError(response, "ResourceInUseException", "The specified capacity provider is in use and cannot be removed.")
			return true
		}
	}
	return false
}

// providersOf returns the capacity providers that a service uses.
func (g *Gateway) providersOf(service string) (names []string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	items, _ := g.memory[service]["capacityProviderStrategy"].([]any)
	for _, each := range items {
		item, _ := each.(map[string]any)
		names = append(names, fmt.Sprint(item["capacityProvider"]))
	}
	return names
}

// amendCapacity removes the launch type of a service with a strategy, which moto keeps or invents, and completes the
// strategy.
func amendCapacity(service map[string]any) {
	items, _ := service["capacityProviderStrategy"].([]any)
	if len(items) == 0 {
		return
	}
	delete(service, "launchType")
	for _, each := range items {
		item, _ := each.(map[string]any)
		for _, field := range []string{"base", "weight"} {
			if item[field] == nil {
				item[field] = 0
			}
		}
	}
}
