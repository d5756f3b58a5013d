package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cdtait/mcpfleet/internal/text"
)

// Limits of IAM. White space does not count. The number of managed policies is a quota that an account can raise.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxInlinePolicies  = 10240
	maxManagedPolicies = 10
)

// accountID is as long as every account ID.
const accountID = "123456789012"

func checkTaskRole(c checker, region *Region) {
	role := region.TaskRole
	if c.valid("task_role.statements") {
		checkStatements(c, region)
	}
	if (len(role.Statements) > 0 || len(role.ManagedPolicies) > 0) && region.Network.Mode == NetworkEndpoints && c.valid("network.mode") {
		c.warn("task_role", "in network.mode: endpoints, the tasks reach none of the services that it allows", "add endpoints of these services to the VPC yourself, or set network.mode: private")
	}
	seen := map[string]bool{}
	for i, arn := range role.ManagedPolicies {
		path := fmt.Sprintf("task_role.managed_policies[%d]", i)
		checkPolicyARN(c, path, arn)
		if seen[arn] && c.valid(path) {
			c.reject(path, arn+" is listed twice", "remove one of the two")
		}
		seen[arn] = true
	}
	if len(role.ManagedPolicies) > maxManagedPolicies {
		c.warn("task_role.managed_policies", fmt.Sprintf("lists %d policies, but a role can have %d until the account's quota is raised", len(role.ManagedPolicies), maxManagedPolicies),
			"combine some of them, or raise the quota")
	}
	checkPolicyARN(c, "task_role.permissions_boundary", role.PermissionsBoundary)
}

func checkPolicyARN(c checker, path, arn string) {
	if arn != "" && c.valid("task_role.managed_policies", path) {
		checkPartition(c, path, arn)
		checkPlaceholders(c, path, arn)
	}
}

func checkStatements(c checker, region *Region) {
	before := len(c.failed)
	for i, statement := range region.TaskRole.Statements {
		path := fmt.Sprintf("task_role.statements[%d]", i)
		checkActions(c, path, statement)
		checkResources(c, path, statement)
		checkConditions(c, path, statement.Conditions)
	}
	limit := maxInlinePolicies - region.VolumePermissions()
	size := utf8.RuneCountInString(region.TaskRole.TaskPolicy(func(value string) string { return region.Fill(value, accountID) }))
	if size > limit && len(c.failed) == before {
		c.reject("task_role.statements", fmt.Sprintf("become a policy of %d characters, but %s", size, roomFor(limit)),
			"move some of the statements to a managed policy, and list it in managed_policies")
	}
}

// roomFor describes the limit of the policy.
func roomFor(limit int) string {
	if limit < maxInlinePolicies {
		return fmt.Sprintf("the volumes leave room for %d in the role's inline policies", limit)
	}
	return fmt.Sprintf("the inline policies of a role can have %d", limit)
}

func checkActions(c checker, path string, statement Statement) {
	if !c.valid(path+".actions", path+".resources") {
		return
	}
	if len(statement.Actions) == 0 {
		c.reject(path+".actions", "is empty", "list what the server may do, such as s3:GetObject")
	}
	switch {
	case statement.everything() && !statement.AllowEverything && c.valid(path+".allow_everything"):
		c.reject(path, "allows every action on every resource, which makes the server an administrator of the account",
			"name the actions or the resources, or add allow_everything: true to the statement")
	case statement.AllowEverything && !statement.everything():
		c.reject(path+".allow_everything", "applies only to a statement with * as action and as resource", "remove it")
	}
}

func checkResources(c checker, path string, statement Statement) {
	if !c.valid(path + ".resources") {
		return
	}
	if len(statement.Resources) == 0 {
		c.reject(path+".resources", "is empty", `list ARNs, such as "arn:aws:s3:::acme-data-{region}/*"`)
	}
	for i, resource := range statement.Resources {
		at := fmt.Sprintf("%s.resources[%d]", path, i)
		checkPartition(c, at, resource)
		checkPlaceholders(c, at, resource)
	}
}

// checkPartition rejects ARNs of other partitions, which a role in a commercial region cannot use.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func checkPartition(c checker, path, arn string) {
	parts := strings.Split(arn, ":")
	if len(parts) > 1 && parts[1] != "aws" {
		c.reject(path, fmt.Sprintf("is in the partition %s, but the fleet's regions are in the partition aws", parts[1]), "use an ARN that begins with arn:aws:")
	}
}

// operators are the condition operators of IAM, without ForAllValues:, ForAnyValue: and IfExists.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var operators = strings.Fields(`
	StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
	NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals
	DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals
	Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null`)

// conditionKey matches condition keys: aws:ResourceTag/team, s3:prefix. A tag's key may contain spaces.
var conditionKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*:[A-Za-z0-9_.:/=+@ -]+$`)

func checkConditions(c checker, path string, conditions map[string]map[string][]string) {
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		at, keys := join(path+".conditions", operator), conditions[operator]
		if !c.valid(path+".conditions", at) {
			continue
		}
		name := strings.TrimPrefix(strings.TrimPrefix(operator, "ForAllValues:"), "ForAnyValue:")
		if name != "NullIfExists" {
			name = strings.TrimSuffix(name, "IfExists")
		}
		switch {
		case !slices.Contains(operators, name):
			c.reject(at, fmt.Sprintf("%q is not a condition operator of IAM", truncate(operator)), suggest(name, operators))
		case len(keys) == 0:
			c.reject(at, "has no condition key", `add one with its values, such as "aws:ResourceTag/team": [search]`)
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			checkCondition(c, join(at, key), key, keys[key])
		}
	}
}

func checkCondition(c checker, path, key string, values []string) {
	switch {
	case !c.valid(path):
		return
	case !conditionKey.MatchString(key):
		c.reject(path, fmt.Sprintf("%q is not a condition key", truncate(key)), "use <service>:<key>, such as aws:ResourceTag/team or s3:prefix")
	case len(values) == 0:
		c.reject(path, "has no value", "list the values, such as [search]")
	}
	for i, value := range values {
		checkPlaceholders(c, fmt.Sprintf("%s[%d]", path, i), value)
	}
}

var (
	// braces matches everything that is or looks like a placeholder.
	braces = regexp.MustCompile(`[$%]?\{[^{}]*\}|[{}]`)
	// policyVariable matches the variables that IAM replaces when it evaluates a policy, with an optional default.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
	policyVariable = regexp.MustCompile(`^\$\{([*?$]|[a-z][a-z0-9-]*:[A-Za-z0-9_.:/=+@-]+(, *'[^']*')?)\}$`)
)

// checkPlaceholders rejects braces that are neither a placeholder nor a variable of IAM.
func checkPlaceholders(c checker, path, value string) {
	for _, found := range braces.FindAllString(value, -1) {
		plain := strings.TrimLeft(found, "$%")
		switch {
		case slices.Contains(placeholders, found), policyVariable.MatchString(found):
			continue
		case slices.Contains(placeholders, plain):
			c.reject(path, found+" is not a placeholder", "write "+plain)
		default:
			c.reject(path, truncate(found)+" is not a placeholder", "use "+text.Join(placeholders, " or ")+", or a variable of IAM, such as ${aws:PrincipalTag/team}")
		}
		return
	}
}

// checkBoundaries warns if only some regions have a permissions boundary.
func checkBoundaries(s *source, fleet *Fleet) {
	for _, region := range fleet.Regions {
		if bounded(region) || !slices.ContainsFunc(fleet.Regions, bounded) {
			continue
		}
		_, regions := Entry(s.root, "regions")
		key, _ := Entry(regions, region.Name)
		s.warning(key, "regions."+region.Name, "has no permissions boundary, unlike other regions, so the pipelines' role cannot require one",
			"set task_role.permissions_boundary below defaults")
	}
}

// Bounded reports whether the tasks' roles have a permissions boundary in every region.
func (f *Fleet) Bounded() bool {
	return !slices.ContainsFunc(f.Regions, func(region Region) bool { return !bounded(region) })
}

func bounded(region Region) bool { return region.TaskRole.PermissionsBoundary != "" }
