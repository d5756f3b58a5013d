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
		Short: "Set the container's secrets, and see whether they are set",
		Args:  noArguments,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(a.secretSet(), a.secretStatus())
	return command
}

func (a *App) secretSet() *cobra.Command {
	set := &secretSetter{app: a}
	command := &cobra.Command{
		Use:   "set [KEY]",
		Short: "Set a secret in every region, and start the tasks anew",
		Long: `Set a secret in every region, and start the tasks anew so that they read it.

KEY is a key of the JSON secret, such as API_KEY; it may be left out where the fleet has one only. The
value is asked for without echo, or read from standard input: it is never an argument, and it is never
printed. A line end after it is cut off. What is no value is refused: white space alone, a stand-in such
as CHANGEME, bytes that are not UTF-8. The secret's other keys stay.

The regions are changed one after another, by name. Where the tasks do not become healthy with the new
value, the regions after that are not changed, and the commands that put the old value back are printed.
With --parallel all regions are changed at once. Where a region sleeps, its tasks read the value when
they wake.`,
		Example: "  mcpfleet secret set API_KEY\n  pass show mcp/api-key | mcpfleet secret set\n  mcpfleet secret set API_KEY --region eu-west-2",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) > 1 {
				return usagef("a value is never an argument, as others could see it; give it at the prompt or on standard input")
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			return set.run(command.Context(), arguments)
		},
	}
	command.Flags().BoolVar(&set.noWait, "no-wait", false, "do not wait until the new tasks run, so that nothing is known of their health")
	command.Flags().BoolVar(&set.parallel, "parallel", false, "change all regions at once")
	a.timeoutFlag(command, ops.Patience, "how long to wait for the tasks of a region")
	return command
}

// secretSetter sets one key in some regions.
type secretSetter struct {
	app              *App
	noWait, parallel bool

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
	work := func(region *ops.Region, o *outcome) error { return s.set(ctx, region, o) }
	if s.parallel {
		return a.act(ctx, fleet, connected, work)
	}
	return a.printOutcomes(ctx, fleet, s.inTurn(ctx, connected.Regions, work))
}

// inTurn works on one region after the other, until one has the value and its tasks are not well with
// it. A region that cannot be changed says nothing of the value.
func (s *secretSetter) inTurn(ctx context.Context, regions []*ops.Region, work func(*ops.Region, *outcome) error) (outcomes []*outcome) {
	for i, region := range regions {
		o := s.app.outcome(region, work)
		outcomes = append(outcomes, o)
		if o.problem != nil && (len(o.done) > 0 || ctx.Err() != nil) {
			return append(outcomes, s.unchanged(regions[i+1:])...)
		}
	}
	return outcomes
}

// unchanged are the regions that have not been come to.
func (s *secretSetter) unchanged(regions []*ops.Region) (outcomes []*outcome) {
	for _, region := range regions {
		o := &outcome{region: region.Name, app: s.app}
		if s.concerns(region, o) {
			o.problem = &ops.Problem{Code: ops.SecretNotChanged, Message: "not changed", Fix: ops.Fix{Verb: ops.VerbSecretSet, Region: region.Name, Arguments: []string{s.key}}}
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// concerns is whether a region's container asks for the key; a outcome says so where it does not.
func (s *secretSetter) concerns(region *ops.Region, o *outcome) bool {
	if slices.Contains(region.Container.SecretKeys(), s.key) {
		return true
	}
	o.note = "its container does not ask for " + s.key
	return false
}

func (s *secretSetter) set(ctx context.Context, region *ops.Region, o *outcome) error {
	if !s.concerns(region, o) {
		return nil
	}
	change, count, err := s.write(ctx, region, o)
	if err != nil || count == 0 || s.noWait {
		return err
	}
	if err := region.WaitSteady(ctx, count, s.app.timeout, o.say); err != nil {
		o.undo = change.UndoneAfter(err)
		return err
	}
	o.did("steady")
	return nil
}

// write sets the key, and has the tasks started anew. It answers how many there are to be.
func (s *secretSetter) write(ctx context.Context, region *ops.Region, o *outcome) (change ops.SecretChange, count int, err error) {
	ctx, cancel := s.app.changing(ctx)
	defer cancel()
	if change, err = region.SetSecret(ctx, s.key, s.value); err != nil {
		return change, 0, err
	}
	written := s.key + " is set"
	if !change.Written {
		written = s.key + " has this value already"
	}
	o.did("%s", written)
	if count, err = region.DesiredCount(ctx); err != nil {
		return change, 0, err
	}
	if count == 0 {
		o.note = "no task runs; the next ones read it"
		return change, 0, nil
	}
	if err := region.Redeploy(ctx); err != nil {
		return change, count, err
	}
	o.did("new deployment")
	return change, count, nil
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

func (a *App) secretStatus() *cobra.Command {
	var beforeDeploy bool
	command := &cobra.Command{
		Use:   "status",
		Short: "Show whether each secret is set, and when it last changed",
		Long: `Show whether each secret is set, and when it last changed. A value is never shown.

STATE is set, placeholder (what the first deploy puts there), missing (the secret has values, but none
for this key, and a deploy adds none), not deployed (the next deploy makes the secret) or scheduled for
deletion. Below the table is what sets it right. To know of single keys it has to read the secret; no
other command but secret set does. The exit status is 1 unless every key is set.

With --before-deploy it is 1 only where the tasks of a deploy could not start: where a key is missing,
the secret is scheduled for deletion, or it could not be looked at. Pipelines ask that before they apply.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			wrong := func(status ops.SecretStatus) bool { return len(status.Problems) > 0 }
			if beforeDeploy {
				wrong = ops.SecretStatus.StopsDeploy
			}
			work := func(ctx context.Context, region *ops.Region) ops.SecretStatus { return region.SecretStatus(ctx) }
			partial := func(known []*ops.SecretStatus) string { return a.partialSecrets(connected, known) }
			return a.printSecrets(fleet, look(command.Context(), a, connected.Regions, work, partial), wrong)
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

// partialSecrets is the table while some regions have not answered.
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

// secretRows are a region's keys. One that could not be seen has the reason in its row.
func (a *App) secretRows(status ops.SecretStatus) (rows [][]string) {
	if len(status.Keys) == 0 && len(status.Problems) > 0 {
		return [][]string{{status.Region, status.Problems[0].Code.Words()}}
	}
	changed := "-"
	if status.Changed != nil {
		changed = fmt.Sprintf("%s, %s ago", status.Changed.UTC().Format(time.DateTime), span.Words(a.Now().Sub(*status.Changed)))
	}
	for _, key := range status.Keys {
		rows = append(rows, []string{status.Region, key.Key, string(key.State), changed})
	}
	if len(rows) == 0 {
		rows = [][]string{{status.Region, "its container asks for none"}}
	}
	return rows
}
