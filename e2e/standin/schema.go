package standin

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Schemas holds the schemas of a provider.
type Schemas struct {
	Version     string
	Provider    Schema
	Resources   map[string]Schema
	DataSources map[string]Schema
}

// Schema is the schema of a resource, a data source, a provider or a nested block.
type Schema struct {
	Attributes []Attribute
	Blocks     []Block
}

// Attribute is an argument or an exported attribute.
type Attribute struct {
	Name string
	// Type is string, number or bool, a list, set or map of one of them, or "list(any)".
	Type                         string
	Required, Optional, Computed bool
}

// Block is a nested block.
type Block struct {
	Name    string
	Nesting string // list, set or single
	// One reports whether there can be at most one block.
	One    bool
	Schema Schema
}

var types = map[string]tftypes.Type{
	"string":       tftypes.String,
	"number":       tftypes.Number,
	"bool":         tftypes.Bool,
	"list(string)": tftypes.List{ElementType: tftypes.String},
	"set(string)":  tftypes.Set{ElementType: tftypes.String},
	"list(number)": tftypes.List{ElementType: tftypes.Number},
	"set(number)":  tftypes.Set{ElementType: tftypes.Number},
	"map(string)":  tftypes.Map{ElementType: tftypes.String},
	"map(bool)":    tftypes.Map{ElementType: tftypes.Bool},
	"map(number)":  tftypes.Map{ElementType: tftypes.Number},
	"list(any)":    tftypes.DynamicPseudoType,
}

var nestings = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"list":   tfprotov5.SchemaNestedBlockNestingModeList,
	"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
	"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
}

func (s Schema) protocol() *tfprotov5.Schema { return &tfprotov5.Schema{Block: s.block()} }

func (s Schema) block() *tfprotov5.SchemaBlock {
	block := &tfprotov5.SchemaBlock{}
	for _, attribute := range s.Attributes {
		block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{
			Name:      attribute.Name,
			Type:      types[attribute.Type],
			Required:  attribute.Required,
			Optional:  attribute.Optional,
			Computed:  attribute.Computed,
			WriteOnly: attribute.writeOnly(),
		})
	}
	for _, nested := range s.Blocks {
		block.BlockTypes = append(block.BlockTypes, &tfprotov5.SchemaNestedBlock{
			TypeName: nested.Name,
			Nesting:  nestings[nested.Nesting],
			MaxItems: map[bool]int64{true: 1}[nested.One && nested.Nesting != "single"],
			Block:    nested.Schema.block(),
		})
	}
	return block
}

// writeOnly reports whether the attribute is write-only, according to its suffix.
func (a Attribute) writeOnly() bool { return a.Optional && strings.HasSuffix(a.Name, "_wo") }

// empty returns the empty value of the attribute: null, or an empty list.
func (a Attribute) empty() tftypes.Value {
	switch a.Type {
	case "list(any)":
		return tftypes.NewValue(tftypes.Tuple{}, []tftypes.Value{})
	case "list(string)", "set(string)":
		return tftypes.NewValue(types[a.Type], []tftypes.Value{})
	}
	return tftypes.NewValue(types[a.Type], nil)
}
