package stacks

import (
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/ecs"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// containers returns the containers of a task: the server's, and the sidecars.
func containers(region config.Region, r resources) []ecs.Container {
	server := containerConfig(region, r, region.Container.ContainerDefinition)
	server.Name = region.Names.Container()
	server.Image = hcl.Expression("var.container_image")
	server.Essential = true
	server.Port = region.Container.Port
	server.LogPrefix = config.ServerLogPrefix
	server.Mounts = r.mounts()
	all := []ecs.Container{server}
	for _, sidecar := range region.Container.Sidecars {
		cfg := containerConfig(region, r, sidecar.ContainerDefinition)
		cfg.Name = sidecar.Name
		cfg.Image = sidecar.Image
		cfg.Essential = sidecar.Essential
		cfg.Port = sidecar.Port
		cfg.CPU, cfg.Memory = sidecar.CPU, sidecar.Memory
		cfg.LogPrefix = sidecar.LogPrefix
		all = append(all, cfg)
	}
	return all
}

// containerConfig returns what the server's container and sidecars have in common.
func containerConfig(region config.Region, r resources, container config.ContainerDefinition) ecs.Container {
	cfg := ecs.Container{
		PullSecretARN:    container.PullSecretARN,
		Environment:      container.Environment,
		Entrypoint:       container.Entrypoint,
		Command:          container.Command,
		User:             container.User,
		WorkingDirectory: container.WorkingDirectory,
		Init:             container.Init,
		ReadOnly:         container.ReadOnly,
		TmpSize:          container.TmpSize,
		OpenFiles:        container.Ulimits.NoFile,
		HealthCheck:      ecs.HealthCheck(container.HealthCheck),
		StopTimeout:      container.StopTimeout,
		Secrets:          container.Secrets,
		ExternalSecrets:  map[string]string{},
		DependsOn:        map[string]string{},
		LogGroup:         r.logs.Name,
		Region:           region.Name,
	}
	for name, secret := range container.ExternalSecrets {
		cfg.ExternalSecrets[name] = secret.Reference(region.Name, awsprovider.AccountID)
	}
	for name, condition := range container.DependsOn {
		cfg.DependsOn[region.ContainerName(name)] = condition
	}
	if r.secret != nil {
		cfg.SecretARN = r.secret.ARN
	}
	return cfg
}
