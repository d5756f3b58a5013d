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
	// Type is string, number or bool, a list, set or map of one of them, or a list or set of objects.
	Type string
	// Fields are the attributes of the objects.
	Fields                       []Attribute
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
			Type:      attribute.valueType(),
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

// valueType returns the type of the attribute's values.
func (a Attribute) valueType() tftypes.Type {
	switch a.Type {
	case "list(object)":
		return tftypes.List{ElementType: a.objectType()}
	case "set(object)":
		return tftypes.Set{ElementType: a.objectType()}
	}
	return types[a.Type]
}

func (a Attribute) objectType() tftypes.Object {
	fields := map[string]tftypes.Type{}
	for _, field := range a.Fields {
		fields[field.Name] = field.valueType()
	}
	return tftypes.Object{AttributeTypes: fields}
}

// empty returns the empty value of the attribute: null, or an empty list.
func (a Attribute) empty() tftypes.Value {
	if strings.HasPrefix(a.Type, "list(") || strings.HasPrefix(a.Type, "set(") {
		return tftypes.NewValue(a.valueType(), []tftypes.Value{})
	}
	return tftypes.NewValue(a.valueType(), nil)
}

// objects returns a value of a list or set of objects, whose fields are strings.
func (a Attribute) objects(list []map[string]string) tftypes.Value {
	values := []tftypes.Value{}
	for _, each := range list {
		fields := map[string]tftypes.Value{}
		for name, text := range each {
			fields[name] = tftypes.NewValue(tftypes.String, text)
		}
		values = append(values, tftypes.NewValue(a.objectType(), fields))
	}
	return tftypes.NewValue(a.valueType(), values)
}
