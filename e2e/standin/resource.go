package standin

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func (p *provider) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (p *provider) UpgradeResourceState(_ context.Context, request *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	kind := p.schemas.Resources[request.TypeName].protocol().ValueType()
	value, err := request.RawState.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	state, err := tfprotov5.NewDynamicValue(kind, value)
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: &state}, err
}

// ReadResource returns the prior state.
func (p *provider) ReadResource(_ context.Context, request *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: request.CurrentState}, nil
}

// PlanResourceChange marks computed attributes as unknown, and returns which changes require replacement.
func (p *provider) PlanResourceChange(_ context.Context, request *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	schema := p.schemas.Resources[request.TypeName]
	kind := schema.protocol().ValueType()
	prior, err := decode(request.PriorState, kind)
	if err != nil {
		return nil, err
	}
	planned, err := decode(request.ProposedNewState, kind)
	if err != nil || planned == nil {
		return &tfprotov5.PlanResourceChangeResponse{PlannedState: request.ProposedNewState}, err
	}
	config, err := decode(request.Config, kind)
	if err != nil {
		return nil, err
	}
	response := &tfprotov5.PlanResourceChangeResponse{}
	for _, attribute := range schema.Attributes {
		switch {
		case attribute.Name == "tags_all":
			planned["tags_all"] = p.allTags(planned["tags"])
		case prior == nil && attribute.Computed && config[attribute.Name].IsNull():
			planned[attribute.Name] = tftypes.NewValue(attribute.valueType(), tftypes.UnknownValue)
		case attribute.writeOnly():
			planned[attribute.Name] = tftypes.NewValue(attribute.valueType(), nil)
		}
	}
	if prior != nil {
		for _, name := range changed(prior, planned) {
			if listed(forceNew, request.TypeName, name) {
				response.RequiresReplace = append(response.RequiresReplace, tftypes.NewAttributePath().WithAttributeName(name))
			}
		}
	}
	response.PlannedState, err = planned.encode(kind)
	return response, err
}

func (p *provider) allTags(tags tftypes.Value) tftypes.Value {
	if !tags.IsFullyKnown() {
		return tftypes.NewValue(types["map(string)"], tftypes.UnknownValue)
	}
	all := map[string]string{}
	for name, value := range p.defaultTags {
		all[name] = value
	}
	own, _ := plain(tags).(map[string]any)
	for name, value := range own {
		all[name], _ = value.(string)
	}
	return texts(all)
}

func changed(from, to object) []string {
	var names []string
	for name, value := range to {
		if !from[name].Equal(value) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ApplyResourceChange returns the planned state with all computed attributes set.
func (p *provider) ApplyResourceChange(_ context.Context, request *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	schema := p.schemas.Resources[request.TypeName]
	kind := schema.protocol().ValueType()
	planned, err := decode(request.PlannedState, kind)
	if err != nil {
		return nil, err
	}
	if planned != nil {
		p.fill(request.TypeName, schema, planned, func(value tftypes.Value) bool { return !value.IsKnown() })
	}
	state, err := planned.encode(kind)
	return &tfprotov5.ApplyResourceChangeResponse{NewState: state}, err
}

// fill sets the computed attributes that toFill selects. Those without a template are null or an empty list.
func (p *provider) fill(kind string, schema Schema, fields object, toFill func(tftypes.Value) bool) {
	with := func(name string) string {
		switch name {
		case "region":
			return p.region
		case "account":
			return account
		case "hex":
			if strings.HasPrefix(kind, "data.") {
				return digits(kind, fields.text("name"))
			}
			return digits()
		}
		return fields.text(name)
	}
	for _, attribute := range schema.Attributes {
		value := fields[attribute.Name]
		if !attribute.Computed || !toFill(value) || (value.IsKnown() && !value.IsNull()) {
			continue
		}
		fields[attribute.Name] = attribute.empty()
		exported, ok := export(kind, attribute.Name, with)
		switch {
		case ok && attribute.Type == "string":
			fields[attribute.Name] = tftypes.NewValue(tftypes.String, exported)
		case ok && attribute.Type == "bool":
			fields[attribute.Name] = tftypes.NewValue(tftypes.Bool, exported == "true")
		}
		if attribute.Name == "tags_all" {
			fields["tags_all"] = p.allTags(fields["tags"])
		}
		if list, known := objectLists[kind+"."+attribute.Name]; known {
			fields[attribute.Name] = attribute.objects(list(fields))
		}
	}
}
