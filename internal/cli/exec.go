package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) exec() *cobra.Command {
	request := ops.ExecRequest{}
	command := &cobra.Command{
		Use:   "exec [-- COMMAND...]",
		Short: "Run a command in a task, such as a shell",
		Long: `Run a command in a running task of one region through ECS Exec. The default is a shell, /bin/sh.

The command needs --region if the fleet has several regions. Without --task it runs in the newest task
whose agent of ECS Exec is running, and without --container in the server's container. What follows -- is
the command with its arguments; use sh -c for pipes and variables.

It needs logs.exec: true in the fleet file, and the Session Manager plugin of the AWS CLI. Ctrl-C reaches
the command in the task. The exit status is that of the plugin, which does not tell that of the command.`,
		Example:     "  mcpfleet exec --region eu-west-1\n  mcpfleet exec --region eu-west-1 --task 0123abcd -- ls -l /tmp\n  mcpfleet exec --container tools -- sh -c 'env | sort'",
		Annotations: map[string]string{unsupported: "json"},
		RunE: func(command *cobra.Command, arguments []string) error {
			request.Command = "/bin/sh"
			if len(arguments) > 0 {
				request.Command = shellWords(arguments)
			}
			return a.runInTask(command.Context(), request)
		},
	}
	command.Flags().StringVar(&request.Task, "task", "", "Run in this `task`: its ID, the beginning of its ID, or its ARN")
	command.Flags().StringVar(&request.Container, "container", config.ServerContainer, "Run in this `container`: server, or a sidecar")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for the session to start")
	return command
}

// runInTask starts a session and connects it to the terminal.
func (a *App) runInTask(ctx context.Context, request ops.ExecRequest) error {
	fleet, err := a.fleet()
	if err != nil {
		return err
	}
	if names := namesOf(fleet); len(names) > 1 {
		return usagef("mcpfleet exec runs in one region; pass --region with one of %s", strings.Join(names, ", "))
	}
	plugin, err := findPlugin()
	if err != nil {
		return err
	}
	connected, err := a.connectTo(ctx, fleet)
	if err != nil {
		return err
	}
	if err := checkContainer(request.Container, connected.Regions); err != nil {
		return err
	}
	region := connected.Regions[0]
	session, err := a.startSession(ctx, region, request)
	if err != nil {
		a.printError(region, err)
		return errFailed
	}
	a.progressf("%s: task %s, container %s", region.Name, session.Task, session.Container)
	return a.runPlugin(plugin, session)
}

func (a *App) startSession(ctx context.Context, region *ops.Region, request ops.ExecRequest) (*ops.ExecSession, error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	return region.Exec(ctx, request)
}
