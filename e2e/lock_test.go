//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/cdtait/mcpfleet/e2e/gateway"
	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/untested"
)

var localLock = regexp.MustCompile(`^stack add change destroy dev-eu-central-1 failed dev-eu-central-1: locked by \S+@\S+ for \d+ min \(apply\); the process is still running, because a local lock ends with it: wait for it, or stop it$`)

func TestLocalLock(t *testing.T) {
	t.Parallel()
	needsAWS(t, "lock of a local state")
	w := newWorkspace(t, "../examples/single-region.yaml")
	owner := w.startApply(t, nil, "elasticloadbalancing.CreateLoadBalancer")
	if table, status := w.summary(t, nil, "plan"); status != 1 || !localLock.MatchString(table) {
		t.Errorf("exit status %d: %s", status, table)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.wait()
}

// bucket creates the state bucket of examples/s3-state.yaml in a separate moto server. It returns the
// environment of commands that use the bucket.
func (w *workspace) bucket(t *testing.T) map[string]string {
	t.Helper()
	moto, err := opstest.StartMoto()
	if errors.Is(err, opstest.ErrNoMoto) {
		untested.Skip(t, "state in S3: "+strings.Join(strings.Fields(err.Error()), " "))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(moto.Stop)
	cfg, err := opstest.Config(t.Context(), moto.URL, "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s3.NewFromConfig(cfg).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    new("acme-terraform-state"),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraintEuWest1},
	})
	if err != nil {
		t.Fatal(err)
	}
	endpoint := moto.URL
	if suite.real {
		if w.aws, err = gateway.New(moto.URL); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.aws.Close)
		endpoint = w.aws.URL
	}
	return map[string]string{
		"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	}
}

// useFleetBackend undoes useLocalBackend.
func (w *workspace) useFleetBackend(t *testing.T) {
	t.Helper()
	for _, name := range w.stacks(t) {
		if err := os.Remove(filepath.Join(filepath.Dir(w.file(name)), "backend_override.tf.json")); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

var bucketLock = regexp.MustCompile(`^stack add change destroy prod-eu-west-1 failed prod-eu-west-1: locked by \S+@\S+ for \d+ min \(apply\); make sure that it is no longer running, then run (\S+ -chdir=cdktf.out/stacks/prod-eu-west-1 force-unlock -force [0-9a-f-]+)$`)

func TestLockInBucket(t *testing.T) {
	t.Parallel()
	needsAWS(t, "lock of a state in S3")
	w := newWorkspace(t, "../examples/s3-state.yaml")
	environment := w.bucket(t)
	w.useFleetBackend(t)
	owner := w.startApply(t, environment, "elasticloadbalancing.CreateLoadBalancer")
	if err := owner.Process.Kill(); err != nil { // also kills Terraform
		t.Fatal(err)
	}
	owner.wait()
	w.aws.Release()
	table, status := w.summary(t, environment, "plan")
	command := bucketLock.FindStringSubmatch(table)
	if status != 1 || command == nil {
		t.Fatalf("exit status %d: %s", status, table)
	}
	if again, _ := w.summary(t, environment, "apply"); !bucketLock.MatchString(again) {
		t.Errorf("the lock was removed, or the message differs: %s", again)
	}
	w.shell(t, environment, command[1])
	if table, status := w.summary(t, environment, "plan"); status != 2 {
		t.Errorf("exit status %d: %s", status, table)
	}
}

func TestRemovedRegionInBucket(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../examples/s3-state.yaml")
	environment := w.bucket(t)
	w.edit(t, "regions:\n", "regions:\n  eu-west-2: {network: {cidr: 10.41.0.0/16}}\n")
	w.useFleetBackend(t)
	if table, status := w.summary(t, environment, "apply"); status != 0 {
		t.Fatalf("exit status %d: %s", status, table)
	}
	w.edit(t, "  eu-west-2: {network: {cidr: 10.41.0.0/16}}\n", "")
	w.useFleetBackend(t)
	table, status := w.summary(t, environment, "plan")
	command := destroyCommand.FindStringSubmatch(table)
	if status != 2 || command == nil || !strings.Contains(table, "eu-west-2: no longer in regions.yaml, but s3://acme-terraform-state/fmp-mcp/terraform.prod-eu-west-2.tfstate still holds resources (") {
		t.Fatalf("exit status %d: %s", status, table)
	}
	w.shell(t, environment, command[1]+" -auto-approve")
	if table, status := w.summary(t, environment, "plan"); status != 0 {
		t.Errorf("exit status %d: %s", status, table)
	}
}
