package ops

import (
	"context"
	"fmt"
	"slices"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/text"
)

// isOptional reports whether tasks go on when a sidecar exits.
func isOptional(sidecar config.Sidecar) bool { return !sidecar.Essential }

func (e *examination) hasOptionalSidecars() bool {
	return e.hasTasks() && slices.ContainsFunc(e.Container.Sidecars, isOptional)
}

// checkSidecars reports sidecars that have exited or are unhealthy in tasks that go on without them. ECS replaces tasks
// only for essential containers:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
func checkSidecars(ctx context.Context, e *examination) (found []Problem, err error) {
	tasks, err := e.runningTasks(ctx)
	if err != nil {
		return nil, err
	}
	for _, sidecar := range slices.DeleteFunc(slices.Clone(e.Container.Sidecars), func(sidecar config.Sidecar) bool { return !isOptional(sidecar) }) {
		failed, last := 0, ""
		for _, task := range tasks {
			for _, container := range task.Containers {
				if value(container.Name) == sidecar.Name && e.failed(container) {
					failed, last = failed+1, exit(container)
				}
			}
		}
		if failed > 0 {
			found = append(found, Problem{SidecarFailed, text.JoinNonEmpty(": ",
				fmt.Sprintf("the sidecar %s has exited or is unhealthy in %d of %s", sidecar.Name, failed, text.Count(len(tasks), "task")), last),
				e.fix(VerbLogs, "--container", sidecar.Name, "--since", "1h")})
		}
	}
	return found, nil
}

// failed reports whether a sidecar no longer works. One that others wait to complete may exit with status 0.
func (e *examination) failed(container ecstypes.Container) bool {
	if value(container.LastStatus) != "STOPPED" {
		return container.HealthStatus == ecstypes.HealthStatusUnhealthy
	}
	return container.ExitCode == nil || *container.ExitCode != 0 || !e.Container.IsAwaited(value(container.Name))
}
