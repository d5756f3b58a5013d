package gateway

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
)

const waf = "AWSWAF_20190729."

// amendDuplicateWebACL corrects the code of the error for a name in use.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
func (g *Gateway) amendDuplicateWebACL(_ call, response *httptest.ResponseRecorder) {
	response.Body = bytes.NewBufferString(strings.ReplaceAll(response.Body.String(), "WafV2DuplicateItem", "WAFDuplicateItemException"))
}

// associateWebACL ends an earlier association of the load balancer, which moto keeps beside the new one, and
// rejects a load balancer that does not exist.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
func (g *Gateway) associateWebACL(c call, response *httptest.ResponseRecorder) bool {
	if g.checkResource(c, response) {
		return true
	}
	var input struct{ ResourceArn string }
	_ = json.Unmarshal(c.body, &input)
	g.callMoto(c.region, "wafv2", waf+"DisassociateWebACL", input, &struct{}{})
	return false
}

// checkResource rejects a load balancer that does not exist. moto accepts all, and keeps the association of a
// deleted one.
func (g *Gateway) checkResource(c call, response *httptest.ResponseRecorder) bool {
	var input struct{ ResourceArn string }
	_ = json.Unmarshal(c.body, &input)
	if slices.Contains(g.loadBalancers(c.region), input.ResourceArn) {
		return false
	}
	writeError(response, "WAFNonexistentItemException", "AWS WAF couldn't perform the operation because your resource doesn't exist.")
	return true
}

// deleteWebACL rejects a web ACL that is associated with a load balancer. moto deletes it.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html
func (g *Gateway) deleteWebACL(c call, response *httptest.ResponseRecorder) bool {
	type webACL struct {
		ID string `json:"Id"`
	}
	var input webACL
	_ = json.Unmarshal(c.body, &input)
	for _, loadBalancer := range g.loadBalancers(c.region) {
		var output struct{ WebACL webACL }
		g.callMoto(c.region, "wafv2", waf+"GetWebACLForResource", map[string]any{"ResourceArn": loadBalancer}, &output)
		if output.WebACL == input {
			writeError(response, "WAFAssociatedItemException", "AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource.")
			return true
		}
	}
	return false
}
