// Package awspolicy holds the policy documents of AWS, which Terraform takes as JSON.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
package awspolicy

import (
	"encoding/json"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Document is a policy document. Its fields are in the order that AWS uses.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement is a statement of a policy.
type Statement struct {
	Sid       string
	Effect    string
	Principal Principal       `json:",omitzero"`
	Action    []string        `json:",omitempty"`
	NotAction []string        `json:",omitempty"`
	Resource  []hcl.Reference `json:",omitempty"`
	Condition Condition       `json:",omitempty"`
}

// Condition maps operators to condition keys, and these to an hcl.Reference or a slice of them. IAM accepts
// both for a single value.
type Condition map[string]map[string]any

// Principal is the principal of a statement: a type, such as Service, and a name.
type Principal struct{ Type, Name string }

// AnyPrincipal matches every principal.
var AnyPrincipal = Principal{Type: "*"}

// MarshalJSON implements json.Marshaler.
func (p Principal) MarshalJSON() ([]byte, error) {
	if p == AnyPrincipal {
		return json.Marshal("*")
	}
	return json.Marshal(map[string]hcl.Reference{p.Type: hcl.Reference(p.Name)})
}

// New returns a document with the statements.
func New(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// Allow returns a statement that allows actions on resources.
func Allow(sid string, resources []string, actions ...string) Statement {
	return Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: References(resources...)}
}

// Trust returns a statement by which a service assumes a role, on behalf of the resources of one account whose ARNs
// match a pattern only. That prevents the confused deputy problem.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func Trust(sid, service, accountID, sourceARN string) Statement {
	return Statement{
		Sid:       sid,
		Effect:    "Allow",
		Principal: Principal{Type: "Service", Name: service},
		Action:    []string{"sts:AssumeRole"},
		Condition: Condition{
			"StringEquals": {"aws:SourceAccount": hcl.Reference(accountID)},
			"ArnLike":      {"aws:SourceArn": hcl.Reference(sourceARN)},
		},
	}
}

// References converts strings.
func References(texts ...string) []hcl.Reference {
	list := make([]hcl.Reference, len(texts))
	for i, text := range texts {
		list[i] = hcl.Reference(text)
	}
	return list
}
