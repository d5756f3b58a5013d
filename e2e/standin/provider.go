package standin

import (
	"context"
	"encoding/json"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// SchemaVariable is the environment variable with the path of the schemas file.
const SchemaVariable = "STANDIN_SCHEMA"

// Serve runs the provider until Terraform stops it.
func Serve() error {
	text, err := os.ReadFile(os.Getenv(SchemaVariable)) //nolint:gosec // set by the test suite
	if err != nil {
		return err
	}
	p := &provider{}
	if err := json.Unmarshal(text, &p.schemas); err != nil {
		return err
	}
	for kind, schema := range p.schemas.Resources {
		p.schemas.Resources[kind] = withComputed(kind, schema, nil)
	}
	for kind, schema := range p.schemas.DataSources {
		p.schemas.DataSources[kind] = withComputed(kind, schema, schema.Attributes)
	}
	return tf5server.Serve("registry.terraform.io/hashicorp/aws", func() tfprotov5.ProviderServer { return p })
}

// withComputed marks the optional arguments that the provider computes if they are not set: for data sources,
// all.
func withComputed(kind string, schema Schema, all []Attribute) Schema {
	for i, attribute := range schema.Attributes {
		if attribute.Optional && (all != nil || attribute.Name == "id" || attribute.Name == "tags_all" || listed(optionalComputed, kind, attribute.Name)) {
			schema.Attributes[i].Computed = true
		}
	}
	return schema
}

type provider struct {
	// Methods that the stacks do not need panic, because this is nil.
	tfprotov5.ProviderServer

	schemas     Schemas
	region      string
	defaultTags map[string]string
}

func (p *provider) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	response := &tfprotov5.GetMetadataResponse{ServerCapabilities: &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true}}
	for kind := range p.schemas.Resources {
		response.Resources = append(response.Resources, tfprotov5.ResourceMetadata{TypeName: kind})
	}
	for kind := range p.schemas.DataSources {
		response.DataSources = append(response.DataSources, tfprotov5.DataSourceMetadata{TypeName: kind})
	}
	return response, nil
}

func (p *provider) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	response := &tfprotov5.GetProviderSchemaResponse{
		Provider:          p.schemas.Provider.protocol(),
		ResourceSchemas:   map[string]*tfprotov5.Schema{},
		DataSourceSchemas: map[string]*tfprotov5.Schema{},
	}
	for kind, schema := range p.schemas.Resources {
		response.ResourceSchemas[kind] = schema.protocol()
	}
	for kind, schema := range p.schemas.DataSources {
		response.DataSourceSchemas[kind] = schema.protocol()
	}
	return response, nil
}

func (p *provider) GetResourceIdentitySchemas(context.Context, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (p *provider) PrepareProviderConfig(_ context.Context, request *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (p *provider) ConfigureProvider(_ context.Context, request *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	config, err := decode(request.Config, p.schemas.Provider.protocol().ValueType())
	if err != nil {
		return nil, err
	}
	p.region, p.defaultTags = config.text("region"), map[string]string{}
	blocks, _ := plain(config["default_tags"]).([]any)
	for _, block := range blocks {
		tags, _ := block.(map[string]any)["tags"].(map[string]any)
		for name, value := range tags {
			p.defaultTags[name], _ = value.(string)
		}
	}
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (p *provider) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (p *provider) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (p *provider) ReadDataSource(_ context.Context, request *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	schema := p.schemas.DataSources[request.TypeName]
	config, err := decode(request.Config, schema.protocol().ValueType())
	if err != nil {
		return nil, err
	}
	exists, err := inWorld(request.TypeName, func(attributes map[string]any) bool {
		return config.text("name") != "" && attributes["name"] == config.text("name")
	})
	if err != nil {
		return nil, err
	}
	if exists != nil {
		state, err := schema.value(exists)
		return &tfprotov5.ReadDataSourceResponse{State: state}, err
	}
	p.fill("data."+request.TypeName, schema, config, func(tftypes.Value) bool { return true })
	state, err := config.encode(schema.protocol().ValueType())
	return &tfprotov5.ReadDataSourceResponse{State: state}, err
}
