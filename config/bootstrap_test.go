package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// scheduled is a valid fleet file with a scheduler. The tests change a line of it.
const scheduled = `project: fmp-mcp
environment: dev
state: {backend: s3, bucket: acme-terraform-state, region: eu-west-1}
bootstrap: {scheduler: aws}
defaults:
  container: {image: ghcr.io/cdtait/fmp-mcp-server:latest, environment: {STATELESS: "true"}}
  alarms: {email: oncall@example.com}
  weekend: {enabled: true, destroy_albs: true}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}}
`

func TestSchedulerMistakes(t *testing.T) {
	const connection = "connection_arn: arn:aws:codeconnections:eu-west-1:123456789012:connection/12345678-90ab-cdef-1234-567890abcdef"
	for name, each := range map[string]struct{ old, new, want string }{
		"local state": {"state: {backend: s3, bucket: acme-terraform-state, region: eu-west-1}", "state: {backend: local}",
			"regions.yaml:4:24: bootstrap.scheduler: needs the state in S3, because a build keeps no files; set state: {backend: s3, bucket: <bucket name>"},
		"no destroy mode": {"destroy_albs: true", "destroy_albs: false",
			"regions.yaml:4:24: bootstrap.scheduler: has nothing to apply: no active region destroys its load balancer, so AWS starts and stops all tasks by itself; set weekend"},
		"no active region":                   {"destroy_albs: true", "destroy_albs: true, active: false", "regions.yaml:4:24: bootstrap.scheduler: has nothing to apply"},
		"another scheduler":                  {"scheduler: aws", "scheduler: cron", `regions.yaml:4:24: bootstrap.scheduler: "cron" is not allowed; use one of none, aws`},
		"a source without a scheduler":       {"scheduler: aws", "source: repository", "regions.yaml:4:21: bootstrap.source: applies only to scheduler: aws; set scheduler: aws, or remove source"},
		"a connection without a scheduler":   {"scheduler: aws", connection, "bootstrap.connection_arn: applies only to scheduler: aws"},
		"a connection without a repository":  {"scheduler: aws", "scheduler: aws, " + connection, "bootstrap.connection_arn: applies only to source: repository; set source: repository, or remove connection_arn"},
		"a connection that is no connection": {"scheduler: aws", "scheduler: aws, source: repository, connection_arn: mine", `"mine" is not the ARN of a connection`},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Parse("regions.yaml", []byte(strings.Replace(scheduled, each.old, each.new, 1)))
			if err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("got %v\nwant %s", err, each.want)
			}
		})
	}
}

func TestSchedulerWarnsIfNobodyGetsItsAlarms(t *testing.T) {
	const warning = "regions.yaml:4:24: bootstrap.scheduler: has alarms that nobody gets"
	for name, each := range map[string]struct {
		alarms string
		warns  bool
		topic  string
		emails []string
	}{
		"an address":               {"  alarms: {email: oncall@example.com}\n", false, "", []string{"oncall@example.com"}},
		"a topic beside the state": {"  alarms: {topic_arn: 'arn:aws:sns:eu-west-1:123456789012:oncall'}\n", false, "arn:aws:sns:eu-west-1:123456789012:oncall", nil},
		"nothing":                  {"", true, "", nil},
		"an address in capitals":   {"  alarms: {email: OnCall@example.com}\n", false, "", []string{"OnCall@example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			fleet, warnings := mustParse(t, strings.Replace(scheduled, "  alarms: {email: oncall@example.com}\n", each.alarms, 1))
			if warns := slices.ContainsFunc(warnings, func(p Problem) bool { return strings.Contains(p.String(), warning) }); warns != each.warns {
				t.Errorf("warnings: %v", warnings)
			}
			topic, emails := fleet.ScheduledApplyAlarms()
			if topic != each.topic || !slices.Equal(emails, each.emails) {
				t.Errorf("got %q and %v", topic, emails)
			}
		})
	}
}

func TestSchedulerWarnsIfItsBuildsOutlastTheLead(t *testing.T) {
	const warning = "regions.yaml:4:24: bootstrap.scheduler: needs about 20 minutes until tasks run, which is longer than the lead of eu-west-1; set weekend.lead_minutes: 20 or more"
	for lead, warns := range map[int]bool{15: true, 19: true, 20: false, 45: false} {
		_, warnings := mustParse(t, strings.Replace(scheduled, "destroy_albs: true", fmt.Sprintf("destroy_albs: true, lead_minutes: %d", lead), 1))
		if got := slices.ContainsFunc(warnings, func(p Problem) bool { return p.String() == warning }); got != warns {
			t.Errorf("with a lead of %d minutes, the warnings are %v", lead, warnings)
		}
	}
}

func TestTopicOfAnotherRegionGetsNoAlarmOfTheScheduler(t *testing.T) {
	fleet, _ := mustParse(t, strings.NewReplacer("region: eu-west-1}", "region: eu-west-2}", "{email: oncall@example.com}", "{topic_arn: 'arn:aws:sns:eu-west-1:123456789012:oncall'}").Replace(scheduled))
	if topic, emails := fleet.ScheduledApplyAlarms(); topic != "" || len(emails) > 0 {
		t.Errorf("got %q and %v", topic, emails)
	}
}

func TestScheduledApplies(t *testing.T) {
	fleet, _ := mustParse(t, strings.Replace(scheduled, "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", `  eu-west-1: {network: {cidr: 10.0.0.0/16}}
  eu-west-2: {network: {cidr: 10.1.0.0/16}, weekend: {start_hour: 8}}
  us-east-1: {network: {cidr: 10.2.0.0/16}, weekend: {timezone: America/New_York, lead_minutes: 0}}
  us-east-2: {network: {cidr: 10.3.0.0/16}, weekend: {active: false}}
  us-west-2: {network: {cidr: 10.4.0.0/16}, weekend: {destroy_albs: false}}
`, 1))
	var got []string
	for _, apply := range fleet.ScheduledApplies() {
		text := apply.Name + " " + apply.Due.Expression() + " " + apply.Timezone
		for _, region := range apply.Regions {
			text += fmt.Sprintf(" %s %v", region.Stack, region.Purposes)
		}
		got = append(got, text)
	}
	expected := []string{
		"america-new-york-0600 cron(0 6 ? * SUN,SAT *) America/New_York dev-us-east-1 [create load balancer start tasks]",
		"america-new-york-2200 cron(0 22 ? * SUN *) America/New_York dev-us-east-1 [destroy load balancer]",
		"utc-0545 cron(45 5 ? * SUN,SAT *) UTC dev-eu-west-1 [create load balancer start tasks]",
		"utc-0600 cron(0 6 ? * SUN,SAT *) UTC dev-eu-west-1 [start tasks]",
		"utc-0745 cron(45 7 ? * SUN,SAT *) UTC dev-eu-west-2 [create load balancer start tasks]",
		"utc-0800 cron(0 8 ? * SUN,SAT *) UTC dev-eu-west-2 [start tasks]",
		"utc-2200 cron(0 22 ? * SUN *) UTC dev-eu-west-1 [destroy load balancer] dev-eu-west-2 [destroy load balancer]",
	}
	if difference := cmp.Diff(expected, got); difference != "" {
		t.Errorf("- want, + got\n%s", difference)
	}
	// Saturday noon in UTC.
	next := fleet.ScheduledApplies()[1].Next(time.Date(2026, time.November, 28, 12, 0, 0, 0, time.UTC))
	if want := time.Date(2026, time.November, 30, 3, 0, 0, 0, time.UTC); !next.Equal(want) {
		t.Errorf("the next apply is at %s, want %s", next, want)
	}
}
