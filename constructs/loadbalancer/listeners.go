package loadbalancer

import (
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistener"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const (
	httpListener  = "aws_lb_listener.main"
	httpsListener = "aws_lb_listener.https"
)

// newListeners creates the listeners and their rules. It returns the address of the listener that forwards, and the
// addresses that the service depends on.
//
// Without HTTPS, the listener main forwards. With HTTPS, the listener https forwards, and main redirects to it.
// Turning HTTPS on or off changes main in place while https is there, so a client finds an open port at every
// moment. If main moved between the ports instead, the redirect could take port 80 only after main had left it,
// and would have to leave before main came back. Terraform records both orders in the state, and a fleet in
// which HTTPS was just turned off could then not be destroyed: the dependencies are a cycle.
func newListeners(scope constructs.Construct, cfg Config, targetGroupARN string) (forwarding string, ready []string) {
	forward := &lblistener.LbListenerDefaultAction{Type: new("forward"), TargetGroupArn: &targetGroupARN}
	main := &lblistener.LbListenerConfig{Port: new(float64(cfg.Port)), Protocol: new("HTTP"), DefaultAction: []*lblistener.LbListenerDefaultAction{forward}}
	forwarding = httpListener
	if cfg.HTTPS != nil {
		forwarding = httpsListener
		newListener(scope, "https", cfg, &lblistener.LbListenerConfig{
			Port: new(float64(cfg.HTTPS.Port)), Protocol: new("HTTPS"), DefaultAction: main.DefaultAction,
			CertificateArn: &cfg.HTTPS.CertificateARN, SslPolicy: &cfg.HTTPS.Policy,
		})
		ready = append(ready, httpsListener)
		main.DefaultAction = []*lblistener.LbListenerDefaultAction{redirect(cfg.HTTPS.Port)}
	}
	listener := newListener(scope, "main", cfg, main)
	if cfg.HTTPS != nil {
		// Redirect to an HTTPS listener that exists.
		listener.AddOverride(new("depends_on"), []string{httpsListener})
	}
	ready = append(ready, httpListener)
	if len(cfg.Paths) > 0 {
		newRules(scope, cfg, forwarding, targetGroupARN)
		ready = append(ready, otherPaths)
	}
	return forwarding, ready
}

// redirect keeps host, path and query. Clients repeat a POST as a GET without its body, so this helps browsers
// but not MCP clients. Load balancers do not offer the codes 307 and 308, which would keep the method.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
func redirect(port int) *lblistener.LbListenerDefaultAction {
	return &lblistener.LbListenerDefaultAction{
		Type:     new("redirect"),
		Redirect: &lblistener.LbListenerDefaultActionRedirect{Protocol: new("HTTPS"), Port: new(strconv.Itoa(port)), StatusCode: new("HTTP_301")},
	}
}

func newListener(scope constructs.Construct, id string, cfg Config, listener *lblistener.LbListenerConfig) lblistener.LbListener {
	listener.LoadBalancerArn = new(hcl.OneOrNull(address, "arn"))
	listener.Tags = pointer.NameTag(cfg.Name)
	// Detach the service from the target group before the listener is destroyed. By default Terraform destroys
	// the listener first, which leaves the service with a target group that has no load balancer.
	listener.Lifecycle = &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}
	created := lblistener.NewLbListener(scope, new("listener_"+id), listener)
	created.OverrideLogicalId(&id)
	created.AddOverride(new("count"), hcl.Expression(cfg.Count))
	return created
}
