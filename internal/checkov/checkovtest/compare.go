package checkovtest

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// documentChecks maps resource types to a check of a JSON document in their arguments. If the check ran,
// checkov parsed the document.
var documentChecks = map[string]string{
	"aws_iam_policy":          "CKV_AWS_355",
	"aws_iam_role_policy":     "CKV_AWS_355",
	"aws_ecs_task_definition": "CKV_AWS_334",
}

// unread reports what checkov skipped. Without this a report without failures could mean that nothing was
// checked.
func (r report) unread(stacks map[string]*tfjson.Stack) []string {
	type key struct{ stack, check, resource string }
	ran, passed := map[key]bool{}, map[string]int{}
	for _, each := range slices.Concat(r.Results.Passed, r.Results.Failed) {
		ran[key{each.stack(), each.Check, each.Resource}] = true
	}
	for _, each := range r.Results.Passed {
		passed[each.stack()]++
	}
	var problems []string
	resources := 0
	for _, stack := range slices.Sorted(maps.Keys(stacks)) {
		if passed[stack] == 0 {
			problems = append(problems, stack+": no check passed; checkov did not read the stack")
		}
		stacks[stack].Each(func(kind, name string, _ tfjson.Block) {
			resources++
			check, address := documentChecks[kind], kind+"."+name
			if check != "" && !ran[key{stack, check, address}] {
				problems = append(problems, fmt.Sprintf("%s: %s did not run for %s; checkov did not read its document", stack, check, address))
			}
		})
	}
	if resources == 0 || r.Summary.Resources != resources {
		problems = append(problems, fmt.Sprintf("checkov read %d of %d resources", r.Summary.Resources, resources))
	}
	return problems
}

// compare reports the differences between failed and accepted checks, each once for all stacks.
func (r report) compare(accepted []checkov.Accepted) []string {
	stale := map[checkov.Accepted]bool{}
	for _, each := range accepted {
		stale[each] = true
	}
	stacks := map[string][]string{}
	for _, failed := range r.Results.Failed {
		known := false
		for _, each := range accepted {
			if matches, err := path.Match(each.Address, failed.Resource); err == nil && matches && each.Check == failed.Check {
				stale[each], known = false, true
			}
		}
		if !known {
			failure := fmt.Sprintf("%s fails %s: %s", failed.Resource, failed.Check, failed.Name)
			stacks[failure] = append(stacks[failure], failed.stack())
		}
	}
	var problems []string
	for _, failure := range slices.Sorted(maps.Keys(stacks)) {
		in := slices.Sorted(slices.Values(stacks[failure]))
		problems = append(problems, fmt.Sprintf("%s (in %s, one of %d stacks); fix it, or accept it in the construct with a reason", failure, in[0], len(in)))
	}
	for _, each := range accepted {
		if each.Reason == "" {
			problems = append(problems, fmt.Sprintf("%s is accepted for %s without a reason", each.Check, each.Address))
		}
		if stale[each] {
			problems = append(problems, fmt.Sprintf("%s is accepted for %s, but does not fail in any stack; remove the entry", each.Check, each.Address))
		}
	}
	return problems
}
