package standin

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
)

// WorldVariable is the environment variable with the path of a state file. What is in it can be imported.
const WorldVariable = "STANDIN_WORLD"

// importIDs are templates for the IDs by which resources are imported, if that is not their attribute id. A value that is
// an ARN stands for its last part.
// https://registry.terraform.io/providers/hashicorp/aws/5.99.1/docs
var importIDs = map[string]string{
	"aws_ecs_cluster":             "{name}",
	"aws_ecs_service":             "{cluster}/{name}",
	"aws_route":                   "{route_table_id}_{destination_cidr_block}",
	"aws_route_table_association": "{subnet_id}/{route_table_id}",
	"aws_service_discovery_private_dns_namespace": "{id}:{vpc}",
}

// ImportResourceState returns the attributes of a resource that exists in the world.
func (p *provider) ImportResourceState(_ context.Context, request *tfprotov5.ImportResourceStateRequest) (*tfprotov5.ImportResourceStateResponse, error) {
	attributes, err := inWorld(request.TypeName, func(attributes map[string]any) bool { return importID(request.TypeName, attributes) == request.ID })
	if err != nil {
		return nil, err
	}
	if attributes == nil {
		return nil, fmt.Errorf("cannot import %s %s: it does not exist", request.TypeName, request.ID)
	}
	state, err := p.schemas.Resources[request.TypeName].value(attributes)
	return &tfprotov5.ImportResourceStateResponse{ImportedResources: []*tfprotov5.ImportedResource{{TypeName: request.TypeName, State: state}}}, err
}

// inWorld returns the attributes of a resource or data source in the world, nil if it is not there.
func inWorld(kind string, is func(attributes map[string]any) bool) (map[string]any, error) {
	file := os.Getenv(WorldVariable)
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file) //nolint:gosec // set by the test suite
	if err != nil {
		return nil, err
	}
	var world struct {
		Resources []struct {
			Type      string
			Instances []struct{ Attributes map[string]any }
		}
	}
	if err := json.Unmarshal(text, &world); err != nil {
		return nil, err
	}
	for _, resource := range world.Resources {
		for _, instance := range resource.Instances {
			all := []map[string]any{instance.Attributes}
			if kind == "aws_route" && resource.Type == "aws_route_table" {
				all = routes(instance.Attributes)
			} else if resource.Type != kind {
				continue
			}
			if i := slices.IndexFunc(all, is); i >= 0 {
				return all[i], nil
			}
		}
	}
	return nil, nil
}

// routes returns the routes of a table, as resources of their own.
func routes(table map[string]any) (routes []map[string]any) {
	blocks, _ := table["route"].([]any)
	for _, block := range blocks {
		route := block.(map[string]any)
		routes = append(routes, map[string]any{"id": "r-" + digits(), "route_table_id": table["id"], "destination_cidr_block": route["cidr_block"], "gateway_id": route["gateway_id"]})
	}
	return routes
}

func importID(kind string, attributes map[string]any) string {
	id, known := importIDs[kind]
	if !known {
		id = "{id}"
	}
	for name, value := range attributes {
		text, isText := value.(string)
		if known && strings.HasPrefix(text, "arn:") {
			text = text[strings.LastIndex(text, "/")+1:]
		}
		if isText {
			id = strings.ReplaceAll(id, "{"+name+"}", text)
		}
	}
	return id
}

// value encodes attributes of a state. It drops those of a newer provider, and empty texts, which the provider does not tell
// from arguments that are not set.
func (s Schema) value(attributes map[string]any) (*tfprotov5.DynamicValue, error) {
	attributes = maps.Clone(attributes)
	maps.DeleteFunc(attributes, func(_ string, value any) bool { return value == "" })
	text, err := json.Marshal(attributes)
	if err != nil {
		return nil, err
	}
	kind := s.protocol().ValueType()
	options := tfprotov5.UnmarshalOpts{}
	options.ValueFromJSONOpts.IgnoreUndefinedAttributes = true
	value, err := tfprotov5.RawState{JSON: text}.UnmarshalWithOpts(kind, options)
	if err != nil {
		return nil, err
	}
	state, err := tfprotov5.NewDynamicValue(kind, value)
	return &state, err
}
