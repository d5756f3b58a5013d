package adopt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/config"
)

// field is a key of a fleet file with its value.
type field struct {
	key   string
	value any
}

// section is the settings of a region in the order of the file.
type section []field

// set adds a key with the keys below it.
func (s *section) set(key string, fields ...field) { *s = append(*s, field{key, fields}) }

// AdoptionFile is the path of a region's adoption file, relative to the fleet file.
func (r *Region) AdoptionFile() string { return "adopt/" + r.Names.Stack() + ".json" }

// Adoption returns the text of the adoption file.
func (r *Region) Adoption() ([]byte, error) {
	type imported struct {
		To string `json:"to"`
		ID string `json:"id"`
	}
	file := struct {
		Comment string     `json:"//"`
		Import  []imported `json:"import"`
	}{Comment: "What " + r.Names.Stack() + " takes over, by its ID in AWS."}
	for _, each := range r.Imports {
		file.Import = append(file.Import, imported(each))
	}
	text, err := json.MarshalIndent(file, "", "  ")
	return append(text, '\n'), err
}

// signature marks a fleet file as written by mcpfleet adopt.
const signature = "What runs, as mcpfleet adopt found it."

// Wrote reports whether mcpfleet adopt wrote a fleet file.
func Wrote(fleet []byte) bool { return bytes.Contains(fleet, []byte("# "+signature)) }

// FleetFile returns the fleet file of regions, which belong to one fleet. Settings that all have are its defaults.
func FleetFile(regions []*Region) ([]byte, error) {
	first := regions[0]
	for _, each := range regions[1:] {
		if each.Names.Project != first.Names.Project || each.Names.Environment != first.Names.Environment {
			return nil, fmt.Errorf("%s and %s belong to two fleets, %s %s and %s %s; adopt them one at a time",
				first.Names.Region, each.Names.Region, first.Names.Project, first.Names.Environment, each.Names.Project, each.Names.Environment)
		}
	}
	defaults, own := yaml.Node{Kind: yaml.MappingNode}, yaml.Node{Kind: yaml.MappingNode}
	shared := map[string]bool{}
	for _, each := range first.settings {
		text := encoded(each)
		shared[text] = each.key != "network" && !slices.ContainsFunc(regions, func(region *Region) bool {
			return !slices.ContainsFunc(region.settings, func(other field) bool { return encoded(other) == text })
		})
		if shared[text] {
			add(&defaults, each)
		}
	}
	for _, region := range regions {
		node := yaml.Node{Kind: yaml.MappingNode}
		for _, each := range region.settings {
			if !shared[encoded(each)] {
				add(&node, each)
			}
		}
		add(&node, field{"adopt", region.AdoptionFile()})
		if len(region.remarks) > 0 {
			node.Content[len(node.Content)-2].HeadComment = "No key describes these:\n- " + strings.Join(region.remarks, "\n- ")
		}
		own.Content = append(own.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: region.Names.Region}, &node)
	}
	top := yaml.Node{Kind: yaml.MappingNode, HeadComment: "yaml-language-server: $schema=./schema/regions.schema.json\n" + signature + " Keys that are not here have their defaults."}
	add(&top, field{"project", first.Names.Project})
	add(&top, field{"environment", first.Names.Environment})
	add(&top, field{"state", []field{{"backend", "local"}}})
	if len(defaults.Content) > 0 {
		top.Content = append(top.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "defaults"}, &defaults)
	}
	top.Content = append(top.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "regions"}, &own)
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(&top); err != nil {
		return nil, err
	}
	if _, _, err := config.Parse("the fleet file", text.Bytes()); err != nil {
		return nil, fmt.Errorf("what runs cannot be written as a fleet file:\n%w", err)
	}
	return text.Bytes(), nil
}

// encoded returns a setting as text, to compare it.
func encoded(each field) string {
	node := yaml.Node{Kind: yaml.MappingNode}
	add(&node, each)
	text, err := yaml.Marshal(&node)
	if err != nil {
		panic(err) // texts, numbers and lists of them always encode
	}
	return string(text)
}

// add adds a key to a mapping, unless its value says nothing.
func add(node *yaml.Node, each field) {
	value := &yaml.Node{}
	switch typed := each.value.(type) {
	case nil:
		return
	case []field:
		value.Kind = yaml.MappingNode
		for _, below := range typed {
			add(value, below)
		}
		if len(value.Content) == 0 {
			return
		}
	case string:
		if typed == "" {
			return
		}
		value.SetString(typed)
		if strings.ContainsAny(typed, ":#{}[]&*!|>'\"%@`, ") || isNumber(typed) {
			value.Style = yaml.DoubleQuotedStyle
		}
	default:
		if err := value.Encode(each.value); err != nil {
			panic(err) // texts, numbers and lists of them always encode
		}
		if (value.Kind == yaml.SequenceNode || value.Kind == yaml.MappingNode) && len(value.Content) == 0 {
			return
		}
		if value.Kind == yaml.SequenceNode {
			value.Style = yaml.FlowStyle
		}
	}
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: each.key}, value)
}

func isNumber(text string) bool {
	var value any
	return yaml.Unmarshal([]byte(text), &value) == nil && fmt.Sprintf("%T", value) != "string"
}
