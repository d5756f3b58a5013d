package ops

import (
	"fmt"
	"slices"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// processDrift compares how the container starts and where it may write. It names no words of commands, which may be
// long or confidential.
func (r *Region) processDrift(container ecstypes.ContainerDefinition) (drift []string) {
	var check []string
	if container.HealthCheck != nil {
		check = container.HealthCheck.Command[min(1, len(container.HealthCheck.Command)):] // after CMD
	}
	for _, each := range []struct {
		what       string
		is, should []string
	}{
		{"entrypoint", container.EntryPoint, r.Container.Entrypoint},
		{"command", container.Command, r.Container.Command},
		{"command of the container's health check", check, r.Container.HealthCheck.Command},
		{"user", []string{value(container.User)}, []string{r.Container.User}},
		{"secret of the registry's login", []string{pullSecret(container)}, []string{r.Container.PullSecretARN}},
		{"working directory", []string{value(container.WorkingDirectory)}, []string{r.Container.WorkingDirectory}},
	} {
		if !slices.Equal(each.is, each.should) {
			drift = append(drift, each.what+" differs")
		}
	}
	if is := value(container.ReadonlyRootFilesystem); is != r.Container.ReadOnly {
		drift = append(drift, fmt.Sprintf("read-only root file system is %t, not %t", is, r.Container.ReadOnly))
	}
	if is := tmpSize(container); is != r.Container.TmpSize {
		drift = append(drift, fmt.Sprintf("size of /tmp is %d MiB, not %d", is, r.Container.TmpSize))
	}
	return drift
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
