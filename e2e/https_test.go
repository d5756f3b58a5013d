//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/google/go-cmp/cmp"
)

// plainHTTP is the setting that a fleet with a domain needs to keep HTTP.
const plainHTTP = "  load_balancer: {https: false}\n"

// domainFleet returns a fleet of two regions with a domain, and more settings.
func domainFleet(t *testing.T, settings ...string) *workspace {
	t.Helper()
	return newFleet(t, `project: fmp-mcp
environment: dev
defaults:
  container:
    image: ghcr.io/cdtait/fmp-mcp-server:latest
  dns: {enabled: true, zone: example.com, name: fmp}
`+strings.Join(settings, "")+`
regions:
  eu-west-1: {network: {cidr: 172.31.0.0/16}}
  eu-west-2: {network: {cidr: 172.30.0.0/16}}
`)
}

// httpsAddresses are the addresses that HTTPS adds to a fleet with a domain.
func httpsAddresses(t *testing.T, w *workspace) []string {
	t.Helper()
	return []string{
		"aws_acm_certificate.main", "aws_acm_certificate_validation.main", httpsListener,
		fmt.Sprintf("aws_route53_record.certificate[%q]", w.region(t, "eu-west-1").CustomDomain()),
		"aws_vpc_security_group_ingress_rule.alb_https",
	}
}

// scheduledDown is the scheduled action that exists unless weekend_state is up.
var scheduledDown = []string{"aws_appautoscaling_scheduled_action.down[0]"}

// The order of the calls that put a region to sleep and wake it.
var (
	fallAsleep = []string{"ecs.UpdateService", "elasticloadbalancing.DeleteListener", "elasticloadbalancing.DeleteListener", "elasticloadbalancing.DeleteLoadBalancer"}
	wakeUp     = []string{"elasticloadbalancing.CreateLoadBalancer", "elasticloadbalancing.CreateListener", "elasticloadbalancing.CreateListener", "ecs.UpdateService", "application-autoscaling.RegisterScalableTarget"}
)

// rules are the addresses of listener rules for up to five paths.
var rules = []string{`aws_lb_listener_rule.paths["1"]`, "aws_lb_listener_rule.other_paths[0]"}

// TestHTTPSOnAndOff turns HTTPS on in a fleet that serves HTTP, puts the region to sleep, wakes it, and turns
// HTTPS off again. The rules for paths move to the listener that forwards.
func TestHTTPSOnAndOff(t *testing.T) {
	t.Parallel()
	w := domainFleet(t, plainHTTP, "  access: {paths: [/mcp]}\n  weekend: {enabled: true, destroy_albs: true}\n")
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t, awake)
	base, added := s.addresses(t), httpsAddresses(t, w)

	on := changes(nil, added, httpListener)
	for _, rule := range rules {
		on[rule] = "replace"
	}
	w.edit(t, plainHTTP, "")
	if difference := cmp.Diff(on, s.apply(t, awake)); difference != "" {
		t.Errorf("HTTPS on (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, awake)
	s.checkAddresses(t, slices.Concat(base, added))
	// The redirect comes last, so that it leads to a listener.
	w.checkCallOrder(t, "acm.RequestCertificate", "route53.ChangeResourceRecordSets", "elasticloadbalancing.CreateListener", "elasticloadbalancing.ModifyListener")
	w.checkCallOrder(t, "elasticloadbalancing.CreateRule", "elasticloadbalancing.CreateRule", "elasticloadbalancing.DeleteRule", "elasticloadbalancing.DeleteRule")

	s.apply(t, asleep)
	s.checkNoChanges(t, asleep)
	s.checkAddresses(t, without(slices.Concat(base, added, scheduledDown), slices.Concat(loadBalancerAddresses, rules)))
	w.checkCallOrder(t, fallAsleep...)
	w.checkNotCalled(t, "acm.DeleteCertificate", "elasticloadbalancing.DeleteTargetGroup", "elasticloadbalancing.ModifyListener")

	s.apply(t, awake)
	s.checkNoChanges(t, awake)
	s.checkAddresses(t, slices.Concat(base, added))
	w.checkCallOrder(t, wakeUp...)
	w.checkNotCalled(t, "acm.RequestCertificate")

	off := changes(added, nil, httpListener)
	for _, rule := range rules {
		off[rule] = "replace"
	}
	w.edit(t, "regions:\n", plainHTTP+"regions:\n")
	if difference := cmp.Diff(off, s.apply(t, awake)); difference != "" {
		t.Errorf("HTTPS off (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, awake)
	s.checkAddresses(t, base)
	// HTTP forwards again before the other listener goes.
	w.checkCallOrder(t, "elasticloadbalancing.ModifyListener", "elasticloadbalancing.DeleteListener", "acm.DeleteCertificate")
	s.destroy(t)
}

// TestDestroyAfterTurningHTTPSOff destroys a fleet whose file has no HTTPS any more, but whose resources do.
func TestDestroyAfterTurningHTTPSOff(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := domainFleet(t)
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t)
	w.edit(t, "regions:\n", plainHTTP+"regions:\n")
	s.destroy(t)
}

// TestPathsAndWebACL sleeps and wakes with both, changes them in place, and turns them off.
func TestPathsAndWebACL(t *testing.T) {
	t.Parallel()
	const paths, acl = "  access: {paths: [/mcp, /health]}\n", "  waf: {enabled: true}\n"
	w := domainFleet(t, "  weekend: {enabled: true, destroy_albs: true}\n")
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t, awake)
	base := s.addresses(t)
	association := "aws_wafv2_web_acl_association.main[0]"
	added := append([]string{"aws_wafv2_web_acl.main", association}, rules...)

	w.edit(t, "regions:\n", paths+acl+"regions:\n")
	if difference := cmp.Diff(changes(nil, added, ""), s.apply(t, awake)); difference != "" {
		t.Errorf("on (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, awake)

	s.apply(t, asleep)
	s.checkNoChanges(t, asleep)
	s.checkAddresses(t, without(slices.Concat(base, added, scheduledDown), slices.Concat(loadBalancerAddresses, rules, []string{association})))
	w.checkCallOrder(t, "ecs.UpdateService", "wafv2.DisassociateWebACL", "elasticloadbalancing.DeleteLoadBalancer")
	w.checkCallOrder(t, "ecs.UpdateService", "elasticloadbalancing.DeleteRule", "elasticloadbalancing.DeleteListener")
	w.checkNotCalled(t, "wafv2.DeleteWebACL")

	s.apply(t, awake)
	s.checkNoChanges(t, awake)
	w.checkCallOrder(t, "elasticloadbalancing.CreateLoadBalancer", "wafv2.AssociateWebACL", "ecs.UpdateService")
	w.checkCallOrder(t, "elasticloadbalancing.CreateListener", "elasticloadbalancing.CreateRule", "elasticloadbalancing.CreateRule", "ecs.UpdateService")

	w.edit(t, "[/mcp, /health]", "[/mcp, /health, /.well-known/*, /a, /b, /c]")
	w.edit(t, "waf: {enabled: true}", "waf: {enabled: true, rate_limit: 500}")
	changed := map[string]string{`aws_lb_listener_rule.paths["1"]`: "update", `aws_lb_listener_rule.paths["2"]`: "create", "aws_wafv2_web_acl.main": "update"}
	if difference := cmp.Diff(changed, s.apply(t, awake)); difference != "" {
		t.Errorf("changed (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, awake)

	w.edit(t, "  access: {paths: [/mcp, /health, /.well-known/*, /a, /b, /c]}\n  waf: {enabled: true, rate_limit: 500}\n", "")
	off := changes(append(added, `aws_lb_listener_rule.paths["2"]`), nil, "")
	if difference := cmp.Diff(off, s.apply(t, awake)); difference != "" {
		t.Errorf("off (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, awake)
	s.checkAddresses(t, base)
	s.destroy(t)
}

// TestRegionalDomainKeepsTheValidationRecord adds a name to a certificate that is in use, and takes it away.
func TestRegionalDomainKeepsTheValidationRecord(t *testing.T) {
	t.Parallel()
	w := domainFleet(t)
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t)
	added := []string{"aws_route53_record.regional[0]", fmt.Sprintf("aws_route53_record.certificate[%q]", "eu-west-1."+w.region(t, "eu-west-1").CustomDomain())}
	const plain, regional = "name: fmp}", "name: fmp, regional: true}"
	for _, step := range []toggle{
		{plain, regional, changes(nil, added, httpsListener)},
		{regional, plain, changes(added, nil, httpsListener)},
	} {
		step.want["aws_acm_certificate.main"], step.want["aws_acm_certificate_validation.main"] = "replace", "replace"
		w.edit(t, step.old, step.new)
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", step.new, difference)
		}
		s.checkNoChanges(t)
		w.checkCallOrder(t, "acm.RequestCertificate", "elasticloadbalancing.ModifyListener", "acm.DeleteCertificate")
	}
}

// TestRegionsShareADomain applies two regions of one domain at once, and destroys one of them.
func TestRegionsShareADomain(t *testing.T) {
	t.Parallel()
	w := domainFleet(t)
	stacks := map[string]*stack{"eu-west-1": w.initialize(t, "dev-eu-west-1"), "eu-west-2": w.initialize(t, "dev-eu-west-2")}
	var both sync.WaitGroup
	for _, s := range stacks {
		both.Go(func() {
			if err := s.terraform.Apply(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	for _, s := range stacks {
		s.checkNoChanges(t)
	}
	w.checkValidationRecords(t, "eu-west-1", "eu-west-2")
	stacks["eu-west-1"].destroy(t)
	w.checkValidationRecords(t, "eu-west-2")
	stacks["eu-west-2"].checkNoChanges(t)
	stacks["eu-west-2"].destroy(t)
	w.checkValidationRecords(t)
}

// checkValidationRecords checks which regions have a record set of the validation name in Route 53, and that all
// have the same content.
func (w *workspace) checkValidationRecords(t *testing.T, regions ...string) {
	t.Helper()
	if w.aws == nil {
		return
	}
	client, zone := route53.NewFromConfig(w.config(t, "eu-west-1")), w.region(t, "eu-west-1").DNS.Zone
	zones, err := client.ListHostedZonesByName(t.Context(), &route53.ListHostedZonesByNameInput{DNSName: &zone})
	if err != nil || len(zones.HostedZones) == 0 {
		t.Fatal(zones, err)
	}
	records, err := client.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: zones.HostedZones[0].Id})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	contents := map[string]bool{}
	for _, record := range records.ResourceRecordSets {
		if record.Type == "CNAME" {
			found = append(found, *record.SetIdentifier)
			contents[*record.Name+" "+*record.ResourceRecords[0].Value] = true
		}
	}
	slices.Sort(found)
	if !slices.Equal(found, regions) || len(contents) > 1 {
		t.Errorf("validation records of %v, want %v; their contents are %v", found, regions, contents)
	}
}

// TestRecoverFromKilledHTTPSApply kills applies that turn on HTTPS, paths and the web ACL.
func TestRecoverFromKilledHTTPSApply(t *testing.T) {
	t.Parallel()
	needsAWS(t, "recovery from a killed apply of HTTPS")
	w := domainFleet(t, plainHTTP)
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t)
	w.edit(t, plainHTTP, "  access: {paths: [/mcp]}\n  waf: {enabled: true}\n")
	for _, operations := range [][]string{
		{"acm.RequestCertificate", "wafv2.CreateWebACL", "ec2.AuthorizeSecurityGroupIngress"},
		{"route53.ChangeResourceRecordSets", "wafv2.AssociateWebACL"},
		{"elasticloadbalancing.CreateListener"},
		{"elasticloadbalancing.CreateRule"},
	} {
		s.killApply(t, operations)
	}
	s.apply(t)
	s.checkNoChanges(t)
	s.destroy(t)
	// A certificate that was requested but not recorded stays, unused and at no cost.
	if left := slices.DeleteFunc(w.tagged(t, "eu-west-1"), func(arn string) bool { return strings.Contains(arn, ":acm:") }); len(left) > 0 {
		t.Errorf("after the destroy AWS still has %v", left)
	}
}
