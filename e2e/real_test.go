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

// startRealProvider makes sure that Terraform finds the real provider by its own rules, and that
// there is an AWS API: the one at AWS_ENDPOINT_URL, or moto's server. The error says in one line why
// there is none.
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
		stop, endpoint = moto.Stop, moto.URL
	}
	suite.api = endpoint
	// Most of a command's work is to read the provider's schema, and a third of that was collecting garbage.
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

// findProvider initialises a configuration with nothing but the pinned provider.
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
		return fmt.Errorf("terraform does not find the provider: %s", reason)
	}
	return nil
}

// makeHostedZone makes the zone that the examples' records belong to. Each workspace has its own: moto
// deletes with a record every other of the zone that has the same set identifier.
func (w *workspace) makeHostedZone(t *testing.T) {
	t.Helper()
	_, err := route53.NewFromConfig(w.in(t, "us-east-1")).CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{
		Name: new("example" + w.mark() + ".com"), CallerReference: &w.folder,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// needsAWS skips a test that looks at what Terraform has made of AWS, where there is none.
func needsAWS(t *testing.T, what string) {
	t.Helper()
	if !suite.real {
		untested.Skip(t, what+": E2E_PROVIDER=real make e2e")
	}
}

// withTheStandIn skips a test of what Terraform alone does, or our own programs around it, where the
// provider is the real one: they do the same with either, and with that each command takes half a minute.
func withTheStandIn(t *testing.T) {
	t.Helper()
	if suite.real {
		t.Skip("the stand-in's mode runs this")
	}
}

// in is the SDK's way to the workspace's AWS, in a region.
func (w *workspace) in(t *testing.T, region string) aws.Config {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), w.aws.URL, region)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// defaultGroup is a security group that every account has.
func (w *workspace) defaultGroup(t *testing.T, region string) string {
	t.Helper()
	answer, err := ec2.NewFromConfig(w.in(t, region)).DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupNames: []string{"default"}})
	if err != nil || len(answer.SecurityGroups) == 0 {
		t.Fatalf("the default security group: %v, %v", answer, err)
	}
	return *answer.SecurityGroups[0].GroupId
}

// defaultSubnets are two subnets that every account has.
func (w *workspace) defaultSubnets(t *testing.T, region string) []string {
	t.Helper()
	answer, err := ec2.NewFromConfig(w.in(t, region)).DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{
		Filters: []ec2types.Filter{{Name: new("default-for-az"), Values: []string{"true"}}},
	})
	if err != nil || len(answer.Subnets) < 2 {
		t.Fatalf("the default subnets: %v, %v", answer, err)
	}
	return []string{*answer.Subnets[0].SubnetId, *answer.Subnets[1].SubnetId}
}

// inOrder fails the test where AWS was not asked in an order, other calls between them aside.
func (w *workspace) inOrder(t *testing.T, operations ...string) {
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
		t.Errorf("%q did not come in the order of %q; AWS was asked\n%v", operations[next], operations, log)
	}
}

func (w *workspace) neverAsked(t *testing.T, operations ...string) {
	t.Helper()
	if w.aws == nil {
		return
	}
	for _, done := range w.aws.Log() {
		for _, operation := range operations {
			if done == operation {
				t.Errorf("AWS was asked for %s", operation)
			}
		}
	}
}
