package gateway

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// listener is a listener in moto.
type listener struct {
	ARN          string `xml:"ListenerArn"`
	LoadBalancer string `xml:"LoadBalancerArn"`
	Port         string
	XML          string `xml:",innerxml"`
}

// settings returns everything but the identity of the listener.
func (l listener) settings() string { return strings.ReplaceAll(l.XML, l.ARN, "") }

// rule is a rule of a listener in moto.
type rule struct {
	ARN string `xml:"RuleArn"`
	XML string `xml:",innerxml"`
}

// elb calls an operation of the load balancers in moto.
func (g *Gateway) elb(region, action string, input url.Values, output any) {
	input.Set("Action", action)
	input.Set("Version", "2015-12-01")
	g.queryMoto(region, "elasticloadbalancing", input, output)
}

// loadBalancers returns the ARNs of all load balancers of a region.
func (g *Gateway) loadBalancers(region string) (arns []string) {
	for marker := ""; ; {
		var output struct {
			ARNs       []string `xml:"DescribeLoadBalancersResult>LoadBalancers>member>LoadBalancerArn"`
			NextMarker string   `xml:"DescribeLoadBalancersResult>NextMarker"`
		}
		input := url.Values{}
		if marker != "" {
			input.Set("Marker", marker)
		}
		g.elb(region, "DescribeLoadBalancers", input, &output)
		arns = append(arns, output.ARNs...)
		if marker = output.NextMarker; marker == "" {
			return arns
		}
	}
}

func (g *Gateway) listeners(region, loadBalancer string) []listener {
	var output struct {
		Listeners []listener `xml:"DescribeListenersResult>Listeners>member"`
	}
	g.elb(region, "DescribeListeners", url.Values{"LoadBalancerArn": {loadBalancer}}, &output)
	return output.Listeners
}

// rules returns the rules of a listener except the default rule, which has no tags of its own.
func (g *Gateway) rules(region, listener string) (rules []rule) {
	var output struct {
		Rules []rule `xml:"DescribeRulesResult>Rules>member"`
	}
	g.elb(region, "DescribeRules", url.Values{"ListenerArn": {listener}}, &output)
	for _, each := range output.Rules {
		if !strings.Contains(each.XML, "<IsDefault>true</IsDefault>") {
			rules = append(rules, each)
		}
	}
	return rules
}

// loadBalancersWith returns the load balancers with a listener or rule that refers to a target group or a
// certificate.
func (g *Gateway) loadBalancersWith(region, arn string) (arns []string) {
	for _, loadBalancer := range g.loadBalancers(region) {
		if g.refersTo(region, loadBalancer, arn) {
			arns = append(arns, loadBalancer)
		}
	}
	return arns
}

func (g *Gateway) refersTo(region, loadBalancer, arn string) bool {
	for _, listener := range g.listeners(region, loadBalancer) {
		if strings.Contains(listener.XML, arn) {
			return true
		}
		for _, rule := range g.rules(region, listener.ARN) {
			if strings.Contains(rule.XML, arn) {
				return true
			}
		}
	}
	return false
}

// checkCertificate rejects a listener whose certificate has not been issued. moto only checks that it exists.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func (g *Gateway) checkCertificate(c call, response *httptest.ResponseRecorder) bool {
	form, _ := url.ParseQuery(string(c.body))
	arn := form.Get("Certificates.member.1.CertificateArn")
	if !strings.Contains(arn, ":acm:") || g.certificate(c.region, arn)["Status"] == "ISSUED" {
		return false
	}
	writeXMLError(response, "UnsupportedCertificate", fmt.Sprintf("The certificate '%s' must have a fully-qualified domain name, a supported signature, and a supported key size.", arn))
	return true
}

// amendNewListener corrects the creation of a listener on a port in use, which moto accepts. AWS returns the
// existing listener if the settings are equal.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
func (g *Gateway) amendNewListener(c call, response *httptest.ResponseRecorder) {
	var output struct {
		Listeners []listener `xml:"CreateListenerResult>Listeners>member"`
	}
	if xml.Unmarshal(response.Body.Bytes(), &output) != nil || len(output.Listeners) == 0 {
		return
	}
	created := output.Listeners[0]
	existing, found := g.listenerOnPort(c.region, created)
	if !found {
		return
	}
	g.elb(c.region, "DeleteListener", url.Values{"ListenerArn": {created.ARN}}, &struct{}{})
	if existing.settings() != created.settings() {
		writeXMLError(response, "DuplicateListener", fmt.Sprintf("A listener already exists on this port for this load balancer '%s'", created.LoadBalancer))
		return
	}
	response.Body = bytes.NewBufferString(strings.ReplaceAll(response.Body.String(), created.ARN, existing.ARN))
}

// modifyListener rejects a port in use, which moto accepts, and a certificate that has not been issued.
// https://github.com/hashicorp/terraform/issues/26407
func (g *Gateway) modifyListener(c call, response *httptest.ResponseRecorder) bool {
	form, _ := url.ParseQuery(string(c.body))
	changed := listener{ARN: form.Get("ListenerArn"), Port: form.Get("Port")}
	changed.LoadBalancer = path.Dir(strings.Replace(changed.ARN, ":listener/", ":loadbalancer/", 1))
	if _, found := g.listenerOnPort(c.region, changed); found {
		writeXMLError(response, "ValidationError", fmt.Sprintf("Listener port '%s' is already in use", changed.Port))
		return true
	}
	return g.checkCertificate(c, response)
}

// listenerOnPort returns another listener on the same port of the same load balancer.
func (g *Gateway) listenerOnPort(region string, other listener) (existing listener, found bool) {
	for _, each := range g.listeners(region, other.LoadBalancer) {
		if each.ARN != other.ARN && each.Port == other.Port {
			return each, true
		}
	}
	return listener{}, false
}

// deleteLoadBalancer rejects a load balancer that is protected from deletion. moto deletes it.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
func (g *Gateway) deleteLoadBalancer(c call, response *httptest.ResponseRecorder) bool {
	form, _ := url.ParseQuery(string(c.body))
	arn := form.Get("LoadBalancerArn")
	var output struct {
		Attributes []struct{ Key, Value string } `xml:"DescribeLoadBalancerAttributesResult>Attributes>member"`
	}
	g.elb(c.region, "DescribeLoadBalancerAttributes", url.Values{"LoadBalancerArn": {arn}}, &output)
	for _, attribute := range output.Attributes {
		if attribute.Key == "deletion_protection.enabled" && attribute.Value == "true" {
			writeXMLError(response, "OperationNotPermitted", fmt.Sprintf("Load balancer '%s' cannot be deleted because deletion protection is enabled", arn))
			return true
		}
	}
	return false
}

// conditionValues is the quota of values in the conditions of a rule.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const conditionValues = 5

var conditionValue = regexp.MustCompile(`^Conditions\.member\.\d+\..*Values\.member\.\d+$`)

// checkConditions rejects a rule with too many values. moto accepts it.
func (g *Gateway) checkConditions(c call, response *httptest.ResponseRecorder) bool {
	form, _ := url.ParseQuery(string(c.body))
	count := 0
	for name := range form {
		if conditionValue.MatchString(name) {
			count++
		}
	}
	if count <= conditionValues {
		return false
	}
	writeXMLError(response, "ValidationError", fmt.Sprintf("A rule can only have '%d' condition values", conditionValues))
	return true
}

// amendTargetHealth returns healthy targets. moto starts no tasks.
func (g *Gateway) amendTargetHealth(c call, response *httptest.ResponseRecorder) {
	if function := targetOf(c); strings.HasPrefix(function, "arn:aws:lambda:") {
		response.Body = bytes.NewBufferString(fmt.Sprintf(functionTarget, function))
		return
	}
	response.Body = bytes.NewBufferString(healthyTargets)
}

func targetOf(c call) string {
	form, _ := url.ParseQuery(string(c.body))
	return form.Get("Targets.member.1.Id")
}

const functionTarget = `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions>` +
	`<member><Target><Id>%s</Id></Target><TargetHealth><State>healthy</State></TargetHealth></member>` +
	`</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`

const healthyTargets = `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions>` +
	`<member><Target><Id>10.0.0.1</Id><Port>8001</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>` +
	`<member><Target><Id>10.0.0.2</Id><Port>8001</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>` +
	`</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`
