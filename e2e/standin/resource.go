package standin

import (
	"context"
	"fmt"
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

// ReadResource finds what AWS may have changed by itself, and that a thing is gone.
func (p *provider) ReadResource(_ context.Context, request *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	kind := p.schemas.Resources[request.TypeName].protocol().ValueType()
	state, err := decode(request.CurrentState, kind)
	if err != nil {
		return nil, err
	}
	thing, exists := p.world.get(p.region, request.TypeName, identity(request.TypeName, state))
	if !exists {
		state = nil
	}
	for name := range strings.FieldsSeq(drifting[request.TypeName]) {
		if number, is := thing.Attributes[name].(float64); exists && is {
			state[name] = tftypes.NewValue(tftypes.Number, number)
		}
	}
	encoded, err := state.encode(kind)
	return &tfprotov5.ReadResourceResponse{NewState: encoded}, err
}

// PlanResourceChange leaves what AWS will decide unknown, and says what has to be replaced.
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
			planned[attribute.Name] = tftypes.NewValue(types[attribute.Type], tftypes.UnknownValue)
		case attribute.writeOnly():
			planned[attribute.Name] = tftypes.NewValue(types[attribute.Type], nil)
		}
	}
	if prior != nil {
		for _, name := range changed(prior, planned) {
			if listed(replaced, request.TypeName, name) {
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

// ApplyResourceChange does what was planned, or refuses as AWS would.
func (p *provider) ApplyResourceChange(_ context.Context, request *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	schema := p.schemas.Resources[request.TypeName]
	kind := schema.protocol().ValueType()
	prior, err := decode(request.PriorState, kind)
	if err != nil {
		return nil, err
	}
	planned, err := decode(request.PlannedState, kind)
	if err != nil {
		return nil, err
	}
	action, subject := "update", planned
	switch {
	case prior == nil:
		action = "create"
	case planned == nil:
		action, subject = "delete", prior
	}
	if p.pauseAt == request.TypeName+":"+action {
		p.world.pause()
	}
	response := &tfprotov5.ApplyResourceChangeResponse{NewState: request.PriorState}
	err = p.world.locked(func() error {
		if planned != nil {
			serial := len(p.world.Log())
			p.fill(request.TypeName, schema, planned, func(value tftypes.Value) bool { return !value.IsKnown() }, serial)
		}
		thing := Thing{Region: p.region, Type: request.TypeName, ID: identity(request.TypeName, subject), Attributes: attributes(subject)}
		if err := p.world.refuse(action, thing); err != nil {
			return err
		}
		return p.world.do(action, thing, changed(prior, planned))
	})
	if err != nil {
		response.Diagnostics = append(response.Diagnostics, &tfprotov5.Diagnostic{
			Severity: tfprotov5.DiagnosticSeverityError,
			Summary:  fmt.Sprintf("%s %s (%s): %s", action, request.TypeName, subject.text("id"), err),
		})
		return response, nil
	}
	response.NewState, err = planned.encode(kind)
	return response, err
}

// do carries an operation out and writes it into the log.
func (w World) do(action string, thing Thing, changed []string) error {
	operation := Operation{Action: action, Type: thing.Type, ID: thing.ID, Region: thing.Region}
	var err error
	switch action {
	case "delete":
		err = w.remove(thing)
	case "update":
		operation.Changed = changed
		err = w.put(thing)
	default:
		err = w.put(thing)
	}
	if err != nil {
		return err
	}
	if err := w.follow(action, thing); err != nil {
		return err
	}
	return w.record(operation)
}

// identity tells a thing from all others of its type. The id of a task definition does not: its
// revisions share it.
func identity(kind string, of object) string {
	if kind == "aws_ecs_task_definition" {
		return of.text("arn")
	}
	return of.text("id")
}

func attributes(of object) map[string]any {
	entries := map[string]any{}
	for name, value := range of {
		entries[name] = plain(value)
	}
	return entries
}

// fill invents the computed attributes that are to be filled; words make invented digits differ.
func (p *provider) fill(kind string, schema Schema, fields object, toFill func(tftypes.Value) bool, words ...any) {
	with := func(name string) string {
		switch name {
		case "region":
			return p.region
		case "account":
			return account
		case "hex":
			return digits(append([]any{kind, p.region, fields.text("name"), fields.text("family")}, words...)...)
		}
		return fields.text(name)
	}
	for _, attribute := range schema.Attributes {
		value := fields[attribute.Name]
		if !attribute.Computed || !toFill(value) || (value.IsKnown() && !value.IsNull()) {
			continue
		}
		fields[attribute.Name] = tftypes.NewValue(types[attribute.Type], nil)
		invented, known := export(kind, attribute.Name, with)
		if known && attribute.Type == "string" {
			fields[attribute.Name] = tftypes.NewValue(tftypes.String, invented)
		}
		if attribute.Name == "tags_all" {
			fields["tags_all"] = p.allTags(fields["tags"])
		}
	}
}
