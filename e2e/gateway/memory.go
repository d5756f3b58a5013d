package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
)

// Fields that moto accepts but does not return, so that a second plan would set them again. The gateway adds
// them to the responses. A test fails if a second plan still has changes.
var (
	droppedFromServices = map[string]string{
		"availabilityZoneRebalancing":   "not in moto's model of a service",
		"capacityProviderStrategy":      "stored by UpdateService, not by CreateService",
		"deploymentConfiguration":       "not in moto's model of a service",
		"enableExecuteCommand":          "not in moto's model of a service",
		"healthCheckGracePeriodSeconds": "stored by UpdateService, not by CreateService",
	}
	droppedFromRules = map[string]string{
		"description": "stored by ModifySecurityGroupRules, not by AuthorizeSecurityGroup… with a referenced group",
	}
)

// memory stores fields that moto drops, by service name or rule ID.
type memory map[string]map[string]any

// set stores a field. An object keeps the fields that the new value leaves out, as ECS keeps what an update of a
// deployment configuration does not mention.
func (m memory) set(id, field string, value any) {
	if m[id] == nil {
		m[id] = map[string]any{}
	}
	before, isObject := m[id][field].(map[string]any)
	after, staysObject := value.(map[string]any)
	if isObject && staysObject {
		merged := maps.Clone(before)
		maps.Copy(merged, after)
		value = merged
	}
	m[id][field] = value
}

// rememberService stores the dropped fields of a request.
func (g *Gateway) rememberService(c call) {
	var input map[string]any
	if json.Unmarshal(c.body, &input) != nil {
		return
	}
	name := input["serviceName"] // in CreateService; UpdateService has a name or an ARN in service
	if name == nil {
		name = path.Base(fmt.Sprint(input["service"]))
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	for field := range droppedFromServices {
		if value, present := input[field]; present {
			g.memory.set(fmt.Sprint(name), field, value)
		}
	}
}

var ruleID = regexp.MustCompile(`<securityGroupRuleId>([^<]+)</securityGroupRuleId>`)

// rememberRule stores the description of a rule in a request that moto has handled. It deletes the stored
// description if the request modifies a rule, because moto stores the new one itself.
func (g *Gateway) rememberRule(c call, response *httptest.ResponseRecorder) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	delete(g.memory, form.Get("SecurityGroupRule.1.SecurityGroupRuleId"))
	created := ruleID.FindSubmatch(response.Body.Bytes())
	description := form.Get("IpPermissions.1.Groups.1.Description")
	if created != nil && description != "" {
		g.memory.set(string(created[1]), "description", description)
	}
}

// restoreRules adds the dropped fields to a list of rules.
func (g *Gateway) restoreRules(_ call, response *httptest.ResponseRecorder) {
	g.lock.Lock()
	defer g.lock.Unlock()
	response.Body = bytes.NewBuffer(ruleID.ReplaceAllFunc(response.Body.Bytes(), func(element []byte) []byte {
		for field := range droppedFromRules {
			if value, present := g.memory[string(ruleID.FindSubmatch(element)[1])][field]; present {
				element = fmt.Appendf(bytes.Clone(element), "<%s>%v</%s>", field, value, field)
			}
		}
		return element
	}))
}
