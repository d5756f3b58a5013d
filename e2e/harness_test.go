//go:build e2e

// Package e2e tests stacks with Terraform: it synthesizes them, and plans, applies, changes and destroys
// them. By default it uses a stand-in for the AWS provider, which needs no network, and skips tests that need
// AWS. With E2E_PROVIDER=real it uses the real provider with a moto server, or with the AWS API at
// AWS_ENDPOINT_URL.
package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/e2e/standin"
	"github.com/cdtait/mcpfleet/internal/terraform"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

const cache = "../.cache/e2e"

// suite holds what all tests share.
var suite struct {
	// Paths of the CDKTF app, of cmd/stacks and of Terraform.
	app, stacks, terraform string
	// synthesized is the folder for synthesized stacks.
	synthesized string
	// environment is the environment of all processes.
	environment map[string]string
	// real is whether to use the real provider; api is then the URL of the AWS API.
	real bool
	api  string
	// python is an interpreter that has boto3, empty unless the API is moto's.
	python string
}

func TestMain(m *testing.M) { os.Exit(runSuite(m)) }

func runSuite(m *testing.M) int {
	ctx := context.Background()
	var err error
	if suite.terraform, err = terraform.Program(); err != nil {
		fmt.Println("e2e: skipped:", err)
		return 0
	}
	if suite.app, err = build(ctx, "app", ".."); err != nil {
		return fail(err)
	}
	if suite.stacks, err = build(ctx, "stacks", "../cmd/stacks"); err != nil {
		return fail(err)
	}
	if suite.synthesized, err = os.MkdirTemp("", "mcpfleet-e2e-"); err != nil {
		return fail(err)
	}
	defer func() { _ = os.RemoveAll(suite.synthesized) }()
	suite.environment = map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "TF_VAR_") {
			suite.environment[name] = value
		}
	}
	suite.environment["TERRAFORM"] = suite.terraform
	suite.environment["TERRAFORM_BINARY_NAME"] = suite.terraform // for the CDKTF CLI
	suite.real = os.Getenv("E2E_PROVIDER") == "real"
	if suite.real {
		stop, err := startRealProvider(ctx)
		if err != nil {
			fmt.Println("e2e: skipped: cannot use the real provider:", err)
			return 0
		}
		defer stop()
		return m.Run()
	}
	types, err := typesInUse()
	if err != nil {
		return fail(err)
	}
	environment, err := standin.Install(ctx, cache, types)
	if err != nil {
		return fail(err)
	}
	maps.Copy(suite.environment, environment)
	return m.Run()
}

// build builds a program of the repository.
func build(ctx context.Context, name, folder string) (program string, err error) {
	program, err = filepath.Abs(filepath.Join(cache, name))
	if err != nil {
		return "", err
	}
	if output, err := exec.CommandContext(ctx, "go", "build", "-o", program, folder).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, output)
	}
	return program, nil
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "e2e:", err)
	return 1
}

// typesInUse returns the resource types and data sources of the golden stacks.
func typesInUse() ([]string, error) {
	files, err := filepath.Glob("../testdata/stacks/*/*.tf.json")
	if err != nil {
		return nil, err
	}
	bootstrap, err := filepath.Glob("../bootstrap/testdata/stacks/*.tf.json")
	if err != nil {
		return nil, err
	}
	files = append(files, bootstrap...)
	found := map[string]bool{}
	for _, file := range files {
		stack, err := tfjson.Read(file)
		if err != nil {
			return nil, err
		}
		for kind := range stack.Resources {
			found[kind] = true
		}
		for kind := range stack.Data {
			found["data."+kind] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}
