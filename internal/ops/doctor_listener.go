package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"

	"github.com/cdtait/mcpfleet/config"
)

// listeners returns the load balancer's listeners, none if balancer is nil.
func (r *Region) listeners(ctx context.Context, balancer *elbtypes.LoadBalancer) ([]elbtypes.Listener, error) {
	if balancer == nil {
		return nil, nil
	}
	output, err := r.elb.DescribeListeners(ctx, &elb.DescribeListenersInput{LoadBalancerArn: balancer.LoadBalancerArn})
	if err != nil {
		return nil, err
	}
	return output.Listeners, nil
}

// onPort returns the listener on a port, nil if there is none.
func onPort(listeners []elbtypes.Listener, port int) *elbtypes.Listener {
	at := slices.IndexFunc(listeners, func(listener elbtypes.Listener) bool { return int(value(listener.Port)) == port })
	if at < 0 {
		return nil
	}
	return &listeners[at]
}

// servedCertificate returns the ARN of the certificate of the HTTPS listener, "" if there is none.
func servedCertificate(listeners []elbtypes.Listener) string {
	if https := onPort(listeners, config.HTTPSPort); https != nil && len(https.Certificates) > 0 {
		return value(https.Certificates[0].CertificateArn)
	}
	return ""
}

func checkListener(_ context.Context, e *examination) ([]Problem, error) {
	listeners, err := e.listeners()
	if err != nil {
		return nil, err
	}
	wrong := func(code Code, format string, arguments ...any) []Problem {
		return []Problem{{code, fmt.Sprintf(format, arguments...), e.deploy()}}
	}
	listener, plain := onPort(listeners, e.Port()), onPort(listeners, e.LoadBalancer.Port)
	https := onPort(listeners, config.HTTPSPort)
	switch {
	case e.HTTPS() && https == nil && plain != nil && e.forwards(plain.DefaultActions):
		return wrong(Drift, "HTTPS is off in AWS but on in the fleet file"), nil
	case listener == nil:
		return wrong(ListenerWrong, "the load balancer has no listener on port %d", e.Port()), nil
	case e.HTTPS() && listener.Protocol != elbtypes.ProtocolEnumHttps:
		return wrong(ListenerWrong, "the listener on port %d speaks %s, not HTTPS", e.Port(), listener.Protocol), nil
	case !e.HTTPS() && https != nil && https.Protocol == elbtypes.ProtocolEnumHttps:
		return wrong(Drift, "HTTPS is on in AWS but off in the fleet file"), nil
	case !e.HTTPS() && listener.Protocol != elbtypes.ProtocolEnumHttp:
		return wrong(ListenerWrong, "the listener on port %d speaks %s, not HTTP", e.Port(), listener.Protocol), nil
	}
	var found []Problem
	if e.HTTPS() {
		found = append(e.httpsProblems(listener), e.redirectProblems(plain)...)
	}
	if len(e.observed.service.LoadBalancers) > 0 && !e.forwards(listener.DefaultActions) {
		found = append(found, wrong(ListenerWrong, "the listener does not forward to the service's target group")...)
	}
	return found, nil
}

// forwards reports whether one of the actions forwards to the service's target group.
func (e *examination) forwards(actions []elbtypes.Action) bool {
	if len(e.observed.service.LoadBalancers) == 0 {
		return false
	}
	group := value(e.observed.service.LoadBalancers[0].TargetGroupArn)
	return slices.ContainsFunc(actions, func(action elbtypes.Action) bool {
		if action.ForwardConfig != nil {
			for _, each := range action.ForwardConfig.TargetGroups {
				if value(each.TargetGroupArn) == group {
					return true
				}
			}
		}
		return value(action.TargetGroupArn) == group
	})
}

// httpsProblems compares the certificate and the security policy of the HTTPS listener with the fleet file. The
// certificate that a stack requests is not in the fleet file.
func (e *examination) httpsProblems(listener *elbtypes.Listener) (found []Problem) {
	switch served, should := servedCertificate([]elbtypes.Listener{*listener}), e.LoadBalancer.HTTPS.CertificateARN; {
	case served == "":
		found = append(found, Problem{ListenerWrong, "the HTTPS listener has no certificate", e.deploy()})
	case should != "" && served != should:
		found = append(found, Problem{Drift, fmt.Sprintf("the listener's certificate is %s, not %s", served, should), e.deploy()})
	}
	if is, should := value(listener.SslPolicy), e.LoadBalancer.HTTPS.Policy; is != should {
		found = append(found, Problem{Drift, fmt.Sprintf("the listener's security policy is %s, not %s", is, should), e.deploy()})
	}
	return found
}

// redirectProblems checks the HTTP listener of a region with HTTPS.
func (e *examination) redirectProblems(plain *elbtypes.Listener) []Problem {
	isRedirect := func(action elbtypes.Action) bool {
		return action.RedirectConfig != nil && value(action.RedirectConfig.Protocol) == string(elbtypes.ProtocolEnumHttps)
	}
	switch {
	case plain == nil:
		return []Problem{{ListenerWrong, fmt.Sprintf("the load balancer has no listener on port %d to redirect to HTTPS", e.LoadBalancer.Port), e.deploy()}}
	case e.forwards(plain.DefaultActions):
		return []Problem{{ListenerWrong, fmt.Sprintf("the listener on port %d forwards requests without HTTPS instead of redirecting them", e.LoadBalancer.Port), e.deploy()}}
	case !slices.ContainsFunc(plain.DefaultActions, isRedirect):
		return []Problem{{ListenerWrong, fmt.Sprintf("the listener on port %d does not redirect to HTTPS", e.LoadBalancer.Port), e.deploy()}}
	}
	return nil
}

// listenerRules returns the rules of the listener that clients use, nil if there is no such listener. Every listener has a
// default rule.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
func (e *examination) listenerRules(ctx context.Context) ([]elbtypes.Rule, error) {
	listeners, err := e.listeners()
	if err != nil {
		return nil, err
	}
	listener := onPort(listeners, e.Port())
	if listener == nil {
		return nil, nil
	}
	pages := elb.NewDescribeRulesPaginator(e.elb, &elb.DescribeRulesInput{ListenerArn: listener.ListenerArn})
	return collect(ctx, pages, func(page *elb.DescribeRulesOutput) []elbtypes.Rule { return page.Rules })
}

// everyPath is the pattern that every path matches.
const everyPath = "*"

// checkPaths compares the rules of the listener with access.paths.
func checkPaths(_ context.Context, e *examination) (found []Problem, err error) {
	rules, err := e.rules()
	if err != nil || rules == nil {
		return nil, err // checkListener reports that there is no listener
	}
	var forwarded []string
	rejects := false
	for _, rule := range rules {
		patterns := pathPatterns(rule)
		switch {
		case e.isStandby(rule): // which matches every path while the region sleeps
		case e.forwards(rule.Actions):
			forwarded = append(forwarded, patterns...)
		case slices.Contains(patterns, everyPath):
			rejects = true
		}
	}
	isForwarded := func(path string) bool { return slices.Contains(forwarded, path) }
	isListed := func(path string) bool { return slices.Contains(e.Access.Paths, path) }
	if missing := slices.DeleteFunc(slices.Clone(e.Access.Paths), isForwarded); len(missing) > 0 {
		found = append(found, Problem{PathsWrong, "no listener rule forwards " + strings.Join(missing, ", "), e.deploy()})
	}
	if extra := slices.DeleteFunc(forwarded, isListed); len(extra) > 0 {
		found = append(found, Problem{PathsWrong, "a listener rule forwards " + strings.Join(extra, ", ") + ", which access.paths does not have",
			e.deploy().withAdvice("a rule that was added by hand stays: delete it")})
	}
	if !rejects {
		found = append(found, Problem{PathsWrong, "no listener rule rejects other paths, so the load balancer forwards them, too", e.deploy()})
	}
	return found, nil
}

// pathPatterns returns the patterns of a rule for nothing but paths.
func pathPatterns(rule elbtypes.Rule) []string {
	if len(rule.Conditions) != 1 || rule.Conditions[0].PathPatternConfig == nil {
		return nil
	}
	return rule.Conditions[0].PathPatternConfig.Values
}

func checkWebACL(ctx context.Context, e *examination) ([]Problem, error) {
	output, err := e.waf.GetWebACLForResource(ctx, &wafv2.GetWebACLForResourceInput{ResourceArn: e.observed.balancer.LoadBalancerArn})
	switch {
	case err != nil:
		return nil, err
	case output.WebACL == nil:
		return []Problem{{WebACLMissing, "no web ACL is associated with the load balancer, so AWS WAF filters no request", e.deploy()}}, nil
	case value(output.WebACL.Name) != e.Names.WebACL():
		return []Problem{{WebACLMissing, fmt.Sprintf("the load balancer's web ACL is %s, not %s", value(output.WebACL.Name), e.Names.WebACL()), e.deploy()}}, nil
	}
	return nil, nil
}
