package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/session"
)

// pluginInstallation is AWS's page on the installation of the plugin.
const pluginInstallation = "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"

// findPlugin returns the path of AWS's session-manager-plugin.
func findPlugin() (string, error) {
	path, err := exec.LookPath("session-manager-plugin")
	if err != nil {
		return "", fmt.Errorf("session-manager-plugin was not found; install it: %s", pluginInstallation)
	}
	return path, nil
}

// runPlugin connects a session to the terminal until it ends. No context ends it: Ctrl-C is for the command in the task.
func (a *App) runPlugin(path string, opened *ops.ExecSession) error {
	arguments, err := opened.PluginArguments(session.Profile())
	if err != nil {
		return err
	}
	plugin := exec.Command(path, arguments...)
	plugin.Stdin, plugin.Stdout, plugin.Stderr = a.In, a.Out, a.Err
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, append(terminalSignals, syscall.SIGTERM)...)
	defer close(signals)
	defer signal.Stop(signals)
	if err := plugin.Start(); err != nil {
		return err
	}
	go func() {
		for received := range signals {
			if received == syscall.SIGTERM { // the terminal has sent the others to the plugin, too
				_ = plugin.Process.Signal(received)
			}
		}
	}()
	err = plugin.Wait()
	if exited, ok := errors.AsType[*exec.ExitError](err); ok {
		return programError{exited.ExitCode()}
	}
	return err
}
