// Package plan plans every synthesized stack with Terraform and sums up what an apply would do. It
// is what make plan and the pipelines run; mcpfleet is not needed for it.
package plan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// File is the name of the plan that is left in a stack's folder, for terraform apply and show.
const File = "plan.tfplan"

// Exit statuses, those of terraform plan -detailed-exitcode.
const (
	ExitEmpty   = 0
	ExitError   = 1
	ExitChanges = 2
)

// Options say what to plan, and with what.
type Options struct {
	// Stacks is the folder with a folder for each stack.
	Stacks string
	// Patterns choose stacks by name, as in dev-*; none chooses all.
	Patterns []string
	// Terraform is the program, terraform or tofu.
	Terraform string
	// Log gets what Terraform prints, stack by stack.
	Log io.Writer
	// Parallel is how many stacks are planned at once.
	Parallel int
}

// Result is what an apply of one stack would do, or why that is not known.
type Result struct {
	Stack                string
	Add, Change, Destroy int
	// OutputsChange is whether outputs alone would change.
	OutputsChange bool
	Err           error
}

// Changes is whether an apply would change anything.
func (r Result) Changes() bool { return r.Add+r.Change+r.Destroy > 0 || r.OutputsChange }

// Run plans the stacks. One that fails does not keep the others from being planned.
func Run(ctx context.Context, options Options) ([]Result, error) {
	program, err := exec.LookPath(options.Terraform)
	if err != nil {
		return nil, fmt.Errorf("%s was not found: install Terraform or OpenTofu 1.11 or newer, or name the program in TERRAFORM", options.Terraform)
	}
	stacks, err := choose(options.Stacks, options.Patterns)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(stacks))
	var working sync.WaitGroup
	var printing sync.Mutex
	free := make(chan struct{}, max(options.Parallel, 1))
	for i, stack := range stacks {
		working.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			var log strings.Builder
			results[i] = planOne(ctx, program, filepath.Join(options.Stacks, stack), &log)
			printing.Lock()
			defer printing.Unlock()
			_, _ = fmt.Fprintf(options.Log, "== %s\n%s\n", stack, strings.TrimSpace(log.String()))
		})
	}
	working.Wait()
	return results, nil
}

func choose(folder string, patterns []string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("there are no stacks in %s: run make synth first", folder)
	}
	if len(patterns) == 0 {
		patterns = []string{"*"}
	}
	var all, chosen []string
	for _, entry := range entries {
		if _, err := os.Stat(filepath.Join(folder, entry.Name(), "cdk.tf.json")); err == nil {
			all = append(all, entry.Name())
		}
	}
	for _, pattern := range patterns {
		found := slices.DeleteFunc(slices.Clone(all), func(stack string) bool {
			matches, err := filepath.Match(pattern, stack)
			return err != nil || !matches
		})
		if len(found) == 0 {
			return nil, fmt.Errorf("no stack is named %s; there are %s", pattern, strings.Join(all, ", "))
		}
		chosen = append(chosen, found...)
	}
	slices.Sort(chosen)
	return slices.Compact(chosen), nil
}

func planOne(ctx context.Context, program, folder string, log io.Writer) Result {
	result := Result{Stack: filepath.Base(folder)}
	terraform, err := tfexec.NewTerraform(folder, program)
	if err != nil {
		result.Err = err
		return result
	}
	terraform.SetStdout(log)
	terraform.SetStderr(log)
	if result.Err = terraform.Init(ctx); result.Err != nil {
		return result
	}
	if _, result.Err = terraform.Plan(ctx, tfexec.Out(File)); result.Err != nil {
		return result
	}
	terraform.SetStdout(io.Discard)
	planned, err := terraform.ShowPlanFile(ctx, File)
	if err != nil {
		result.Err = err
		return result
	}
	result.count(planned)
	return result
}

func (r *Result) count(planned *tfjson.Plan) {
	for _, change := range planned.ResourceChanges {
		actions := change.Change.Actions
		switch {
		case actions.Replace():
			r.Add++
			r.Destroy++
		case actions.Create():
			r.Add++
		case actions.Update():
			r.Change++
		case actions.Delete():
			r.Destroy++
		}
	}
	for _, change := range planned.OutputChanges {
		r.OutputsChange = r.OutputsChange || !change.Actions.NoOp()
	}
}

// Exit is the exit status that the results deserve.
func Exit(results []Result) int {
	status := ExitEmpty
	for _, result := range results {
		switch {
		case result.Err != nil:
			return ExitError
		case result.Changes():
			status = ExitChanges
		}
	}
	return status
}

// Write writes the results as a table, and the errors below it.
func Write(to io.Writer, results []Result) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	lines := []string{"stack\tadd\tchange\tdestroy\t"}
	for _, result := range results {
		switch {
		case result.Err != nil:
			lines = append(lines, fmt.Sprintf("%s\tfailed\t\t\t", result.Stack))
		case !result.Changes():
			lines = append(lines, fmt.Sprintf("%s\t-\t-\t-\t", result.Stack))
		default:
			lines = append(lines, fmt.Sprintf("%s\t%d\t%d\t%d\t", result.Stack, result.Add, result.Change, result.Destroy))
		}
	}
	_, err := fmt.Fprintln(table, strings.Join(lines, "\n"))
	err = errors.Join(err, table.Flush())
	for _, result := range results {
		if result.Err != nil {
			_, failed := fmt.Fprintf(to, "%s: %s\n", result.Stack, reason(result.Err))
			err = errors.Join(err, failed)
		}
	}
	return err
}

// reason is the line of Terraform's message that says what is wrong.
func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	for line := range strings.Lines(err.Error()) {
		line = strings.Trim(line, "│╷╵ \n")
		if text, found := strings.CutPrefix(line, "Error: "); found {
			return text
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return first
}
