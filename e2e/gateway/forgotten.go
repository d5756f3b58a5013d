package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
)

// What moto takes and does not give back, so that a second plan would set it again. The gateway gives it
// back; a second plan that still is not empty fails its test.
var (
	forgottenOfServices = map[string]string{
		"availabilityZoneRebalancing":   "not in moto's model of a service",
		"healthCheckGracePeriodSeconds": "kept by UpdateService, not by CreateService",
	}
	forgottenOfRules = map[string]string{
		"description": "kept by ModifySecurityGroupRules, not by AuthorizeSecurityGroup… where that names a group",
	}
)

// memory is what moto forgets: by the name of a service or the id of a rule, and by field.
type memory map[string]map[string]any

func (m memory) keep(of, field string, value any) {
	if m[of] == nil {
		m[of] = map[string]any{}
	}
	m[of][field] = value
}

// rememberService keeps what a request says of a service.
func (g *Gateway) rememberService(asked call) {
	var said map[string]any
	if json.Unmarshal(asked.body, &said) != nil {
		return
	}
	name := said["serviceName"] // of CreateService; UpdateService takes a name or an ARN as service
	if name == nil {
		name = path.Base(fmt.Sprint(said["service"]))
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	for field := range forgottenOfServices {
		if value, there := said[field]; there {
			g.memory.keep(fmt.Sprint(name), field, value)
		}
	}
}

var ruleID = regexp.MustCompile(`<securityGroupRuleId>([^<]+)</securityGroupRuleId>`)

// rememberRule keeps what is said of a rule in a request that moto has answered. What was said before is
// of no use after a change, which moto keeps itself.
func (g *Gateway) rememberRule(asked call, answer *httptest.ResponseRecorder) {
	form, err := url.ParseQuery(string(asked.body))
	if err != nil {
		return
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	delete(g.memory, form.Get("SecurityGroupRule.1.SecurityGroupRuleId"))
	made := ruleID.FindSubmatch(answer.Body.Bytes())
	description := form.Get("IpPermissions.1.Groups.1.Description")
	if made != nil && description != "" {
		g.memory.keep(string(made[1]), "description", description)
	}
}

// remindOfRules puts what moto has forgotten into a list of rules.
func (g *Gateway) remindOfRules(answer *httptest.ResponseRecorder) {
	g.lock.Lock()
	defer g.lock.Unlock()
	answer.Body = bytes.NewBuffer(ruleID.ReplaceAllFunc(answer.Body.Bytes(), func(element []byte) []byte {
		for field := range forgottenOfRules {
			if value, there := g.memory[string(ruleID.FindSubmatch(element)[1])][field]; there {
				element = fmt.Appendf(bytes.Clone(element), "<%s>%v</%s>", field, value, field)
			}
		}
		return element
	}))
}
