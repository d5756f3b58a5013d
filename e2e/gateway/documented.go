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

// documented answers a call in moto's place, and is false where moto answers as AWS does.
func (g *Gateway) documented(asked call, answer *httptest.ResponseRecorder) bool {
	if asked.service == "s3" && asked.request.URL.Query().Has("lifecycle") {
		return g.lifecycle(asked, answer)
	}
	switch asked.operation {
	case "application-autoscaling.ListTagsForResource":
		// moto has no tags of scalable targets, and the provider would ask again for many minutes.
		var of struct{ ResourceARN string }
		_ = json.Unmarshal(asked.body, &of)
		g.lock.Lock()
		defer g.lock.Unlock()
		writeJSON(answer, http.StatusOK, map[string]any{"Tags": g.tags[asked.region]})
		return true
	case "application-autoscaling.RegisterScalableTarget", "application-autoscaling.TagResource":
		var with struct{ Tags any }
		if json.Unmarshal(asked.body, &with) == nil && with.Tags != nil {
			g.lock.Lock()
			g.tags[asked.region] = with.Tags
			g.lock.Unlock()
		}
	case "ec2.ModifySecurityGroupRules":
		// moto wants ports where the protocol is all of them. The stacks change only the description of such.
		// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html
		if form, err := url.ParseQuery(string(asked.body)); err == nil && form.Get("SecurityGroupRule.1.SecurityGroupRule.IpProtocol") == "-1" {
			g.lock.Lock()
			g.memory.keep(form.Get("SecurityGroupRule.1.SecurityGroupRuleId"), "description", form.Get("SecurityGroupRule.1.SecurityGroupRule.Description"))
			g.lock.Unlock()
			answer.Body = bytes.NewBufferString(`<ModifySecurityGroupRulesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><return>true</return></ModifySecurityGroupRulesResponse>`)
			return true
		}
	case "ecs.ListServiceDeployments":
		// moto does not know the call; a service has none for 90 days after its last.
		writeJSON(answer, http.StatusOK, map[string]any{"serviceDeployments": []any{}})
		return true
	case "ecs.UpdateService":
		g.rememberService(asked)
	case "ecs.CreateService":
		// moto overwrites. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
		var service struct{ ServiceName, Cluster string }
		_ = json.Unmarshal(asked.body, &service)
		if g.serviceExists(asked, service.Cluster, service.ServiceName) {
			writeJSON(answer, http.StatusBadRequest, map[string]any{"__type": "InvalidParameterException", "message": "Creation of service was not idempotent."})
			return true
		}
		g.rememberService(asked)
	case "servicediscovery.DeleteService":
		// moto deletes a service with instances in it.
		// https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteService.html
		var service struct {
			ID string `json:"Id"`
		}
		_ = json.Unmarshal(asked.body, &service)
		var of struct{ Instances []any }
		g.askMoto(asked.region, "servicediscovery", cloudMap+"ListInstances", map[string]any{"ServiceId": service.ID}, &of)
		if len(of.Instances) > 0 {
			writeJSON(answer, http.StatusBadRequest, map[string]any{"__type": "ResourceInUse", "Message": "Service contains registered instances; delete the instances before deleting the service"})
			return true
		}
	}
	return false
}

// lifecycle gives a bucket's lifecycle rules back as they were put; moto loses an empty prefix and the
// number of versions to keep.
func (g *Gateway) lifecycle(asked call, answer *httptest.ResponseRecorder) bool {
	g.lock.Lock()
	defer g.lock.Unlock()
	bucket := asked.request.URL.Path
	if asked.request.Method != http.MethodGet {
		g.lifecycles[bucket] = asked.body
		return false
	}
	if g.lifecycles[bucket] == nil {
		return false
	}
	answer.Header().Set("Content-Type", "application/xml")
	answer.Header().Set("X-Amz-Transition-Default-Minimum-Object-Size", "all_storage_classes_128K")
	_, _ = answer.Write(g.lifecycles[bucket])
	return true
}

// amend changes moto's answer to what AWS would say.
func (g *Gateway) amend(asked call, answer *httptest.ResponseRecorder) {
	switch asked.operation {
	case "ec2.CreateSubnet", "ec2.DescribeSubnets":
		// moto prints the state of a subnet's IPv6 block as a Python dictionary.
		answer.Body = bytes.NewBufferString(strings.ReplaceAll(answer.Body.String(), "{'State': 'associated'}", "associated"))
	case "ec2.AuthorizeSecurityGroupIngress", "ec2.AuthorizeSecurityGroupEgress", "ec2.ModifySecurityGroupRules":
		g.rememberRule(asked, answer)
	case "ec2.DescribeSecurityGroupRules":
		g.remindOfRules(answer)
	case "elasticloadbalancing.CreateListener":
		// The call is idempotent: it returns the listener that exists.
		// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
		if answer.Code != http.StatusOK && strings.Contains(answer.Body.String(), "DuplicateListener") {
			g.existingListener(asked, answer)
		}
	case "ecs.DescribeServices", "ecs.UpdateService", "ecs.CreateService":
		g.amendServices(answer)
	case "application-autoscaling.RegisterScalableTarget":
		g.moveIntoRange(asked)
	case "elasticloadbalancing.DescribeTargetHealth":
		// ECS registers the tasks of a service; moto starts none.
		answer.Body = bytes.NewBufferString(healthyTargets)
	case "tagging.GetResources":
		g.addDiscovery(asked, answer)
	}
}

func (g *Gateway) existingListener(asked call, answer *httptest.ResponseRecorder) {
	form, _ := url.ParseQuery(string(asked.body))
	text := url.Values{"Action": {"DescribeListeners"}, "Version": form["Version"], "LoadBalancerArn": form["LoadBalancerArn"]}.Encode()
	again := httptest.NewRequest(http.MethodPost, g.URL+"/", strings.NewReader(text))
	again.Header = asked.request.Header.Clone()
	again.Header.Set("Content-Length", strconv.Itoa(len(text)))
	described := httptest.NewRecorder()
	g.moto.ServeHTTP(described, again)
	answer.Code = described.Code
	answer.Body = bytes.NewBufferString(strings.ReplaceAll(described.Body.String(), "DescribeListeners", "CreateListener"))
}

// amendServices lets as many tasks run as are wanted, where moto runs a fixed number, gives back what
// moto has forgotten, and shows the revision that a service was rolled back to.
func (g *Gateway) amendServices(answer *httptest.ResponseRecorder) {
	var body map[string]any
	if json.Unmarshal(answer.Body.Bytes(), &body) != nil {
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
		if fallen := g.rolledBack[fmt.Sprint(service["serviceName"])]; fallen != "" {
			service["taskDefinition"] = fallen
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
	rewrite(answer, body)
}

// moveIntoRange changes a service's desired count to one that its scalable target allows.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func (g *Gateway) moveIntoRange(asked call) {
	var target struct {
		ResourceID               string `json:"ResourceId"`
		MinCapacity, MaxCapacity int
	}
	if json.Unmarshal(asked.body, &target) != nil {
		return
	}
	parts := strings.Split(target.ResourceID, "/") // service/<cluster>/<service>
	if len(parts) != 3 {
		return
	}
	var found struct{ Services []struct{ DesiredCount int } }
	g.askMoto(asked.region, "ecs", ecs+"DescribeServices", map[string]any{"cluster": parts[1], "services": parts[2:]}, &found)
	for _, service := range found.Services {
		if count := min(max(service.DesiredCount, target.MinCapacity), target.MaxCapacity); count != service.DesiredCount {
			g.askMoto(asked.region, "ecs", ecs+"UpdateService", map[string]any{"cluster": parts[1], "service": parts[2], "desiredCount": count}, &struct{}{})
		}
	}
}

// RollBack lets a service fall back to a task definition, as the deployment circuit breaker does; ""
// ends it.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
func (g *Gateway) RollBack(service, taskDefinition string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.rolledBack[service] = taskDefinition
}

// addDiscovery adds what Cloud Map has, which moto's tagging API leaves out.
func (g *Gateway) addDiscovery(asked call, answer *httptest.ResponseRecorder) {
	var body map[string]any
	if json.Unmarshal(answer.Body.Bytes(), &body) != nil {
		return
	}
	var filter struct {
		TagFilters []struct {
			Key    string
			Values []string
		}
	}
	_ = json.Unmarshal(asked.body, &filter)
	list, _ := body["ResourceTagMappingList"].([]any)
	for operation, field := range map[string]string{"ListNamespaces": "Namespaces", "ListServices": "Services"} {
		var found map[string][]struct{ Arn string }
		g.askMoto(asked.region, "servicediscovery", cloudMap+""+operation, map[string]any{}, &found)
		for _, each := range found[field] {
			var tagged struct{ Tags []struct{ Key, Value string } }
			g.askMoto(asked.region, "servicediscovery", cloudMap+"ListTagsForResource", map[string]any{"ResourceARN": each.Arn}, &tagged)
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
	rewrite(answer, body)
}

func (g *Gateway) serviceExists(asked call, cluster, name string) bool {
	var found struct{ Services []struct{ Status string } }
	g.askMoto(asked.region, "ecs", ecs+"DescribeServices", map[string]any{"cluster": cluster, "services": []string{name}}, &found)
	return len(found.Services) > 0 && found.Services[0].Status == "ACTIVE"
}

// Prefixes of targets in the JSON protocols.
const (
	ecs      = "AmazonEC2ContainerServiceV20141113."
	cloudMap = "Route53AutoNaming_v20170314."
)

// Ask calls an operation in a region, by its target in the JSON protocols.
func (g *Gateway) Ask(region, service, target string, input, output any) {
	ask(g, region, service, target, input, output)
}

// askMoto does the same past the gateway, which then neither logs nor holds it.
func (g *Gateway) askMoto(region, service, target string, input, output any) {
	ask(g.moto, region, service, target, input, output)
}

func ask(whom http.Handler, region, service, target string, input, output any) {
	text, err := json.Marshal(input)
	if err != nil {
		return
	}
	request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(text))
	request.Header.Set("X-Amz-Target", target)
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=test/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", region, service))
	answer := httptest.NewRecorder()
	whom.ServeHTTP(answer, request)
	_ = json.Unmarshal(answer.Body.Bytes(), output)
}

func writeJSON(answer *httptest.ResponseRecorder, status int, body any) {
	answer.Header().Set("Content-Type", "application/x-amz-json-1.1")
	answer.WriteHeader(status)
	_ = json.NewEncoder(answer.Body).Encode(body)
}

func rewrite(answer *httptest.ResponseRecorder, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	answer.Body = bytes.NewBuffer(text)
}

const healthyTargets = `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions>` +
	`<member><Target><Id>10.0.0.1</Id><Port>8001</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>` +
	`<member><Target><Id>10.0.0.2</Id><Port>8001</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>` +
	`</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`
