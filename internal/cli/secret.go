package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/span"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) secret() *cobra.Command {
	command := &cobra.Command{
		Use:   "secret",
		Short: "Set secrets and show their status",
		Args:  noArguments,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(a.secretSet(), a.secretStatus())
	return command
}

func (a *App) secretSet() *cobra.Command {
	set := &secretSetter{app: a}
	set.rollout = rollout{app: a, work: set.set, stops: changed, skip: set.skip}
	command := &cobra.Command{
		Use:   "set [KEY]",
		Short: "Set a secret in every region",
		Long: `Set a secret in every region and restart the tasks so that they read it.

KEY is a key of the JSON secret, such as API_KEY; it is optional if the fleet has only one key. The value
is read from a prompt without echo or from standard input. It is never an argument and never printed. A
trailing newline is removed. Invalid values are rejected: white space only, a placeholder such as
CHANGEME, or bytes that are not UTF-8. The secret's other keys are kept.

Regions are changed one at a time, ordered by name or as --order says. If a region's tasks do not become healthy with the
new value, the remaining regions are not changed, and the commands that restore the old value are printed.
With --parallel, all regions are changed at once, or as many as it says. In a region that is asleep, the tasks read the value
when they start.`,
		Example: "  mcpfleet secret set API_KEY\n  pass show mcp/api-key | mcpfleet secret set\n  mcpfleet secret set API_KEY --region eu-west-2",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) > 1 {
				return usagef("a value cannot be an argument, because other processes can read it; enter it at the prompt or pass it on standard input")
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			return set.run(command.Context(), arguments)
		},
	}
	set.rollout.flags(command, 1, "Do not wait for the new tasks to become healthy")
	return command
}

// secretSetter sets one key in several regions.
type secretSetter struct {
	app     *App
	rollout rollout

	key, value string
}

func (s *secretSetter) run(ctx context.Context, arguments []string) error {
	a := s.app
	fleet, err := a.fleet()
	if err != nil {
		return err
	}
	if s.key, err = secretKey(fleet, arguments); err != nil {
		return err
	}
	connected, err := a.connectTo(ctx, fleet)
	if err != nil {
		return err
	}
	if s.value, err = a.readSecret(ctx, s.key); err != nil {
		return err
	}
	return s.rollout.run(ctx, fleet, connected)
}

// changed reports whether a region fails with the new value. One that could not be changed does not indicate a bad value.
func changed(o *outcome) bool { return len(o.done) > 0 }

// skip completes the outcome of a region that was not reached.
func (s *secretSetter) skip(region *ops.Region, o *outcome) {
	if s.usesKey(region, o) {
		o.problem = &ops.Problem{Code: ops.SecretNotChanged, Message: "not changed", Fix: ops.Fix{Verb: ops.VerbSecretSet, Region: region.Name, Arguments: []string{s.key}}}
	}
}

// usesKey reports whether a region's container uses the key. If not, it adds a note to the outcome.
func (s *secretSetter) usesKey(region *ops.Region, o *outcome) bool {
	if slices.Contains(region.Container.SecretKeys(), s.key) {
		return true
	}
	o.note = "its container does not use " + s.key
	return false
}

func (s *secretSetter) set(ctx context.Context, region *ops.Region, o *outcome) error {
	if !s.usesKey(region, o) {
		return nil
	}
	change, count, err := s.write(ctx, region, o)
	if err != nil || count == 0 || s.rollout.noWait {
		return err
	}
	if err := o.waitSteady(ctx, region, region.RangeOf(count)); err != nil {
		o.undo = change.UndoCommands(err)
		return err
	}
	return nil
}

// write sets the key and restarts the tasks. It returns the desired number of tasks.
func (s *secretSetter) write(ctx context.Context, region *ops.Region, o *outcome) (change ops.SecretChange, count int, err error) {
	ctx, cancel := s.app.withChangeTimeout(ctx)
	defer cancel()
	if change, err = region.SetSecret(ctx, s.key, s.value); err != nil {
		return change, 0, err
	}
	step := s.key + " is set"
	if !change.Written {
		step = s.key + " already has this value"
	}
	o.addStep("%s", step)
	if count, err = o.redeploy(ctx, region); err == nil && count == 0 {
		o.note = "no tasks are running; the next ones will read it"
	}
	return change, count, err
}

// secretKey returns the requested key, or the fleet's only key.
func secretKey(fleet *config.Fleet, arguments []string) (string, error) {
	var keys []string
	for _, region := range fleet.Regions {
		keys = append(keys, region.Container.SecretKeys()...)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	switch {
	case len(keys) == 0:
		return "", usagef("the fleet file has no secrets; set container.secrets, such as container.secrets: {FMP_API_KEY: API_KEY}")
	case len(arguments) == 1 && slices.Contains(keys, arguments[0]):
		return arguments[0], nil
	case len(arguments) == 1:
		return "", usagef("no container uses the key %s; the keys are %s", arguments[0], strings.Join(keys, ", "))
	case len(keys) > 1:
		return "", usagef("pass one of the keys: %s", strings.Join(keys, ", "))
	}
	return keys[0], nil
}

func (a *App) secretStatus() *cobra.Command {
	var beforeDeploy bool
	command := &cobra.Command{
		Use:   "status",
		Short: "Show the status of each secret",
		Long: `Show whether each secret is set and when it last changed. Values are never shown.

STATE is set, placeholder (the value that the first deploy writes), missing (the secret has no value for
this key, and a deploy does not add one), not deployed (the next deploy creates the secret) or scheduled
for deletion. Fixes are printed below the table. To check individual keys, this command reads the secret;
only secret set does so as well. The exit status is 1 unless every key is set.

With --before-deploy, the exit status is 1 only if the tasks of a deploy could not start: if a key is
missing, the secret is scheduled for deletion, or it could not be read. Pipelines run this check before
they apply.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			wrong := func(status ops.SecretStatus) bool { return len(status.Problems) > 0 }
			if beforeDeploy {
				wrong = ops.SecretStatus.BlocksDeploy
			}
			work := func(ctx context.Context, region *ops.Region) ops.SecretStatus { return region.SecretStatus(ctx) }
			partial := func(known []*ops.SecretStatus) string { return a.partialSecrets(connected, known) }
			return a.printSecrets(fleet, queryRegions(command.Context(), a, connected.Regions, work, partial), wrong)
		},
	}
	command.Flags().BoolVar(&beforeDeploy, "before-deploy", false, "Fail only if the tasks of a deploy could not start")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// secretReport is the JSON form of a secret's status.
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
			result = errFailed
		}
		reports = append(reports, each)
		rows = append(rows, a.secretRows(status)...)
		for _, problem := range status.Problems {
			remarks = append(remarks, status.Region+": "+a.problemText(problem))
		}
	}
	if a.json {
		return printReport(a, fleet, reports)
	}
	a.printf("%s", a.secretsText(rows, remarks))
	return result
}

// partialSecrets returns the table while some regions are still pending.
func (a *App) partialSecrets(connected *ops.Fleet, known []*ops.SecretStatus) string {
	var rows [][]string
	for i, status := range known {
		if status == nil {
			rows = append(rows, []string{connected.Regions[i].Name, "…"})
			continue
		}
		rows = append(rows, a.secretRows(*status)...)
	}
	return a.secretsText(rows, nil)
}

func (a *App) secretsText(rows [][]string, remarks []string) string {
	table := view.Block{Align: "llll", Header: []string{"REGION", "KEY", "STATE", "CHANGED (UTC)"}, Rows: rows}
	return table.WithRemarks(remarks).Text(a.width())
}

// secretRows returns a row for each key of a region, or one row with the reason if the query failed.
func (a *App) secretRows(status ops.SecretStatus) (rows [][]string) {
	if len(status.Keys) == 0 && len(status.Problems) > 0 {
		return [][]string{{status.Region, status.Problems[0].Code.Text()}}
	}
	changed := "-"
	if status.Changed != nil {
		changed = fmt.Sprintf("%s, %s ago", status.Changed.UTC().Format(time.DateTime), span.Format(a.Now().Sub(*status.Changed)))
	}
	for _, key := range status.Keys {
		rows = append(rows, []string{status.Region, key.Key, string(key.State), changed})
	}
	if len(rows) == 0 {
		rows = [][]string{{status.Region, "its container uses no secrets"}}
	}
	return rows
}
