package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/span"
)

// maxSecret is what Secrets Manager takes.
const maxSecret = 64 << 10

func (a *App) secret() *cobra.Command {
	command := &cobra.Command{
		Use:   "secret",
		Short: "Set the container's secrets, and see whether they are set",
		Args:  noArguments,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(a.secretSet(), a.secretStatus())
	return command
}

func (a *App) secretSet() *cobra.Command {
	var noWait bool
	command := &cobra.Command{
		Use:   "set [KEY]",
		Short: "Set a secret in every region, and start the tasks anew",
		Long: `Set a secret in every region, and start the tasks anew so that they read it.

KEY is a key of the JSON secret, such as API_KEY; it may be left out where the fleet has one only. The
value is asked for without echo, or read from standard input: it is never an argument, and it is never
printed. The secret's other keys stay. Where a region sleeps, its tasks read the value when they wake.`,
		Example: "  mcpfleet secret set API_KEY\n  pass show mcp/api-key | mcpfleet secret set",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) > 1 {
				return usagef("a value is never an argument, as others could see it; give it at the prompt or on standard input")
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			key, err := secretKey(fleet, arguments)
			if err != nil {
				return err
			}
			value, err := a.readSecret(command.Context(), key)
			if err != nil {
				return err
			}
			return a.act(command.Context(), fleet, connected, func(region *ops.Region, d *deed) error {
				return setSecret(command.Context(), region, key, value, !noWait, d)
			})
		},
	}
	command.Flags().BoolVar(&noWait, "no-wait", false, "do not wait until the new tasks run")
	a.timeoutFlag(command, ops.Patience, "how long to wait for the tasks of a region")
	return command
}

// secretKey is the key that was asked for, or the only one there is.
func secretKey(fleet *config.Fleet, arguments []string) (string, error) {
	var keys []string
	for _, region := range fleet.Regions {
		keys = append(keys, region.Container.SecretKeys()...)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	switch {
	case len(keys) == 0:
		return "", usagef("the fleet file names no secret; write container.secrets: {FMP_API_KEY: API_KEY}")
	case len(arguments) == 1 && slices.Contains(keys, arguments[0]):
		return arguments[0], nil
	case len(arguments) == 1:
		return "", usagef("no container asks for the key %s; there is %s", arguments[0], strings.Join(keys, ", "))
	case len(keys) > 1:
		return "", usagef("say which key: %s", strings.Join(keys, ", "))
	}
	return keys[0], nil
}

func (a *App) readSecret(ctx context.Context, key string) (string, error) {
	var text []byte
	var err error
	if isTerminal(a.In) {
		text, err = a.promptSecret(ctx, key)
	} else {
		text, err = io.ReadAll(io.LimitReader(a.In, maxSecret+1))
	}
	if err != nil {
		return "", err
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	switch {
	case value == "":
		return "", usagef("the value is empty; nothing is done")
	case len(value) > maxSecret:
		return "", usagef("the value is longer than the 64 KiB of a secret; nothing is done")
	}
	return value, nil
}

// promptSecret reads without echo. Ctrl-C leaves the terminal as it was.
func (a *App) promptSecret(ctx context.Context, key string) ([]byte, error) {
	terminal := a.In.(*os.File).Fd()
	before, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	// Before the prompt: who sees it may paste at once, sooner than ReadPassword turns the echo off.
	if err := term.SetState(terminal, withoutEcho(*before)); err != nil {
		return nil, err
	}
	defer func() { _ = term.Restore(terminal, before) }()
	a.ask(key + ": ")
	type answer struct {
		text []byte
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		answered <- answer{text, err}
	}()
	select {
	case got := <-answered:
		a.ask("\n")
		return got.text, got.err
	case <-ctx.Done():
		a.ask("\n")
		return nil, errors.New("stopped; nothing is done")
	}
}

func setSecret(ctx context.Context, region *ops.Region, key, value string, wait bool, d *deed) error {
	if !slices.Contains(region.Container.SecretKeys(), key) {
		d.note = "its container does not ask for " + key
		return nil
	}
	if err := region.SetSecret(ctx, key, value); err != nil {
		return err
	}
	d.did("%s is set", key)
	count, err := region.DesiredCount(ctx)
	if err != nil {
		return err
	}
	if count == 0 {
		d.note = "no task runs; the next ones read it"
		return nil
	}
	if err := region.Redeploy(ctx); err != nil {
		return err
	}
	d.did("new deployment")
	if !wait {
		return nil
	}
	if err := region.WaitSteady(ctx, count, d.app.timeout, d.say); err != nil {
		return err
	}
	d.did("steady")
	return nil
}

func (a *App) secretStatus() *cobra.Command {
	var beforeDeploy bool
	command := &cobra.Command{
		Use:   "status",
		Short: "Show whether each secret is set, and when it last changed",
		Long: `Show whether each secret is set, and when it last changed. A value is never shown.

STATE is set, placeholder (what the first deploy puts there), missing (the secret has values, but none
for this key, and a deploy adds none) or not deployed (the next deploy makes the secret). The exit
status is 1 unless every key is set.

With --before-deploy it is 1 only where the tasks of a deploy could not start: where a key is missing,
or could not be looked at. Pipelines ask that before they apply.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			wrong := func(status ops.SecretStatus) bool { return status.State != ops.KeySet }
			if beforeDeploy {
				wrong = ops.SecretStatus.StopsDeploy
			}
			return a.printSecrets(fleet, slices.Concat(ops.Each(command.Context(), connected.Regions, a.timeout, func(ctx context.Context, region *ops.Region) []ops.SecretStatus {
				return region.SecretStatus(ctx)
			})...), wrong)
		},
	}
	command.Flags().BoolVar(&beforeDeploy, "before-deploy", false, "fail only where the tasks of a deploy could not start")
	a.timeoutFlag(command, lookTimeout, "how long one region may take to answer")
	return command
}

// secretReport is a secret's status as a script reads it.
type secretReport struct {
	verdict
	ops.SecretStatus
}

func (a *App) printSecrets(fleet *config.Fleet, statuses []ops.SecretStatus, wrong func(ops.SecretStatus) bool) error {
	var result error
	var reports []secretReport
	var rows [][]string
	var remarks []string
	for _, status := range statuses {
		each := secretReport{a.verdict(status.Region, status.Problems), status}
		if each.OK = !wrong(status); !each.OK {
			result = errWrong
		}
		reports = append(reports, each)
		changed := "-"
		if status.Changed != nil {
			changed = fmt.Sprintf("%s, %s ago", status.Changed.UTC().Format(time.DateTime), span.Words(a.Now().Sub(*status.Changed)))
		}
		rows = append(rows, []string{status.Region, orDash(status.Key), orDash(string(status.State)), changed})
		for _, problem := range status.Problems {
			remarks = append(remarks, status.Region+": "+a.problemText(problem))
		}
	}
	if a.json {
		return printReport(a, fleet, reports)
	}
	a.printTable([]string{"REGION", "KEY", "STATE", "CHANGED (UTC)"}, rows)
	if len(remarks) > 0 {
		a.printf("\n%s\n", strings.Join(remarks, "\n"))
	}
	return result
}
