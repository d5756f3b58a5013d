package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func TestCronForAWS(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "examples", "scheduler.yaml")
	got := run(t, saturday, file, "weekend", "cron", "--aws")
	want(t, got, 0)
	golden.Compare(t, "testdata/weekend-aws.txt", []byte(got.out))
	if got.err != "" {
		t.Errorf("standard error has %q", got.err)
	}
	one := run(t, saturday, file, "weekend", "cron", "--aws", "--region", "us-east-1")
	if strings.Contains(one.out, "europe-london") || strings.Count(one.out, "us-east-1:") != 3 {
		t.Errorf("with --region us-east-1: %s", one.out)
	}
}

func TestCronForAWSWithoutScheduler(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("cron-aws", "{enabled: true, destroy_albs: true}", oneRegion))
	got := run(t, saturday, file, "weekend", "cron", "--aws")
	want(t, got, 0, "CodeBuild project cron-aws-dev-weekend: ", "does not have bootstrap: {scheduler: aws}", "warning: the state is local")
	document := run(t, saturday, file, "weekend", "cron", "--aws", "--json")
	want(t, document, 0, `"enabled": false`, `"expression": "cron(45 5 ? * SUN,SAT *)"`, `"minute_price": 0.005`)
	checkResult(t, "weekend cron --aws", document)
	keep := run(t, saturday, fleetFile(t, fleetText("cron-aws", "{enabled: true}", oneRegion)), "weekend", "cron", "--aws")
	want(t, keep, 0, "No region needs a cron job")
	both := run(t, saturday, file, "weekend", "cron", "--aws", "--format", "github")
	want(t, both, 2, "--aws and --format are mutually exclusive")
}

func TestDoctorDescribesScheduledApplies(t *testing.T) {
	started, next := saturday.Add(-6*time.Hour), saturday.Add(18*time.Hour)
	app := &App{Now: func() time.Time { return saturday }}
	for want, applies := range map[string]ops.Applies{
		"last none yet; next no schedule is enabled":                       {},
		"last timed out, Sat 28 Nov 06:00 UTC; next Sun 06:00 UTC in 18 h": {Last: &ops.Build{Started: started, Status: "TIMED_OUT"}, Next: &next},
	} {
		if got := app.appliesText(applies); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
