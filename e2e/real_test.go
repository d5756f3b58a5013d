//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/tfjson"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// startRealProvider checks that Terraform can install the real provider, and uses the AWS API at
// AWS_ENDPOINT_URL or starts a moto server. Its error is one line.
func startRealProvider(ctx context.Context) (stop func(), err error) {
	if err := findProvider(ctx); err != nil {
		return nil, err
	}
	stop, endpoint := func() {}, os.Getenv("AWS_ENDPOINT_URL")
	if endpoint == "" {
		moto, err := opstest.StartMoto()
		if err != nil {
			return nil, err
		}
		stop, endpoint, suite.python = moto.Stop, moto.URL, moto.Python
	}
	suite.api = endpoint
	// Terraform spends most of its time on reading the provider's schema, and a third of that on garbage
	// collection.
	suite.environment["GOGC"] = "400"
	for name, value := range map[string]string{
		"AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID":         cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), "test"),
		"AWS_SECRET_ACCESS_KEY":     cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), "test"),
	} {
		suite.environment[name] = value
	}
	return stop, nil
}

// findProvider runs terraform init on a configuration with nothing but the required provider.
func findProvider(ctx context.Context) error {
	stack, err := tfjson.Read("../testdata/stacks/regions/dev-eu-west-1.tf.json")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "mcpfleet-provider-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	text, err := json.Marshal(map[string]any{"terraform": map[string]any{"required_providers": stack.Terraform["required_providers"]}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.tf.json"), text, 0o644); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, suite.terraform, "init", "-no-color", "-input=false")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		_, reason, _ := strings.Cut(string(output), "Error: ")
		reason, _, _ = strings.Cut(reason, "\n")
		return fmt.Errorf("terraform cannot install the provider: %s", reason)
	}
	return nil
}

// createHostedZone creates the hosted zone of the examples. Each workspace has its own zone, because moto
// deletes all records with the same set identifier at once.
func (w *workspace) createHostedZone(t *testing.T) {
	t.Helper()
	_, err := route53.NewFromConfig(w.config(t, "us-east-1")).CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{
		Name: new("example" + w.suffix() + ".com"), CallerReference: &w.folder,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// needsAWS skips a test of what Terraform changes in AWS if there is no AWS API.
func needsAWS(t *testing.T, what string) {
	t.Helper()
	if !suite.real {
		untested.Skip(t, what+": needs E2E_PROVIDER=real")
	}
}

// standInOnly skips a test that does not depend on the provider if it is the real one, with which each
// command takes half a minute.
func standInOnly(t *testing.T) {
	t.Helper()
	if suite.real {
		t.Skip("runs with the stand-in only")
	}
}

// config returns an SDK config for the workspace's AWS API.
func (w *workspace) config(t *testing.T, region string) aws.Config {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), w.aws.URL, region)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// defaultSecurityGroup returns the ID of the default VPC's security group.
func (w *workspace) defaultSecurityGroup(t *testing.T, region string) string {
	t.Helper()
	output, err := ec2.NewFromConfig(w.config(t, region)).DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupNames: []string{"default"}})
	if err != nil || len(output.SecurityGroups) == 0 {
		t.Fatalf("the default security group: %v, %v", output, err)
	}
	return *output.SecurityGroups[0].GroupId
}

// defaultSubnets returns the IDs of two subnets of the default VPC.
func (w *workspace) defaultSubnets(t *testing.T, region string) []string {
	t.Helper()
	output, err := ec2.NewFromConfig(w.config(t, region)).DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{
		Filters: []ec2types.Filter{{Name: new("default-for-az"), Values: []string{"true"}}},
	})
	if err != nil || len(output.Subnets) < 2 {
		t.Fatalf("the default subnets: %v, %v", output, err)
	}
	return []string{*output.Subnets[0].SubnetId, *output.Subnets[1].SubnetId}
}

// checkCallOrder fails the test unless the operations were called in this order, possibly with other calls in
// between.
func (w *workspace) checkCallOrder(t *testing.T, operations ...string) {
	t.Helper()
	if w.aws == nil {
		return
	}
	log, next := w.aws.Log(), 0
	for _, operation := range log {
		if next < len(operations) && operation == operations[next] {
			next++
		}
	}
	if next < len(operations) {
		t.Errorf("%q was not called in the order %q; the calls are\n%v", operations[next], operations, log)
	}
}

func (w *workspace) checkNotCalled(t *testing.T, operations ...string) {
	t.Helper()
	if w.aws == nil {
		return
	}
	for _, called := range w.aws.Log() {
		for _, operation := range operations {
			if called == operation {
				t.Errorf("%s was called", operation)
			}
		}
	}
}
