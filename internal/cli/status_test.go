package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("status-a", "{enabled: true}", threeRegions))
	seed(t, url, file, "eu-west-1", "us-east-1")
	got := run(t, saturday, file, "status")
	want(t, got, 1) // one region is not deployed, and two have a placeholder secret
	golden.Compare(t, "testdata/status.txt", []byte(withoutTempDir(got.out)))
}

func TestStatusOfSleepingRegionIsOK(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("status-b", "{enabled: true}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	want(t, run(t, tuesday, file, "--yes", "weekend", "down"), 0)
	want(t, run(t, tuesday, file, "status"), 0, "asleep, wakes Sat 06:00 UTC in 4 d 4 h")
}

func TestStatusReportsDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	seed(t, url, fleetFile(t, fleetText("status-c", "{enabled: true}", threeRegions)), "eu-west-1")
	changed := fleetFile(t, fleetText("status-c", "{enabled: true, start_hour: 7}", `  eu-west-1:
    network: {cidr: 172.31.0.0/16}
    container: {image: "ghcr.io/cdtait/fmp-mcp-server:1.3.0", cpu: 512, environment: {STATELESS: "yes", EXTRA: "1"}}
`))
	want(t, run(t, saturday, changed, "status"), 1,
		"drift: image is ghcr.io/cdtait/fmp-mcp-server:1.2.0, not ghcr.io/cdtait/fmp-mcp-server:1.3.0",
		"drift: cpu is 1024, not 512",
		"drift: variable EXTRA is missing",
		"drift: variable STATELESS differs",
		"drift: scheduled action up is cron(0 6 ? * SAT,SUN *) UTC, not cron(0 7 ? * SAT,SUN *) UTC",
	)
}

// TestSkippedDatesAreNotDrift uses a skipped date, which splits the scheduled actions.
func TestSkippedDatesAreNotDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("status-g", "{enabled: true, skip: [2030-12-28]}", oneRegion))
	seed(t, url, file)
	if got := run(t, saturday, file, "status"); strings.Contains(got.out, "scheduled action") {
		t.Errorf("unexpected drift:\n%v", got)
	}
}

// chdirWithRemovedRegion changes to a directory with the state of a region that is not in the fleet file.
func chdirWithRemovedRegion(t *testing.T, project string) {
	t.Helper()
	t.Chdir(t.TempDir())
	state := fmt.Sprintf(`{"version": 4, "resources": [{"mode": "managed", "type": "aws_vpc", "instances": [{"attributes": {"tags_all": {"Project": %q}}}]}]}`, project)
	if err := os.WriteFile("terraform.dev-us-east-1.tfstate", []byte(state), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestStatusReportsRemovedRegion(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("status-h", "{enabled: true}", oneRegion))
	seed(t, url, file)
	want(t, run(t, tuesday, file, "--yes", "weekend", "down"), 0)
	chdirWithRemovedRegion(t, "status-h")
	const left = "terraform.dev-us-east-1.tfstate still holds resources (1); add us-east-1 to "
	got := run(t, tuesday, file, "status")
	want(t, got, 1, "us-east-1  not in the fleet file\n", left+file+" again, run MCPFLEET_CONFIG="+file+" npx cdktf destroy dev-us-east-1, then remove it")
	want(t, run(t, tuesday, file, "status", "--json"), 1, `"stack": "dev-us-east-1"`, `"state": "not in the fleet file"`, "terraform.dev-us-east-1.tfstate still holds resources (1)", "add us-east-1 to ")
	want(t, run(t, tuesday, file, "status", "--region", "eu-west-1"), 0)
	chdirWithRemovedRegion(t, "another")
	want(t, run(t, tuesday, file, "status"), 0)
}

func TestStatusWithUnreadableStates(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	state := "state: {backend: s3, bucket: no-such-bucket, region: eu-west-1}\n"
	file := fleetFile(t, state+fleetText("status-i", "{enabled: true}", oneRegion))
	seed(t, url, file)
	want(t, run(t, tuesday, file, "--yes", "weekend", "down"), 0)
	want(t, run(t, tuesday, file, "status"), 0, "cannot determine whether regions removed from "+file+" still have resources: ListObjectsV2: NoSuchBucket")
}

func TestStatusJSON(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("status-d", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	got := run(t, saturday, file, "status", "--json")
	var document report[statusReport]
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	status := document.Regions[0]
	if status.Service.Running != 2 || status.Service.Healthy != 2 || status.Secret != ops.KeyPlaceholder || status.Schedule.State != ops.AlwaysOn || status.OK || document.OK {
		t.Errorf("%+v", document)
	}
	if problem := status.verdict.Problems[0]; problem.Code != ops.SecretPlaceholder || problem.Fix.Command != "mcpfleet secret set API_KEY --region eu-west-1 --config "+file {
		t.Errorf("%+v", problem)
	}
}

func TestMissingCredentials(t *testing.T) {
	withoutCredentials(t)
	got := run(t, saturday, fleetFile(t, fleetText("status-e", "{}", threeRegions)), "status")
	want(t, got, 3, "mcpfleet: no AWS credentials; export AWS_PROFILE=")
}

func TestStatusWatchEndsOnCtrlC(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("status-f", "{}", oneRegion))
	seed(t, url, file)
	ctx, stop := context.WithCancel(t.Context())
	refreshes := 0
	out := &watchedBuffer{words: []string{"REGION", "\x00"}, first: func() {
		if refreshes++; refreshes == 2 {
			stop()
		}
	}}
	app := &App{In: strings.NewReader(""), Out: out, Err: out, Now: nowAt(saturday), Open: opener(t)}
	if status := Run(ctx, app, []string{"--config", file, "status", "--watch", "--every", "1s"}); status != 0 {
		t.Errorf("status %d", status)
	}
	if strings.Count(out.text, "2026-11-28T12:00:00Z\nREGION") != 2 {
		t.Error(out.text)
	}
}

// TestStatusShowsAddress of each region, also of one whose load balancer is destroyed while it sleeps.
func TestStatusShowsAddress(t *testing.T) {
	const domain, url = "mcp.example.com", "https://eu-west-1.mcp.example.com"
	for name, each := range map[string]struct {
		status ops.Status
		want   string
	}{
		"awake":            {ops.Status{Domain: domain, LoadBalancer: &ops.LoadBalancerStatus{URL: url}}, url},
		"no load balancer": {ops.Status{Domain: domain}, domain},
		"no domain either": {ops.Status{}, "-"},
	} {
		each.status.Service = &ops.ServiceStatus{}
		if row := statusRow(each.status); row[len(row)-1] != each.want {
			t.Errorf("%s: got %s", name, row[len(row)-1])
		}
	}
}
