package standin

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// object maps the names of a resource's attributes and blocks to their values.
type object map[string]tftypes.Value

// decode returns nil for null.
func decode(value *tfprotov5.DynamicValue, kind tftypes.Type) (object, error) {
	decoded, err := value.Unmarshal(kind)
	if err != nil || decoded.IsNull() {
		return nil, err
	}
	fields := object{}
	return fields, decoded.As((*map[string]tftypes.Value)(&fields))
}

func (o object) encode(kind tftypes.Type) (*tfprotov5.DynamicValue, error) {
	var value tftypes.Value
	if o == nil {
		value = tftypes.NewValue(kind, nil)
	} else {
		value = tftypes.NewValue(kind, map[string]tftypes.Value(o))
	}
	encoded, err := tfprotov5.NewDynamicValue(kind, value)
	return &encoded, err
}

// text returns the value of a string attribute, or "" if it is null or unknown.
func (o object) text(name string) string {
	text, _ := plain(o[name]).(string)
	return text
}

// plain converts a value to Go types. Null and unknown values are nil.
func plain(value tftypes.Value) any {
	if value.Type() == nil || value.IsNull() || !value.IsKnown() {
		return nil
	}
	switch value.Type().(type) {
	case tftypes.List, tftypes.Set, tftypes.Tuple:
		var items []tftypes.Value
		_ = value.As(&items)
		list := make([]any, len(items))
		for i, item := range items {
			list[i] = plain(item)
		}
		return list
	case tftypes.Map, tftypes.Object:
		var fields map[string]tftypes.Value
		_ = value.As(&fields)
		entries := map[string]any{}
		for name, field := range fields {
			entries[name] = plain(field)
		}
		return entries
	}
	switch {
	case value.Type().Is(tftypes.String):
		var text string
		_ = value.As(&text)
		return text
	case value.Type().Is(tftypes.Bool):
		var truth bool
		_ = value.As(&truth)
		return truth
	default:
		var number big.Float
		_ = value.As(&number)
		exact, _ := number.Float64()
		return exact
	}
}

func texts(entries map[string]string) tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, text := range entries {
		values[name] = tftypes.NewValue(tftypes.String, text)
	}
	return tftypes.NewValue(types["map(string)"], values)
}
