//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAnswerWhileAsleep holds that the region's name always leads somewhere: the record moves to the load balancer before
// the service takes requests, and to the API before the load balancer is destroyed.
func TestAnswerWhileAsleep(t *testing.T) {
	t.Parallel()
	w := newFleet(t, `project: fmp-mcp
environment: dev
defaults:
  container:
    image: ghcr.io/cdtait/fmp-mcp-server:latest
    secrets: {FMP_API_KEY: API_KEY}
  dns: {enabled: true, zone: example.com, name: fmp, regional: true}
  weekend: {enabled: true, destroy_albs: true, answer: true, `+closedNow()+`}
regions:
  eu-west-1: {network: {cidr: 172.31.0.0/16}}
`)
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t, awake)
	s.checkNoChanges(t, awake)
	s.checkAnswer(t, "This server is waking up.", "'60'")

	changed := s.apply(t, asleep)
	if changed["aws_route53_record.main[0]"] != "update" || changed["aws_route53_record.regional[0]"] != "update" {
		t.Errorf("going to sleep, the plan was %v", changed)
	}
	w.checkCallOrder(t, "apigateway.PutRestApi", "apigateway.UpdateStage", "route53.ChangeResourceRecordSets", "elasticloadbalancing.DeleteLoadBalancer")
	w.checkCallOrder(t, "route53.ChangeResourceRecordSets", "ecs.UpdateService")
	s.checkNoChanges(t, asleep)
	s.checkNoChanges(t)
	opening := time.Now().UTC().AddDate(0, 0, 3).Format("Mon, 02 Jan 2006") + " 06:00:00 GMT"
	s.checkAnswer(t, "This server is asleep until "+opening+".", "'"+opening+"'")

	if w.aws != nil {
		s.killApply(t, []string{"elasticloadbalancing.CreateLoadBalancer", "apigateway.PutRestApi"}, awake)
	}
	s.apply(t, awake)
	w.checkCallOrder(t, "elasticloadbalancing.CreateListener", "route53.ChangeResourceRecordSets", "ecs.UpdateService")
	s.checkNoChanges(t, awake)
	if w.aws != nil {
		s.killApply(t, []string{"route53.ChangeResourceRecordSets"}, asleep)
		s.apply(t, asleep)
		s.checkNoChanges(t, asleep)
	}

	// Without the answer, the name leads nowhere again.
	w.edit(t, "answer: true, ", "")
	s.apply(t, asleep)
	if left := s.addresses(t); slices.ContainsFunc(left, func(address string) bool { return strings.HasPrefix(address, "aws_api_gateway_") }) {
		t.Errorf("left without answer: %v", left)
	}
	s.checkNoChanges(t, asleep)
	s.destroy(t)
}

// checkAnswer fails the test unless the API that answers has each text.
func (s *stack) checkAnswer(t *testing.T, texts ...string) {
	t.Helper()
	state, err := s.terraform.StatePull(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if !strings.Contains(state, text) {
			t.Errorf("the state does not contain %q", text)
		}
	}
}
