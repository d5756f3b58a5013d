package config

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// ServerContainer stands for the server's container in depends_on. In ECS, that container has the name of the project.
const ServerContainer = "server"

// Sidecar is a container that runs beside the server's in every task. They share the task's CPU, memory and disk, and
// reach each other at localhost.
type Sidecar struct {
	Name                string `yaml:"name" required:"true" pattern:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$" maxlen:"64" is:"a container name (lower-case letters, digits and single hyphens, starting with a letter)" example:"proxy" doc:"Name of the sidecar."`
	ContainerDefinition `yaml:",inline"`
	Essential           bool   `yaml:"essential" default:"true" example:"false" doc:"Whether ECS stops and replaces the task when the sidecar exits. With false, the server goes on without it."`
	Port                int    `yaml:"port" default:"0" min:"0" max:"65535" example:"4180" doc:"Port that the sidecar listens on. Required for the sidecar of container.ingress. 0 for one that only the task's other containers connect to."`
	CPU                 int    `yaml:"cpu" default:"0" min:"0" max:"16384" unit:"CPU units (1024 = 1 vCPU)" example:"128" doc:"Share of the task's CPU that the sidecar gets when the containers compete for it. It may use more while others are idle. 0 is the smallest share."`
	Memory              int    `yaml:"memory" default:"0" min:"0" max:"122880" unit:"MiB" example:"256" doc:"Memory of the task that the sidecar may use at most. ECS kills it when it exceeds that. 0 sets no limit but the task's."`
	LogPrefix           string `yaml:"log_prefix" default:"ecs" pattern:"^[A-Za-z0-9_.#-]+(/[A-Za-z0-9_.#-]+)*$" maxlen:"128" is:"a prefix of log streams (letters, digits, and _ . # - between single slashes)" example:"proxy" doc:"First part of the names of the sidecar's log streams, before the sidecar's name and the task's ID."`
}

// Conditions of depends_on.
const (
	dependsOnComplete = "complete"
	dependsOnSuccess  = "success"
	dependsOnHealthy  = "healthy"
)

// definitions yields the containers of a task, the server's first, each with its path in a region.
func (c Container) definitions() iter.Seq2[string, ContainerDefinition] {
	return func(yield func(string, ContainerDefinition) bool) {
		if !yield("container", c.ContainerDefinition) {
			return
		}
		for i, sidecar := range c.Sidecars {
			if !yield(sidecarPath(i), sidecar.ContainerDefinition) {
				return
			}
		}
	}
}

func sidecarPath(index int) string { return fmt.Sprintf("container.sidecars[%d]", index) }

// collect returns what the containers of a task have, sorted and without duplicates.
func (c Container) collect(of func(ContainerDefinition) []string) (all []string) {
	for _, definition := range c.definitions() {
		all = append(all, of(definition)...)
	}
	slices.Sort(all)
	return slices.Compact(slices.DeleteFunc(all, func(each string) bool { return each == "" }))
}

// SecretKeys returns the keys of the JSON secret that the containers use, sorted and without duplicates.
func (c Container) SecretKeys() []string {
	return c.collect(func(definition ContainerDefinition) []string { return slices.Collect(maps.Values(definition.Secrets)) })
}

// PullSecretARNs returns the secrets with the logins of the images' registries.
func (c Container) PullSecretARNs() []string {
	return c.collect(func(definition ContainerDefinition) []string { return []string{definition.PullSecretARN} })
}

// RepositoryARNs returns the ARNs of the ECR repositories of the images.
func (c Container) RepositoryARNs() []string {
	return c.collect(func(definition ContainerDefinition) []string { return []string{definition.RepositoryARN()} })
}

// TmpSizes returns the sizes of /tmp in all containers together, in MiB.
func (c Container) TmpSizes() (size int) {
	for _, definition := range c.definitions() {
		size += definition.TmpSize
	}
	return size
}

// Shares returns what the sidecars are given of the task's CPU units and MiB of memory.
func (c Container) Shares() (cpu, memory int) {
	for _, sidecar := range c.Sidecars {
		cpu, memory = cpu+sidecar.CPU, memory+sidecar.Memory
	}
	return cpu, memory
}

// IngressPort returns the port of a task that clients and the load balancer connect to: the server's, or that of the
// sidecar in front of it.
func (c Container) IngressPort() int {
	if sidecar := c.ingress(); sidecar != nil {
		return sidecar.Port
	}
	return c.Port
}

// ingress returns the sidecar in front of the server, nil if there is none.
func (c Container) ingress() *Sidecar { return c.sidecar(c.Ingress) }

// sidecar returns the sidecar with a name, nil if there is none.
func (c Container) sidecar(name string) *Sidecar {
	at := slices.IndexFunc(c.Sidecars, func(sidecar Sidecar) bool { return sidecar.Name == name })
	if at < 0 {
		return nil
	}
	return &c.Sidecars[at]
}

// IsAwaited reports whether a container of the task starts only after a sidecar has exited.
func (c Container) IsAwaited(sidecar string) bool {
	for _, definition := range c.definitions() {
		if condition := definition.DependsOn[sidecar]; condition == dependsOnComplete || condition == dependsOnSuccess {
			return true
		}
	}
	return false
}

// IngressContainer returns the name in ECS of the container that clients and the load balancer connect to.
func (r Region) IngressContainer() string {
	if sidecar := r.Container.ingress(); sidecar != nil {
		return sidecar.Name
	}
	return r.Names.Container()
}

// ServerLogPrefix is the first part of the names of the server's log streams.
const ServerLogPrefix = "ecs"

// LogStreamPrefix returns the beginning of the names of a container's log streams. ECS appends the task's ID. The
// container is that of depends_on.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
func (r Region) LogStreamPrefix(container string) string {
	prefix := ServerLogPrefix
	if sidecar := r.Container.sidecar(container); sidecar != nil {
		prefix = sidecar.LogPrefix
	}
	return prefix + "/" + r.ContainerName(container) + "/"
}

// ContainerNames returns the names of the task's containers as in depends_on, the server's first.
func (c Container) ContainerNames() []string {
	return append([]string{ServerContainer}, c.sidecarNames()...)
}

// ContainerName returns the name in ECS of a container that depends_on names.
func (r Region) ContainerName(name string) string {
	if name == ServerContainer {
		return r.Names.Container()
	}
	return name
}

// IsReadOnly reports whether the root file system of a container, by its name in depends_on, is read-only.
func (c Container) IsReadOnly(name string) bool {
	if sidecar := c.sidecar(name); sidecar != nil {
		return sidecar.ReadOnly
	}
	return c.ReadOnly
}

func (c Container) sidecarNames() (names []string) {
	for _, sidecar := range c.Sidecars {
		names = append(names, sidecar.Name)
	}
	return names
}
