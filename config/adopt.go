package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Adoption is what a stack takes over that it did not create. It is the content of the file that the key adopt names, in
// Terraform's JSON syntax.
type Adoption struct {
	Imports []Import
	Moves   []Move
}

// Import is a resource in AWS that becomes one of the stack's at its next apply.
type Import struct{ To, ID string }

// Move is a new address of a resource in the stack's state.
type Move struct{ From, To string }

// adoptionKeys are the blocks of an adoption file, with the keys of each.
//
// Sources: https://developer.hashicorp.com/terraform/language/block/import
// and https://developer.hashicorp.com/terraform/language/block/moved
var adoptionKeys = map[string][]string{"import": {"to", "id"}, "moved": {"from", "to"}}

// terraformAddress matches the address of a managed resource in the root module.
var terraformAddress = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_-]*(\[(0|[1-9][0-9]*|"[^"\\$%]+")\])?$`)

// sleepers begin the addresses of what a sleeping region in destroy mode does not have. Terraform rejects an import to an
// address without a resource, and one of a resource that is gone.
var sleepers = []string{"aws_lb.", "aws_lb_listener.", "aws_route53_record."}

// loadAdoptions reads the adoption files of a fleet.
func loadAdoptions(file string, fleet *Fleet) error {
	var problems Problems
	users := map[string]string{}
	for i := range fleet.Regions {
		region := &fleet.Regions[i]
		if region.Adopt == "" {
			continue
		}
		path := filepath.Join(filepath.Dir(file), region.Adopt)
		if user := users[path]; user != "" {
			problems = append(problems, Problem{File: path, Message: fmt.Sprintf("is the adoption file of %s and of %s", user, region.Name), Advice: "give each region a file of its own"})
			continue
		}
		users[path] = region.Name
		adoption, err := loadAdoption(path, region)
		if err != nil {
			problems = append(problems, err...)
			continue
		}
		region.Adoption = adoption
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

func loadAdoption(path string, region *Region) (*Adoption, Problems) {
	text, err := read(path)
	if err != nil {
		return nil, notAdoption(path, err)
	}
	source, err := parse(path, text)
	if err != nil {
		return nil, notAdoption(path, err)
	}
	adoption := &Adoption{}
	targets := map[string]bool{}
	a := &adoptionReader{source}
	for block, entries := range a.blocks() {
		for _, entry := range entries {
			fields := a.fields(entry, block)
			if fields == nil {
				continue
			}
			if block == "moved" {
				adoption.Moves = append(adoption.Moves, Move{fields["from"], fields["to"]})
				continue
			}
			to := fields["to"]
			if targets[to] {
				source.problem(entry, a.paths[entry], to+" is imported twice", "remove one of the two")
			}
			targets[to] = true
			sleeps := slices.ContainsFunc(sleepers, func(prefix string) bool { return strings.HasPrefix(to, prefix) })
			if sleeps && region.Weekend.Mode() == ModeDestroy {
				source.problem(entry, a.paths[entry], to+" cannot be imported into a region whose load balancer comes and goes with the weekend window",
					"adopt the region with weekend.destroy_albs: false, remove this import after the first apply, and turn it on then")
			}
			adoption.Imports = append(adoption.Imports, Import{to, fields["id"]})
		}
	}
	var problems Problems
	if errors.As(source.err(), &problems) {
		return nil, problems
	}
	return adoption, nil
}

// notAdoption returns the problems of a file that cannot be read or parsed. Their advice is about fleet files.
func notAdoption(file string, err error) Problems {
	var problems Problems
	if !errors.As(err, &problems) {
		problems = Problems{{File: file, Message: err.Error()}}
	}
	for i := range problems {
		problems[i].Advice = "adopt names a file with Terraform's import and moved blocks as JSON; mcpfleet help adopt shows one"
	}
	return problems
}

// adoptionReader reads the blocks of an adoption file.
type adoptionReader struct{ *source }

// blocks returns the entries of each block.
func (a *adoptionReader) blocks() map[string][]*yaml.Node {
	found := map[string][]*yaml.Node{}
	if a.root.Kind != yaml.MappingNode {
		a.problem(a.root, "", "is not an object", `write {"import": [{"to": "aws_vpc.main", "id": "vpc-0123456789abcdef0"}]}`)
		return nil
	}
	for i := 0; i+1 < len(a.root.Content); i += 2 {
		key, value := a.root.Content[i], a.root.Content[i+1]
		_, known := adoptionKeys[key.Value]
		switch {
		case key.Value == "//": // Terraform's comment
		case !known:
			a.problem(key, key.Value, "is not a block of an adoption file", suggest(key.Value, []string{"import", "moved"}))
		case value.Kind != yaml.SequenceNode:
			a.problem(value, key.Value, "is not a list", fmt.Sprintf("write %q: [{…}]", key.Value))
		default:
			found[key.Value] = value.Content
		}
	}
	return found
}

// fields returns the strings of an entry, nil if it is invalid.
func (a *adoptionReader) fields(entry *yaml.Node, block string) map[string]string {
	path, keys := a.paths[entry], adoptionKeys[block]
	before := len(a.problems)
	if entry.Kind != yaml.MappingNode {
		a.problem(entry, path, "is not an object", fmt.Sprintf("write {%q: …, %q: …}", keys[0], keys[1]))
		return nil
	}
	fields := map[string]string{}
	for i := 0; i+1 < len(entry.Content); i += 2 {
		key, value := entry.Content[i], entry.Content[i+1]
		switch {
		case !slices.Contains(keys, key.Value):
			a.problem(key, join(path, key.Value), "is not a key of "+block, suggest(key.Value, keys))
		case value.Kind != yaml.ScalarNode || value.ShortTag() != "!!str":
			a.problem(value, join(path, key.Value), "is not a string", "put it in quotes")
		case key.Value != "id" && !terraformAddress.MatchString(value.Value):
			a.problem(value, join(path, key.Value), fmt.Sprintf("%q is not the address of a resource", value.Value), "write one like aws_vpc.main or aws_lb.main[0]")
		case value.Value == "" || strings.Contains(value.Value, "${") || strings.Contains(value.Value, "%{"):
			a.problem(value, join(path, key.Value), fmt.Sprintf("%q is not an ID", value.Value), "write the ID as the provider's documentation of the resource gives it, without expressions")
		default:
			fields[key.Value] = value.Value
		}
	}
	for _, key := range keys {
		if fields[key] == "" && len(a.problems) == before {
			a.problem(entry, path, "lacks "+key, "add it")
		}
	}
	if len(a.problems) > before {
		return nil
	}
	return fields
}
