package access

import (
	"encoding/json"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Document is a policy, in the order in which AWS shows one.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement allows or denies something.
type Statement struct {
	Sid       string
	Effect    string
	Principal Principal       `json:",omitzero"`
	Action    []string        `json:",omitempty"`
	NotAction []string        `json:",omitempty"`
	Resource  []hcl.Reference `json:",omitempty"`
	Condition Condition       `json:",omitempty"`
}

// Condition is operator, key, values.
type Condition map[string]map[string][]hcl.Reference

// Principal is whom a statement is about: a kind of principal and its name, or everybody.
type Principal struct{ Kind, Name string }

// Everybody is every principal there is.
var Everybody = Principal{Kind: "*"}

// MarshalJSON writes the two forms that IAM knows.
func (p Principal) MarshalJSON() ([]byte, error) {
	if p == Everybody {
		return json.Marshal("*")
	}
	return json.Marshal(map[string]hcl.Reference{p.Kind: hcl.Reference(p.Name)})
}

func document(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

func references(texts ...string) []hcl.Reference {
	list := make([]hcl.Reference, len(texts))
	for i, text := range texts {
		list[i] = hcl.Reference(text)
	}
	return list
}
