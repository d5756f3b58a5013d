package ops

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const (
	defaultPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
	tls13Policy   = "ELBSecurityPolicy-TLS13-1-3-2021-06"
	validationSet = "_a1." + customDomain + "."
	validated     = "_b2.acm-validations.aws."
)

// Listeners of a region with HTTPS.
var (
	httpsListener    = forwardListener(443, "HTTPS", targetGroupARN, certified(certificateARN, defaultPolicy))
	redirectListener = `<member><Port>80</Port><Protocol>HTTP</Protocol><DefaultActions><member><Type>redirect</Type>
		<RedirectConfig><Protocol>HTTPS</Protocol><Port>443</Port><StatusCode>HTTP_301</StatusCode></RedirectConfig></member></DefaultActions></member>`
)

func certified(arn, policy string) string {
	return "<Certificates><member><CertificateArn>" + arn + "</CertificateArn></member></Certificates><SslPolicy>" + policy + "</SslPolicy>"
}

// secure are the responses for a region with HTTPS in which all is as the fleet file says, with some replaced.
func secure(t *testing.T, replaced map[string]response) map[string]response {
	t.Helper()
	aws := certificateIn(t, nil)
	aws["DescribeListeners"] = body(listeners(httpsListener, redirectListener))
	aws["DescribeSecurityGroups"] = body(securityGroups(rule(80, "0.0.0.0/0", "")+rule(443, "0.0.0.0/0", ""), rule(8001, "", taskGroup), rule(8001, "", balancerGroup)))
	aws["ListHostedZonesByName"] = zones("example.com.", false)
	aws["ListResourceRecordSets"] = records(alias(customDomain+".", "eu-west-1", balancerDNS), alias(regionalDomain+".", "", balancerDNS), cname(validationSet, "eu-west-1", validated))
	aws["DescribeRules"] = body(rules(pathRule(targetGroupARN, "/mcp", "/health"), rejectRule))
	aws["GetWebACLForResource"] = body(mustJSON(t, object{"WebACL": object{"Name": prefix + "-waf"}}))
	maps.Copy(aws, replaced)
	return aws
}

func TestDoctorFindsNothingInASecureRegion(t *testing.T) {
	const settings = httpsFleet + "\n  access: {paths: [/mcp, /health]}\n  waf: {enabled: true}"
	diagnosis := newFakeAWS(t, secure(t, nil)).region(settings, saturday).Doctor(t.Context())
	found(t, diagnosis, "")
	for _, check := range []string{"paths", "web acl", "certificate", "domain"} {
		if !slices.Contains(diagnosis.Checked, check) {
			t.Errorf("%s was not checked", check)
		}
	}
}

// TestDoctorFollowsARequestOverHTTPS breaks one part of the entrance at a time.
func TestDoctorFollowsARequestOverHTTPS(t *testing.T) {
	out, tasks := rule(8001, "", taskGroup), rule(8001, "", balancerGroup)
	for name, each := range map[string]struct {
		settings            string
		operation, response string
		check               string
		code                Code
		message             string
	}{
		"HTTPS was turned on":       {"", "DescribeListeners", listener(80, "HTTP", targetGroupARN), "listener", Drift, "HTTPS is off in AWS but on in the fleet file"},
		"no HTTPS listener":         {"", "DescribeListeners", listeners(redirectListener), "listener", ListenerWrong, "no listener on port 443"},
		"HTTP on the HTTPS port":    {"", "DescribeListeners", listeners(forwardListener(443, "HTTP", targetGroupARN, ""), redirectListener), "listener", ListenerWrong, "port 443 speaks HTTP, not HTTPS"},
		"no certificate":            {"", "DescribeListeners", listeners(forwardListener(443, "HTTPS", targetGroupARN, "<SslPolicy>"+defaultPolicy+"</SslPolicy>"), redirectListener), "listener", ListenerWrong, "no certificate"},
		"another policy":            {"", "DescribeListeners", listeners(forwardListener(443, "HTTPS", targetGroupARN, certified(certificateARN, tls13Policy)), redirectListener), "listener", Drift, "policy is " + tls13Policy + ", not " + defaultPolicy},
		"another certificate":       {"\n  load_balancer: {https: {certificate_arn: " + certificateARN + "}}", "DescribeListeners", listeners(forwardListener(443, "HTTPS", targetGroupARN, certified("arn:other", defaultPolicy)), redirectListener), "listener", Drift, "certificate is arn:other, not " + certificateARN},
		"another target group":      {"", "DescribeListeners", listeners(forwardListener(443, "HTTPS", targetGroupARN+"0", certified(certificateARN, defaultPolicy)), redirectListener), "listener", ListenerWrong, "target group"},
		"nothing redirects":         {"", "DescribeListeners", listeners(httpsListener), "listener", ListenerWrong, "no listener on port 80 to redirect"},
		"HTTP is forwarded":         {"", "DescribeListeners", listeners(httpsListener, forwardListener(80, "HTTP", targetGroupARN, "")), "listener", ListenerWrong, "port 80 forwards requests without HTTPS"},
		"HTTP goes elsewhere":       {"", "DescribeListeners", listeners(httpsListener, forwardListener(80, "HTTP", "arn:other", "")), "listener", ListenerWrong, "port 80 does not redirect"},
		"HTTPS is kept out":         {"", "DescribeSecurityGroups", securityGroups(rule(80, "0.0.0.0/0", ""), out, tasks), "security groups", SecurityGroups, "from the internet on port 443"},
		"HTTP is kept out":          {"", "DescribeSecurityGroups", securityGroups(rule(443, "0.0.0.0/0", ""), out, tasks), "security groups", SecurityGroups, "from the internet on port 80"},
		"one path is not forwarded": {"\n  access: {paths: [/mcp, /health, /.well-known/*]}", "DescribeRules", rules(pathRule(targetGroupARN, "/mcp", "/health"), rejectRule), "paths", PathsWrong, "no listener rule forwards /.well-known/*"},
		"a path goes elsewhere":     {"\n  access: {paths: [/mcp, /health]}", "DescribeRules", rules(pathRule(targetGroupARN, "/mcp"), pathRule("arn:other", "/health"), rejectRule), "paths", PathsWrong, "no listener rule forwards /health"},
		"a path too many":           {"\n  access: {paths: [/mcp]}", "DescribeRules", rules(pathRule(targetGroupARN, "/mcp", "/metrics"), rejectRule), "paths", PathsWrong, "a listener rule forwards /metrics"},
		"other paths are forwarded": {"\n  access: {paths: [/mcp, /health]}", "DescribeRules", rules(pathRule(targetGroupARN, "/mcp", "/health")), "paths", PathsWrong, "no listener rule rejects other paths"},
		"no web ACL":                {"\n  waf: {enabled: true}", "GetWebACLForResource", `{}`, "web acl", WebACLMissing, "no web ACL is associated"},
		"another fleet's web ACL":   {"\n  waf: {enabled: true}", "GetWebACLForResource", `{"WebACL": {"Name": "other"}}`, "web acl", WebACLMissing, "web ACL is other, not " + prefix + "-waf"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := secure(t, map[string]response{each.operation: body(each.response)})
			problems := found(t, newFakeAWS(t, aws).region(httpsFleet+each.settings, saturday).Doctor(t.Context()), each.check)
			if len(problems) != 1 || problems[0].Code != each.code || !strings.Contains(problems[0].Message, each.message) || problems[0].Fix.Verb != VerbDeploy {
				t.Errorf("got %+v", problems)
			}
		})
	}
}

func rules(all ...string) string {
	return elbResponse("DescribeRules", "<Rules>"+strings.Join(all, "")+"</Rules>")
}

func pathRule(group string, paths ...string) string {
	return conditional("<Type>forward</Type><TargetGroupArn>"+group+"</TargetGroupArn>", paths...)
}

var rejectRule = conditional("<Type>fixed-response</Type><FixedResponseConfig><StatusCode>404</StatusCode></FixedResponseConfig>", "*")

func conditional(action string, paths ...string) string {
	return "<member><Actions><member>" + action + "</member></Actions><Conditions><member><Field>path-pattern</Field><PathPatternConfig><Values><member>" +
		strings.Join(paths, "</member><member>") + "</member></Values></PathPatternConfig></member></Conditions></member>"
}

// TestDoctorReportsThatItMayNotLook at what only a region with HTTPS has.
func TestDoctorReportsThatItMayNotLook(t *testing.T) {
	const settings = httpsFleet + "\n  access: {paths: [/mcp, /health]}\n  waf: {enabled: true}"
	for operation, check := range map[string]string{"DescribeRules": "paths", "GetWebACLForResource": "web acl", "DescribeCertificate": "certificate"} {
		aws := secure(t, map[string]response{operation: refuse(http.StatusForbidden, "AccessDeniedException", "no")})
		problems := found(t, newFakeAWS(t, aws).region(settings, saturday).Doctor(t.Context()), check)
		if !slices.Equal(codes(problems), []Code{NotAllowed}) {
			t.Errorf("%s: got %+v", operation, problems)
		}
	}
}
