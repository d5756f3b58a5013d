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
// allow_overwrite, policies of roles and file systems, scalable targets, scheduled actions, web ACL associations),
// returns it (listeners), adds a revision (task definitions) or another one beside it, which costs nothing
// (certificates).
package orphans

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Config configures the lookups.
type Config struct {
	// Tags identify the stack's resources.
	Tags map[string]string
	// VPCID is the ID of an existing VPC, empty if the VPC is the stack's.
	VPCID string
	// Resources are the resources of the stack to look up.
	Resources []Resource
	// Known are the IDs of resources in AWS by their Terraform address. They are not looked up.
	Known map[string]string
}

// Resource is a resource of the stack.
type Resource struct {
	// Address is the Terraform address, with the index if the resource has a count: aws_lb.main[0].
	Address string
	// Name is the name in AWS, or the Name tag of resources without a name. For a security group rule it is
	// an HCL condition that matches the rule, and for a mount target one that matches its network interface.
	Name string
	// Present is an HCL expression: whether the count is not 0. Empty means true.
	Present string
	// Table is the key of a route's table, in stacks with several: public for aws_route_table.public.
	Table string
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

// ifTable returns the condition of a for expression that selects the route's table.
func (r Resource) ifTable() string {
	if r.Table == "" {
		return ""
	}
	return ` if contains(data.aws_route_tables.existing["` + r.Table + `"].ids, table.route_table_id)`
}

// New adds the data sources and import blocks to a stack. It uses overrides, because CDKTF does not support
// for_each in import blocks.
func New(stack cdktf.TerraformStack, cfg Config) {
	var imports []any
	queries := map[string]query{}
	for _, resource := range cfg.Resources {
		lookup := lookups[resource.kind()]
		if queries[lookup.source].names == nil {
			queries[lookup.source] = query{map[string]string{}, map[string]bool{}, cfg.Tags}
		}
		queries[lookup.source].names[resource.key()] = resource.Name
		queries[lookup.source].kinds[resource.kind()] = true
		for _, dependency := range dependencies[lookup.source] {
			queries[dependency] = query{}
		}
		if _, known := cfg.Known[resource.Address]; !known {
			imports = append(imports, lookup.block(cfg, resource))
		}
	}
	for _, address := range slices.Sorted(maps.Keys(cfg.Known)) {
		imports = append(imports, map[string]any{"to": address, "id": cfg.Known[address]})
	}
	data := map[string]map[string]any{}
	for source, query := range queries {
		kind, name := dataBlock(source)
		if data[kind] == nil {
			data[kind] = map[string]any{}
		}
		data[kind][name] = sources[source](query)
	}
	stack.AddOverride(new("data"), data)
	stack.AddOverride(new("import"), imports)
}

// dataBlock returns the type and the name of a source's data block: existing, unless the source is one of several of its
// type.
func dataBlock(source string) (kind, name string) {
	kind, name, several := strings.Cut(source, ".")
	if !several {
		name = "existing"
	}
	return kind, name
}

// block returns the import block of a resource.
func (l lookup) block(cfg Config, resource Resource) map[string]any {
	related, vpc := vpcIDs, "${one("+vpcIDs+")}"
	if cfg.VPCID != "" {
		// The VPC outlives the stack, so another resource tells whether the stack exists.
		related, vpc = taskGroups, cfg.VPCID
	}
	fill := strings.NewReplacer("{key}", resource.key(), "{name}", resource.Name, "{related}", related, "{vpc}", vpc, "{if table}", resource.ifTable())
	found := fill.Replace(l.found)
	if resource.Present != "" {
		found = resource.Present + " ? " + found + " : []"
	}
	return map[string]any{"for_each": hcl.Expression("toset(" + found + ")"), "to": resource.Address, "id": fill.Replace(l.id)}
}
