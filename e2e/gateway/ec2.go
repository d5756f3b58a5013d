package gateway

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"strings"
)

// modifyRuleForAllPorts changes the description of a rule. moto requires ports even if the protocol is -1. The
// stacks only change the description of these rules.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html
func (g *Gateway) modifyRuleForAllPorts(c call, response *httptest.ResponseRecorder) bool {
	form, err := url.ParseQuery(string(c.body))
	if err != nil || form.Get("SecurityGroupRule.1.SecurityGroupRule.IpProtocol") != "-1" {
		return false
	}
	g.lock.Lock()
	g.memory.set(form.Get("SecurityGroupRule.1.SecurityGroupRuleId"), "description", form.Get("SecurityGroupRule.1.SecurityGroupRule.Description"))
	g.lock.Unlock()
	response.Body = bytes.NewBufferString(`<ModifySecurityGroupRulesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><return>true</return></ModifySecurityGroupRulesResponse>`)
	return true
}

// amendSubnets corrects the state of a subnet's IPv6 block, which moto returns as a Python dictionary.
func (g *Gateway) amendSubnets(_ call, response *httptest.ResponseRecorder) {
	response.Body = bytes.NewBufferString(strings.ReplaceAll(response.Body.String(), "{'State': 'associated'}", "associated"))
}
