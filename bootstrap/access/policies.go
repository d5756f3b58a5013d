package access

import (
	"cmp"
	"maps"
	"slices"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// Policy is a managed policy. Both roles can share one, and their total size can be larger than that of
// inline policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
type Policy struct {
	Name        string
	Description string
	// Roles are Plan, Apply or both.
	Roles    []string
	Document awspolicy.Document
}

// The two roles.
const (
	Plan  = "plan"
	Apply = "apply"
)

// Policies returns the policies of both roles.
func Policies(fleet Fleet) []Policy {
	policies := []Policy{
		{"read", "Reads what the stacks are made of", []string{Plan, Apply},
			awspolicy.New(append(statements(fleet, readsOf(false)), onlyInRegions(fleet))...)},
		{"plan-state", "Reads the states and locks them", []string{Plan}, awspolicy.New(stateToPlan(fleet)...)},
		{"apply-state", "Reads, writes and locks the states", []string{Apply}, awspolicy.New(stateToApply(fleet)...)},
		{"apply-network", "Changes the VPCs and what is in them", []string{Apply}, awspolicy.New(statements(fleet, writesOf("network"))...)},
		{"apply-entrance", "Changes what requests pass on their way to the tasks", []string{Apply}, awspolicy.New(statements(fleet, writesOf("entrance"))...)},
		{"apply-service", "Changes what runs in the VPCs", []string{Apply}, awspolicy.New(statements(fleet, writesOf("service"))...)},
		{"apply-identity", "Changes the tasks' roles and the fleet's own names", []string{Apply}, awspolicy.New(statements(fleet, writesOf("identity"))...)},
		{"apply-alarms", "Changes the alarms, their topics, the budgets and the dashboards", []string{Apply}, awspolicy.New(statements(fleet, writesOf("alarms"))...)},
		// They cover buckets of access logs, and read-storage what the apply-alarms policy changes, too. AWS cannot change a
		// description, and a role has no room for more policies.
		{"read-storage", "Reads the file systems of the regions", []string{Plan, Apply}, awspolicy.New(statements(fleet, readsOf(true))...)},
		{"apply-storage", "Changes the file systems of the regions", []string{Apply}, awspolicy.New(statements(fleet, writesOf("storage"))...)},
		{"apply-permissions", "Gives the tasks' roles their permissions", []string{Apply}, awspolicy.New(statements(fleet, writesOf("permissions"))...)},
	}
	// IAM rejects a policy without statements.
	return slices.DeleteFunc(policies, func(policy Policy) bool { return len(policy.Document.Statement) == 0 })
}

// readWithStorage are the policies of scopes whose reads are in "read-storage". "read" has no room for all.
var readWithStorage = []string{"alarms", "storage"}

// readsOf returns the reads that are in "read-storage", or everything else.
func readsOf(withStorage bool) func(need) []grant {
	return func(n need) []grant {
		return slices.DeleteFunc(slices.Clone(n.read), func(g grant) bool { return slices.Contains(readWithStorage, g.scope.policy) != withStorage })
	}
}

func writesOf(policy string) func(need) []grant {
	return func(n need) []grant {
		return slices.DeleteFunc(slices.Clone(n.write), func(g grant) bool { return g.scope.policy != policy })
	}
}

// statements returns one statement for each scope that has grants and, in this fleet, resources.
func statements(fleet Fleet, grants func(need) []grant) []awspolicy.Statement {
	actions := map[*scope][]string{}
	for kind, need := range needs {
		if fleet.lacks(kind) {
			continue
		}
		for _, grant := range grants(need) {
			if grant.scope.when != nil && !grant.scope.when(fleet) {
				continue
			}
			actions[grant.scope] = append(actions[grant.scope], grant.names()...)
		}
	}
	inOrder := slices.SortedFunc(maps.Keys(actions), func(a, b *scope) int { return cmp.Compare(a.sid, b.sid) })
	var result []awspolicy.Statement
	for _, scope := range inOrder {
		slices.Sort(actions[scope])
		if statement := scope.statement(fleet, slices.Compact(actions[scope])); len(statement.Resource) > 0 {
			result = append(result, statement)
		}
	}
	return result
}

// global are the actions that may be called in regions outside the fleet: those of global services, and those
// for the state bucket.
var global = []string{"iam:*", "kms:*", "route53:*", "s3:*", "sts:*"}

// onlyInRegions returns a Deny statement for other regions, so that the other statements need not list up to
// thirty regions each.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
func onlyInRegions(fleet Fleet) awspolicy.Statement {
	elsewhere := global
	if fleet.HasAlarms {
		elsewhere = slices.Concat([]string{"budgets:*"}, global)
	}
	return awspolicy.Statement{
		Sid:       "OnlyInTheFleetsRegions",
		Effect:    "Deny",
		NotAction: elsewhere,
		Resource:  awspolicy.References("*"),
		Condition: awspolicy.Condition{"StringNotEquals": {"aws:RequestedRegion": awspolicy.References(fleet.Regions...)}},
	}
}
