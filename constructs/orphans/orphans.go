// Package orphans adds import blocks for resources that a killed apply created in AWS but did not record in
// the state. Terraform would try to create them again and fail, because their names are taken, until someone
// imports them.
//
// During a plan, data sources look up each resource by name or tags, and it is imported if exactly one
// exists. Importing a resource that is already in the state is a no-op. All data sources used here return an
// empty list instead of an error if they find nothing.
// https://developer.hashicorp.com/terraform/language/import
//
// Other resource types need no import: creating them again overwrites the existing resource (records with
// allow_overwrite, role policies, scalable targets, scheduled actions), returns it (listeners) or adds a
// revision (task definitions).
package orphans

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Config configures the lookups.
type Config struct {
	// Tags identify the stack's resources.
	Tags map[string]string
	// Resources are the resources of the stack to look up.
	Resources []Resource
}

// Resource is a resource of the stack.
type Resource struct {
	// Address is the Terraform address, with the index if the resource has a count: aws_lb.main[0].
	Address string
	// Name is the name in AWS, or the Name tag of resources without a name. For a security group rule it is
	// an HCL condition that matches the rule.
	Name string
	// Present is an HCL expression: whether the count is not 0. Empty means true.
	Present string
}

func (r Resource) kind() string {
	kind, _, _ := strings.Cut(r.Address, ".")
	return kind
}

// key identifies the resource among those of its type: main for aws_lb.main[0], and x for aws_lb.main["x"].
func (r Resource) key() string {
	name, index, _ := strings.Cut(strings.TrimPrefix(r.Address, r.kind()+"."), "[")
	if key, err := strconv.Unquote(strings.TrimSuffix(index, "]")); err == nil {
		return key
	}
	return name
}

// New adds the data sources and import blocks to a stack. It uses overrides, because CDKTF does not support
// for_each in import blocks.
func New(stack cdktf.TerraformStack, cfg Config) {
	var imports []any
	lookedUp := map[string]map[string]string{}
	for _, resource := range cfg.Resources {
		lookup := lookups[resource.kind()]
		if lookedUp[lookup.source] == nil {
			lookedUp[lookup.source] = map[string]string{}
		}
		lookedUp[lookup.source][resource.key()] = resource.Name
		if dependency := dependencies[lookup.source]; dependency != "" {
			lookedUp[dependency] = nil
		}
		imports = append(imports, lookup.block(resource))
	}
	for source, names := range lookedUp {
		stack.AddOverride(new("data."+source+".existing"), sources[source](names, cfg.Tags))
	}
	stack.AddOverride(new("import"), imports)
}

// block returns the import block of a resource.
func (l lookup) block(resource Resource) map[string]any {
	found := strings.NewReplacer("{key}", resource.key(), "{name}", resource.Name).Replace(l.found)
	if resource.Present != "" {
		found = resource.Present + " ? " + found + " : []"
	}
	return map[string]any{"for_each": hcl.Expression("toset(" + found + ")"), "to": resource.Address, "id": l.id}
}
