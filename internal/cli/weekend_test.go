package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/golden"
)

func TestScaleSetsServiceAndScalableTarget(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("scale-a", "{enabled: true}", threeRegions))
	seed(t, url, file)
	// Two targets are already healthy, so one task is steady at once.
	got := run(t, saturday, file, "scale", "1")
	want(t, got, 0, "eu-west-1  set to 1 task, steady; the schedule sets 0 on Sat 22:00 UTC in 10 h; an apply before then sets 2", "eu-west-2: 1 of 1 tasks running")
	want(t, run(t, saturday, file, "status"), 1, "drift: desired count is 1, not 2")
}

func TestScaleToZeroAsksFirst(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("scale-b", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	want(t, run(t, saturday, file, "scale", "0"), 2, "Stop all tasks in eu-west-1? This is not a terminal; pass --yes")
	want(t, run(t, saturday, file, "scale", "0", "--yes"), 0, "set to 0 tasks, stopped; the next apply sets 2")
	want(t, run(t, saturday, file, "status"), 1, "the desired count is 0, although the region should be awake; mcpfleet scale 2 --region eu-west-1")
}

// TestScaleHoldsAutoscaling holds a number of tasks, which is drift, until weekend up restores the range.
func TestScaleHoldsAutoscaling(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	region := "  eu-west-1: {network: {cidr: 10.0.0.0/16}, service: {autoscaling: {enabled: true, min: 1, max: 4}}}\n"
	file := fleetFile(t, fleetText("scale-d", "{}", region))
	seed(t, url, file)
	want(t, run(t, saturday, file, "scale", "2"), 0, "eu-west-1  set to 2 tasks, steady; autoscaling holds this number; the next apply sets 1 to 4")
	want(t, run(t, saturday, file, "status"), 1, "drift: autoscaling keeps 2 tasks, not 1 to 4 tasks")
	want(t, run(t, saturday, file, "weekend", "up"), 0, "eu-west-1  set to 1 to 4 tasks, steady; the fleet file has the same count")
	if got := run(t, saturday, file, "status"); strings.Contains(got.err, "drift") {
		t.Errorf("after weekend up: %s", got.err)
	}
	want(t, run(t, saturday, file, "scale", "9"), 2, "The fleet file sets 1 to 4 tasks for eu-west-1. Scale eu-west-1 to 9 tasks?")
}

func TestScaleRejectsInvalidNumber(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("scale-c", "{}", threeRegions))
	for _, count := range []string{"x", "5001", "1.5"} {
		want(t, run(t, saturday, file, "scale", count), 2, "is not a number of tasks")
	}
	want(t, run(t, saturday, file, "scale"), 2, "pass one number of tasks, such as mcpfleet scale 2")
}

func TestWeekendUpAndDownKeepTheLoadBalancer(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-a", "{enabled: true, timezone: Europe/London}", threeRegions))
	seed(t, url, file)
	want(t, run(t, saturday, file, "weekend", "down", "--yes"), 0, "set to 0 tasks, stopped; the schedule sets 2 on Sun 06:00 GMT in 18 h; an apply before then sets 2")
	want(t, run(t, tuesday, file, "weekend", "up"), 0, "set to 2 tasks, steady", "the schedule sets 0 on Sat 22:00 GMT in 4 d 20 h; an apply before then sets 0")
	got := run(t, saturday, file, "weekend", "status")
	want(t, got, 0)
	golden.Compare(t, "testdata/weekend-status.txt", []byte(got.out))
}

// fakeTerraform installs a fake Terraform that logs its calls.
func fakeTerraform(t *testing.T, stacks ...string) (calls func() string) {
	t.Helper()
	directory := t.TempDir()
	log := filepath.Join(directory, "calls")
	script := `#!/bin/sh
echo "$(basename "$PWD") $*" | sed -E 's#-out=[^ ]*#-out=FILE#; s#/[^ ]*/plan#FILE#' >>` + log + `
case $1 in
version) echo '{"terraform_version":"1.11.4"}';;
plan) test -z "$LOCKED" || { echo "$LOCKED" >&2; exit 1; }; exit 2;;
show) echo 'aws_lb.main[0] will change';;
esac
`
	if err := os.WriteFile(filepath.Join(directory, "terraform"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", directory+":"+os.Getenv("PATH"))
	t.Setenv("TERRAFORM", "")
	t.Chdir(directory)
	synthesized := map[string]map[string]struct{}{"stacks": {}}
	for _, stack := range stacks {
		synthesized["stacks"][stack] = struct{}{}
		path := filepath.Join("cdktf.out/stacks", stack)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "cdk.tf.json"), []byte(`{"locals": {"load_balancer": "${var.weekend_state == \"up\"}"}}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	manifest, err := json.Marshal(synthesized)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("cdktf.out", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("cdktf.out/manifest.json", manifest, 0o644); err != nil {
		t.Fatal(err)
	}
	return func() string {
		text, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // no calls yet
			t.Fatal(err)
		}
		return string(text)
	}
}

func TestWeekendDownDestroysTheLoadBalancerAfterTheTasks(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-b", "{enabled: true, destroy_albs: true}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	calls := fakeTerraform(t, "dev-eu-west-1")
	want(t, run(t, saturday, file, "weekend", "down"), 2, "aws_lb.main[0] will change", "and apply the plans above? This is not a terminal; pass --yes")
	if strings.Contains(calls(), " apply ") {
		t.Errorf("applied without confirmation:\n%s", calls())
	}
	want(t, run(t, saturday, file, "status"), 1, "2        2        0")
	want(t, run(t, saturday, file, "weekend", "down", "--yes"), 0, "set to 0 tasks, stopped, applied with weekend_state=down; stays down until an apply inside the window")
	want(t, run(t, tuesday, file, "weekend", "up", "--yes"), 0, "applied with weekend_state=up, set to 2 tasks, steady; stays up until")
	for _, call := range []string{"dev-eu-west-1 init", "-var weekend_state=down", "-var weekend_state=up", "dev-eu-west-1 apply"} {
		if !strings.Contains(calls(), call) {
			t.Errorf("%q is not in\n%s", call, calls())
		}
	}
}

func TestWeekendUpNeedsTheSynthesizedStack(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-c", "{enabled: true, destroy_albs: true}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	t.Chdir(t.TempDir())
	want(t, run(t, saturday, file, "weekend", "up"), 1, "there are no stacks in cdktf.out; run make synth first")
	calls := fakeTerraform(t, "dev-eu-west-1", "prod-eu-west-1")
	if err := os.WriteFile("cdktf.out/manifest.json", []byte(`{"stacks": {"prod-eu-west-1": {}}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, saturday, file, "weekend", "up"), 1, "the last synth did not generate stack dev-eu-west-1; run make synth with the fleet file that this command reads")
	if text := calls(); text != "" {
		t.Errorf("Terraform ran for the stack of an earlier synth:\n%s", text)
	}
}

func TestWeekendReportsStateLock(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-f", "{enabled: true, destroy_albs: true}", oneRegion))
	seed(t, url, file)
	fakeTerraform(t, "dev-eu-west-1")
	bucket := `{"terraform": {"backend": {"s3": {"bucket": "acme", "key": "weekend-f/terraform.dev-eu-west-1.tfstate"}}}, "locals": {"load_balancer": "var.weekend_state"}}`
	if err := os.WriteFile("cdktf.out/stacks/dev-eu-west-1/cdk.tf.json", []byte(bucket), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LOCKED", `Error: Error acquiring the state lock

Lock Info:
  ID:        6f6ab1c8-0f40-2c3c-0d5a-7b8d1f6e1a2b
  Operation: OperationTypeApply
  Who:       runner@fv-az1
  Created:   `+time.Now().UTC().Add(-2*time.Hour).String()+`
`)
	for _, state := range []string{"up", "down"} {
		want(t, run(t, saturday, file, "weekend", state, "--yes"), 1, "eu-west-1  locked by runner@fv-az1 for 2 h 1 min (apply); ",
			"terraform -chdir=cdktf.out/stacks/dev-eu-west-1 force-unlock -force 6f6ab1c8-0f40-2c3c-0d5a-7b8d1f6e1a2b\n")
	}
}

func TestProgramNamedByTERRAFORMMustExist(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-e", "{enabled: true, destroy_albs: true}", oneRegion))
	seed(t, url, file)
	fakeTerraform(t, "dev-eu-west-1")
	t.Setenv("TERRAFORM", "no-such-program")
	want(t, run(t, saturday, file, "weekend", "up"), 1, "TERRAFORM is set to no-such-program, which was not found")
}

func TestWeekendUpSkipsInactiveRegions(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-d", "{enabled: true, active: false}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}, weekend: {active: true}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}}\n"))
	seed(t, url, file)
	want(t, run(t, tuesday, file, "weekend", "down", "--yes"), 0)
	want(t, run(t, tuesday, file, "weekend", "up"), 0, "eu-west-1  set to 2 tasks", "us-east-1  stays asleep because it is not active; pass --region us-east-1 to wake it")
	want(t, run(t, tuesday, file, "weekend", "up", "--region", "us-east-1"), 0, "us-east-1  set to 2 tasks")
}

func TestWeekendDownWarnsIfNoScheduleWakesARegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-g", "{enabled: true}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {enabled: false}}\n"))
	seed(t, url, file)
	want(t, run(t, saturday, file, "weekend", "down"), 2, "Stop all tasks in eu-west-1, us-east-1 (no schedule wakes us-east-1)?")
	got := run(t, saturday, file, "weekend", "down", "--yes")
	want(t, got, 0, "eu-west-1  set to 0 tasks, stopped; the schedule sets 2",
		"us-east-1  set to 0 tasks, stopped; no schedule wakes it; to wake it, run mcpfleet weekend up --region us-east-1 --config "+file+"; the next apply sets 2")
	if strings.Count(got.out, "no schedule wakes it") != 1 {
		t.Errorf("%v", got)
	}
}

// TestWeekendStatusWithoutCredentials checks that the schedule is shown, but no state.
func TestWeekendStatusWithoutCredentials(t *testing.T) {
	withoutCredentials(t)
	file := fleetFile(t, fleetText("weekend-h", "{enabled: true, timezone: Europe/London}", threeRegions))
	got := run(t, tuesday, file, "weekend", "status", "--region", "eu-west-2")
	want(t, got, exitNoCredentials, "mcpfleet: no AWS credentials; export AWS_PROFILE=…")
	golden.Compare(t, "testdata/weekend-status-no-credentials.txt", []byte(got.out))
	got = run(t, tuesday, file, "weekend", "status", "--json")
	want(t, got, exitNoCredentials, `"ok": false`, `"code": "no_credentials"`, `"state": "asleep"`, `"window": "sat,sun 06:00-22:00 Europe/London"`)
	if strings.Contains(got.out, "running") || strings.Contains(got.out, "load_balancer") {
		t.Errorf("state is shown that was not queried:\n%v", got)
	}
}

func TestWeekendStatusOfUndeployedRegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("weekend-i", "{enabled: true}", threeRegions))
	seed(t, url, file, "eu-west-1", "us-east-1")
	want(t, run(t, saturday, file, "weekend", "status"), 1, "eu-west-2  keep  sat,sun 06:00-22:00 UTC  awake, sleeps Sat 22:00 UTC in 10 h  32          -              not deployed", "2 of 2")
}
