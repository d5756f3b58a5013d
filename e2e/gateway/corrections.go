package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
)

// replace responds to a call that moto does not handle like AWS. It reports whether it did.
func (g *Gateway) replace(c call, response *httptest.ResponseRecorder) bool {
	if c.service == "s3" && c.request.URL.Query().Has("lifecycle") {
		return g.lifecycle(c, response)
	}
	switch c.operation {
	case "application-autoscaling.ListTagsForResource":
		// moto does not support tags of scalable targets, and the provider would retry for minutes.
		g.lock.Lock()
		defer g.lock.Unlock()
		writeJSON(response, http.StatusOK, map[string]any{"Tags": g.tags[c.region]})
		return true
	case "application-autoscaling.RegisterScalableTarget", "application-autoscaling.TagResource":
		var input struct{ Tags any }
		if json.Unmarshal(c.body, &input) == nil && input.Tags != nil {
			g.lock.Lock()
			g.tags[c.region] = input.Tags
			g.lock.Unlock()
		}
	case "ec2.ModifySecurityGroupRules":
		// moto requires ports even if the protocol is -1. The stacks only change the description of these
		// rules.
		// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html
		if form, err := url.ParseQuery(string(c.body)); err == nil && form.Get("SecurityGroupRule.1.SecurityGroupRule.IpProtocol") == "-1" {
			g.lock.Lock()
			g.memory.set(form.Get("SecurityGroupRule.1.SecurityGroupRuleId"), "description", form.Get("SecurityGroupRule.1.SecurityGroupRule.Description"))
			g.lock.Unlock()
			response.Body = bytes.NewBufferString(`<ModifySecurityGroupRulesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><return>true</return></ModifySecurityGroupRulesResponse>`)
			return true
		}
	case "ecs.ListServiceDeployments":
		// moto does not support the call. In AWS the list is empty 90 days after the last deployment.
		writeJSON(response, http.StatusOK, map[string]any{"serviceDeployments": []any{}})
		return true
	case "ecs.UpdateService":
		g.rememberService(c)
	case "ecs.CreateService":
		// moto overwrites an existing service.
		// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
		var service struct{ ServiceName, Cluster string }
		_ = json.Unmarshal(c.body, &service)
		if g.serviceExists(c, service.Cluster, service.ServiceName) {
			writeJSON(response, http.StatusBadRequest, map[string]any{"__type": "InvalidParameterException", "message": "Creation of service was not idempotent."})
			return true
		}
		g.rememberService(c)
	case "servicediscovery.DeleteService":
		// moto deletes a service that has instances.
		// https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteService.html
		var service struct {
			ID string `json:"Id"`
		}
		_ = json.Unmarshal(c.body, &service)
		var output struct{ Instances []any }
		g.callMoto(c.region, "servicediscovery", cloudMap+"ListInstances", map[string]any{"ServiceId": service.ID}, &output)
		if len(output.Instances) > 0 {
			writeJSON(response, http.StatusBadRequest, map[string]any{"__type": "ResourceInUse", "Message": "Service contains registered instances; delete the instances before deleting the service"})
			return true
		}
	}
	return false
}

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

// amend changes moto's response to what AWS would return.
func (g *Gateway) amend(c call, response *httptest.ResponseRecorder) {
	switch c.operation {
	case "ec2.CreateSubnet", "ec2.DescribeSubnets":
		// moto returns the state of a subnet's IPv6 block as a Python dictionary.
		response.Body = bytes.NewBufferString(strings.ReplaceAll(response.Body.String(), "{'State': 'associated'}", "associated"))
	case "ec2.AuthorizeSecurityGroupIngress", "ec2.AuthorizeSecurityGroupEgress", "ec2.ModifySecurityGroupRules":
		g.rememberRule(c, response)
	case "ec2.DescribeSecurityGroupRules":
		g.restoreRules(response)
	case "elasticloadbalancing.CreateListener":
		// The call is idempotent and returns the existing listener.
		// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
		if response.Code != http.StatusOK && strings.Contains(response.Body.String(), "DuplicateListener") {
			g.existingListener(c, response)
		}
	case "ecs.DescribeServices", "ecs.UpdateService", "ecs.CreateService":
		g.amendServices(response)
	case "application-autoscaling.RegisterScalableTarget":
		g.adjustDesiredCount(c)
	case "elasticloadbalancing.DescribeTargetHealth":
		// moto starts no tasks.
		response.Body = bytes.NewBufferString(healthyTargets)
	case "tagging.GetResources":
		g.addDiscovery(c, response)
	}
}

func (g *Gateway) existingListener(c call, response *httptest.ResponseRecorder) {
	form, _ := url.ParseQuery(string(c.body))
	text := url.Values{"Action": {"DescribeListeners"}, "Version": form["Version"], "LoadBalancerArn": form["LoadBalancerArn"]}.Encode()
	again := httptest.NewRequest(http.MethodPost, g.URL+"/", strings.NewReader(text))
	again.Header = c.request.Header.Clone()
	again.Header.Set("Content-Length", strconv.Itoa(len(text)))
	described := httptest.NewRecorder()
	g.moto.ServeHTTP(described, again)
	response.Code = described.Code
	response.Body = bytes.NewBufferString(strings.ReplaceAll(described.Body.String(), "DescribeListeners", "CreateListener"))
}

// amendServices sets the running count of services to the desired count, restores fields that moto drops, and
// shows the task definition that a service was rolled back to.
func (g *Gateway) amendServices(response *httptest.ResponseRecorder) {
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

// adjustDesiredCount changes a service's desired count to be within the limits of its scalable target.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func (g *Gateway) adjustDesiredCount(c call) {
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

// RollBack makes a service roll back every deployment to a task definition, like the deployment circuit
// breaker. An empty task definition ends this.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
func (g *Gateway) RollBack(service, taskDefinition string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.rolledBack[service] = taskDefinition
}

// addDiscovery adds Cloud Map resources, which moto's tagging API does not support.
func (g *Gateway) addDiscovery(c call, response *httptest.ResponseRecorder) {
	var body map[string]any
	if json.Unmarshal(response.Body.Bytes(), &body) != nil {
		return
	}
	var filter struct {
		TagFilters []struct {
			Key    string
			Values []string
		}
	}
	_ = json.Unmarshal(c.body, &filter)
	list, _ := body["ResourceTagMappingList"].([]any)
	for operation, field := range map[string]string{"ListNamespaces": "Namespaces", "ListServices": "Services"} {
		var found map[string][]struct{ Arn string }
		g.callMoto(c.region, "servicediscovery", cloudMap+operation, map[string]any{}, &found)
		for _, each := range found[field] {
			var tagged struct{ Tags []struct{ Key, Value string } }
			g.callMoto(c.region, "servicediscovery", cloudMap+"ListTagsForResource", map[string]any{"ResourceARN": each.Arn}, &tagged)
			matches := true
			for _, want := range filter.TagFilters {
				has := false
				for _, tag := range tagged.Tags {
					has = has || (tag.Key == want.Key && tag.Value == want.Values[0])
				}
				matches = matches && has
			}
			if matches {
				list = append(list, map[string]any{"ResourceARN": each.Arn, "Tags": tagged.Tags})
			}
		}
	}
	body["ResourceTagMappingList"] = list
	rewrite(response, body)
}

func (g *Gateway) serviceExists(c call, cluster, name string) bool {
	var found struct{ Services []struct{ Status string } }
	g.callMoto(c.region, "ecs", ecs+"DescribeServices", map[string]any{"cluster": cluster, "services": []string{name}}, &found)
	return len(found.Services) > 0 && found.Services[0].Status == "ACTIVE"
}

// Prefixes of X-Amz-Target in the JSON protocols.
const (
	ecs      = "AmazonEC2ContainerServiceV20141113."
	cloudMap = "Route53AutoNaming_v20170314."
)

// Call calls an operation of a JSON protocol in a region. The target is the value of X-Amz-Target.
func (g *Gateway) Call(region, service, target string, input, output any) {
	send(g, region, service, target, input, output)
}

// callMoto is Call without the log and holds of the gateway.
func (g *Gateway) callMoto(region, service, target string, input, output any) {
	send(g.moto, region, service, target, input, output)
}

func send(handler http.Handler, region, service, target string, input, output any) {
	text, err := json.Marshal(input)
	if err != nil {
		return
	}
	request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(text))
	request.Header.Set("X-Amz-Target", target)
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=test/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", region, service))
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, request)
	_ = json.Unmarshal(response.Body.Bytes(), output)
}

func writeJSON(response *httptest.ResponseRecorder, status int, body any) {
	response.Header().Set("Content-Type", "application/x-amz-json-1.1")
	response.WriteHeader(status)
	_ = json.NewEncoder(response.Body).Encode(body)
}

func rewrite(response *httptest.ResponseRecorder, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	response.Body = bytes.NewBuffer(text)
}

const healthyTargets = `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions>` +
	`<member><Target><Id>10.0.0.1</Id><Port>8001</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>` +
	`<member><Target><Id>10.0.0.2</Id><Port>8001</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>` +
	`</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`
