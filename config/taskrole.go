package config

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// TaskRole is what the server in the tasks may do in AWS.
type TaskRole struct {
	Statements      []Statement `yaml:"statements" example:"[{actions: [s3:GetObject], resources: [\"arn:aws:s3:::acme-data-{region}/*\"]}]" doc:"What the server may do in AWS. Each statement allows actions on resources; they become the role's inline policy. {region} and {account} stand for the stack's region and account ID."`
	ManagedPolicies []string    `yaml:"managed_policies" pattern:"^arn:[a-z-]+:iam::(aws|[0-9]{12}|[{]account[}]):policy/[A-Za-z0-9_+=,.@{}/-]+$" is:"the ARN of a managed policy" example:"[arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess, \"arn:aws:iam::{account}:policy/acme-data\"]" doc:"ARNs of managed policies that the server has too, of AWS or your own. They must already exist."`
	// The boundary covers every role of the stack, because the pipelines' role could use any of them to exceed it, such
	// as the execution role as a task role.
	PermissionsBoundary string `yaml:"permissions_boundary" pattern:"^arn:[a-z-]+:iam::(aws|[0-9]{12}|[{]account[}]):policy/[A-Za-z0-9_+=,.@{}/-]+$" is:"the ARN of a managed policy" example:"\"arn:aws:iam::{account}:policy/mcp-boundary\"" doc:"ARN of the managed policy that limits what the roles of the stack can be allowed: task role, execution role and the role of flow logs. It must already exist. If every region has one, the pipelines' role requires it."`
}

// Statement is a statement of the task role's policy.
type Statement struct {
	Actions    []string                       `yaml:"actions" required:"true" pattern:"^([*]|[a-z0-9-]+:[A-Za-z0-9*?]+)$" is:"an action (<service>:<action>, the service in lower case; * and ? are wildcards)" example:"[s3:GetObject, s3:List*]" doc:"Actions that the server may call."`
	Resources  []string                       `yaml:"resources" required:"true" pattern:"^([*]|arn:[a-z-]+:[a-z0-9-]+:[A-Za-z0-9*?{}-]*:[A-Za-z0-9*?{}-]*:[ -~]+)$" is:"an ARN or *" example:"[\"arn:aws:s3:::acme-data-{region}/*\"]" doc:"Resources that the actions may concern: ARNs, in which * and ? are wildcards, or *."`
	Conditions map[string]map[string][]string `yaml:"conditions" pattern:"^[ -~¡-ÿ]*$" is:"a value that IAM accepts (the characters of Latin-1)" example:"{StringEquals: {\"aws:ResourceTag/team\": [search]}}" doc:"When the statement applies: operators of IAM, each with condition keys and their values."`
	// A separate key, so that nobody allows everything by a slip.
	AllowEverything bool `yaml:"allow_everything" default:"false" example:"true" doc:"Confirms a statement with * as action and as resource, which is otherwise an error. It makes the server an administrator of the account."`
}

// everything reports whether the statement allows every action on every resource.
func (s Statement) everything() bool {
	return slices.Contains(s.Actions, "*") && slices.Contains(s.Resources, "*")
}

// placeholders are the words that stand for something else in the values of task_role. They have no $, which would
// make them look like Terraform.
var placeholders = []string{"{region}", "{account}"}

// Fill replaces the placeholders in a value of task_role. The account is an ID, or an expression for it.
func (r Region) Fill(value, account string) string {
	return strings.NewReplacer("{region}", r.Name, "{account}", account).Replace(value)
}

// TaskPolicy returns the inline policy of the task role as JSON, or "" if there are no statements. fill replaces the
// placeholders.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func (t TaskRole) TaskPolicy(fill func(string) string) string {
	if len(t.Statements) == 0 {
		return ""
	}
	type statement struct {
		Effect           string
		Action, Resource []string
		Condition        map[string]map[string][]string `json:",omitempty"`
	}
	document := struct {
		Version   string
		Statement []statement
	}{Version: "2012-10-17"}
	all := func(values []string) []string {
		var filled []string
		for _, value := range values {
			filled = append(filled, fill(value))
		}
		return filled
	}
	for _, each := range t.Statements {
		conditions := map[string]map[string][]string{}
		for operator, keys := range each.Conditions {
			conditions[operator] = map[string][]string{}
			for key, values := range keys {
				conditions[operator][key] = all(values)
			}
		}
		document.Statement = append(document.Statement, statement{"Allow", each.Actions, all(each.Resources), conditions})
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		panic(err) // unreachable: the document consists of strings
	}
	return strings.TrimSuffix(text.String(), "\n")
}
