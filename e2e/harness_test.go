//go:build e2e

// Package e2e runs real Terraform over real stacks: synthesized by the app as a process, planned,
// applied, changed and destroyed. The AWS provider is the real one (E2E_PROVIDER=real), in front of
// moto's server or of the AWS API at AWS_ENDPOINT_URL, or a stand-in that needs no network (the
// default) and runs what needs no AWS.
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

// suite is what all tests share.
var suite struct {
	// app is the CDKTF app, stacks is the program behind make plan, terraform what runs the stacks.
	app, stacks, terraform string
	// synthesized is the folder of what the app has made of fleet files.
	synthesized string
	// environment is that of every process.
	environment map[string]string
	// real is whether the provider is the real one; api is then the AWS API's address.
	real bool
	api  string
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
	suite.environment["TERRAFORM_BINARY_NAME"] = suite.terraform // as the CDKTF CLI has it
	suite.real = os.Getenv("E2E_PROVIDER") == "real"
	if suite.real {
		stop, err := startRealProvider(ctx)
		if err != nil {
			fmt.Println("e2e: E2E_PROVIDER=real cannot run here, so nothing was run:", err)
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

// build builds a program of the repository's.
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

// typesInUse are the types of all stacks under review.
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
