package ops

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/config"
)

// containerDrift compares the containers of a task. It finds them by name, and puts that of a sidecar before what
// differs.
func (r *Region) containerDrift(task *ecstypes.TaskDefinition) (drift []string) {
	running := map[string]ecstypes.ContainerDefinition{}
	for _, container := range task.ContainerDefinitions {
		running[value(container.Name)] = container
	}
	if server, runs := running[r.Names.Container()]; runs {
		drift = append(drift, r.definitionDrift(server, r.Container.Port, r.Container.ContainerDefinition)...)
		drift = append(drift, r.volumeDrift(task, server)...)
	}
	for _, sidecar := range r.Container.Sidecars {
		container, runs := running[sidecar.Name]
		if !runs {
			drift = append(drift, "sidecar "+sidecar.Name+" is missing")
			continue
		}
		for _, each := range r.sidecarDrift(container, sidecar) {
			drift = append(drift, "sidecar "+sidecar.Name+": "+each)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(running)) {
		if name != r.Names.Container() && !slices.ContainsFunc(r.Container.Sidecars, func(sidecar config.Sidecar) bool { return sidecar.Name == name }) {
			drift = append(drift, "container "+name+" is not in the fleet file")
		}
	}
	return drift
}

func (r *Region) sidecarDrift(container ecstypes.ContainerDefinition, sidecar config.Sidecar) []string {
	return slices.Concat(
		differences("essential", value(container.Essential), sidecar.Essential),
		differences("cpu", int(container.Cpu), sidecar.CPU),
		differences("memory", int(value(container.Memory)), sidecar.Memory),
		r.definitionDrift(container, sidecar.Port, sidecar.ContainerDefinition))
}

func (r *Region) definitionDrift(container ecstypes.ContainerDefinition, port int, should config.ContainerDefinition) []string {
	return slices.Concat(
		differences("image", value(container.Image), should.Image),
		differences("port", containerPort(container), port),
		r.processDrift(container, should),
		mapDrift("variable", environment(container), should.Environment),
		mapDrift("secret variable", r.secretVariables(container), r.wantedSecrets(should)))
}

// differences returns a sentence if two values differ.
func differences(what string, is, should any) []string {
	if is == should {
		return nil
	}
	return []string{fmt.Sprintf("%s is %v, not %v", what, is, should)}
}

// processDrift compares how a container starts and where it may write. It names no words of commands, which may be
// long or confidential.
func (r *Region) processDrift(container ecstypes.ContainerDefinition, should config.ContainerDefinition) (drift []string) {
	var check []string
	if container.HealthCheck != nil {
		check = container.HealthCheck.Command[min(1, len(container.HealthCheck.Command)):] // after CMD
	}
	for _, each := range []struct {
		what       string
		is, should []string
	}{
		{"entrypoint", container.EntryPoint, should.Entrypoint},
		{"command", container.Command, should.Command},
		{"command of the container's health check", check, should.HealthCheck.Command},
		{"user", []string{value(container.User)}, []string{should.User}},
		{"secret of the registry's login", []string{pullSecret(container)}, []string{should.PullSecretARN}},
		{"working directory", []string{value(container.WorkingDirectory)}, []string{should.WorkingDirectory}},
	} {
		if !slices.Equal(each.is, each.should) {
			drift = append(drift, each.what+" differs")
		}
	}
	drift = append(drift, differences("read-only root file system", value(container.ReadonlyRootFilesystem), should.ReadOnly)...)
	if is := tmpSize(container); is != should.TmpSize {
		drift = append(drift, fmt.Sprintf("size of /tmp is %d MiB, not %d", is, should.TmpSize))
	}
	return append(drift, mapDrift("dependency on", dependencies(container), r.wantedDependencies(should))...)
}

// dependencies returns the condition of each container that a container depends on.
func dependencies(container ecstypes.ContainerDefinition) map[string]string {
	conditions := map[string]string{}
	for _, each := range container.DependsOn {
		conditions[value(each.ContainerName)] = strings.ToLower(string(each.Condition))
	}
	return conditions
}

// wantedDependencies is what the fleet file sets for dependencies.
func (r *Region) wantedDependencies(container config.ContainerDefinition) map[string]string {
	conditions := map[string]string{}
	for name, condition := range container.DependsOn {
		conditions[r.ContainerName(name)] = condition
	}
	return conditions
}

func pullSecret(container ecstypes.ContainerDefinition) string {
	if container.RepositoryCredentials == nil {
		return ""
	}
	return value(container.RepositoryCredentials.CredentialsParameter)
}

// tmpSize returns the size of /tmp in MiB, 0 if none is mounted.
func tmpSize(container ecstypes.ContainerDefinition) int {
	if container.LinuxParameters == nil {
		return 0
	}
	for _, mount := range container.LinuxParameters.Tmpfs {
		if value(mount.ContainerPath) == "/tmp" {
			return int(mount.Size)
		}
	}
	return 0
}
