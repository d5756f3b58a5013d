// Package orphans lets an apply take over what an earlier one made in AWS and, killed, did not record
// in its state. Terraform would make such a thing again, and AWS refuses a name that is taken: without
// this every later apply fails until a person imports it.
//
// Each resource is looked up by name or tags while Terraform plans, and imported where AWS has exactly
// one. Importing what is in the state already does nothing. All data sources used here return an empty
// list, not an error, where there is nothing.
// https://developer.hashicorp.com/terraform/language/import
//
// What is missing here needs no lookup: AWS overwrites it (records with allow_overwrite, role policies,
// scalable targets, scheduled actions), returns the one that exists (listener), or numbers it anew (task
// definition).
package orphans

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Config describes what to look for.
type Config struct {
	// Tags are on everything of the stack and tell it from every other fleet's.
	Tags map[string]string
	// Resources are all that the stack may have and that an apply may have made before.
	Resources []Resource
}

// Resource is one resource of the stack.
type Resource struct {
	// Address is Terraform's, with the index of a counted resource: aws_lb.main[0].
	Address string
	// Name is the one in AWS, or the Name tag of what has no name. Of a security group's rule it is an
	// HCL condition over the rule.
	Name string
	// Present is an HCL expression, false while the resource has a count of 0; "" is always true.
	Present string
}

func (r Resource) kind() string {
	kind, _, _ := strings.Cut(r.Address, ".")
	return kind
}

// key tells the resource from all others of its type: main for aws_lb.main[0], and x for one of
// several, aws_lb.main["x"].
func (r Resource) key() string {
	name, index, _ := strings.Cut(strings.TrimPrefix(r.Address, r.kind()+"."), "[")
	if key, err := strconv.Unquote(strings.TrimSuffix(index, "]")); err == nil {
		return key
	}
	return name
}

// New adds the lookups and the imports to a stack, as overrides: CDKTF has no import block with
// for_each.
func New(stack cdktf.TerraformStack, cfg Config) {
	var imports []any
	asked := map[string]map[string]string{}
	for _, resource := range cfg.Resources {
		lookup := lookups[resource.kind()]
		if asked[lookup.source] == nil {
			asked[lookup.source] = map[string]string{}
		}
		asked[lookup.source][resource.key()] = resource.Name
		if before := asksBefore[lookup.source]; before != "" {
			asked[before] = nil
		}
		imports = append(imports, lookup.block(resource))
	}
	for source, names := range asked {
		stack.AddOverride(new("data."+source+".existing"), sources[source](names, cfg.Tags))
	}
	stack.AddOverride(new("import"), imports)
}

// block is the import block of a resource.
func (l lookup) block(resource Resource) map[string]any {
	found := strings.NewReplacer("{key}", resource.key(), "{name}", resource.Name).Replace(l.found)
	if resource.Present != "" {
		found = resource.Present + " ? " + found + " : []"
	}
	return map[string]any{"for_each": hcl.Expression("toset(" + found + ")"), "to": resource.Address, "id": l.id}
}
