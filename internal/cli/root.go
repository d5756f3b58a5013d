// Package cli implements mcpfleet, the operations CLI. Commands are methods of App, which holds the
// streams, the clock and the flags, so tests can run a command in-process.
//
// Data goes to standard output, progress to standard error. Neither the package nor its dependencies
// import CDKTF, so the CLI runs without Node.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/internal/version"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	// exitNoCredentials means that no AWS credentials were found.
	exitNoCredentials = 3
)

// App holds what all commands share.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	// Now is the clock.
	Now func() time.Time
	// Interval is the polling interval while waiting; 0 means the defaults.
	Interval time.Duration
	// Open loads AWS credentials; nil means session.Open.
	Open session.Opener
	// Transport sends the requests of smoke; nil means http.DefaultTransport.
	Transport *http.Transport

	// The global flags.
	file    string
	regions []string
	json    bool
	yes     bool

	// jsonLines prints each JSON document on one line, for a stream of documents.
	jsonLines bool

	// timeout is --timeout, of the commands that query AWS.
	timeout time.Duration
	// wide is --wide, of the commands that print wide tables.
	wide bool
	// identity is the caller's AWS identity; connect sets it.
	identity ops.Identity
	// caller describes the account and the identity.
	caller string
	// subject describes the fleet and the caller for prompts.
	subject string

	progress sync.Mutex
	// unwritten is why data could not be written to Out.
	unwritten error
}

// errFailed ends a command with status 1. The command has already printed what failed.
var errFailed = errors.New("the command failed")

// usageError ends a command with status 2.
type usageError struct{ error }

// programError ends a command with the exit status of a program that it ran on the terminal. The program has printed what
// failed.
type programError struct{ status int }

func (e programError) Error() string { return fmt.Sprintf("exit status %d", e.status) }
func (e programError) Unwrap() error { return errFailed }

func usagef(format string, arguments ...any) error {
	return usageError{fmt.Errorf(format, arguments...)}
}

// Run runs the command line and returns the exit status.
func Run(ctx context.Context, app *App, arguments []string) int {
	root := app.root()
	root.SetArgs(arguments)
	err := root.ExecuteContext(ctx)
	status := exitStatus(err)
	if err != nil && !errors.Is(err, errFailed) {
		app.progressf("%s", message(err))
	}
	if app.unwritten != nil && status == exitOK {
		app.progressf("mcpfleet: %v", app.unwritten)
		return exitFailed
	}
	return status
}

func exitStatus(err error) int {
	var problems config.Problems
	var usage usageError
	var program programError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, session.ErrNoCredentials):
		return exitNoCredentials
	case errors.As(err, &problems), errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &program) && program.status > 0: // a signal has no status
		return program.status
	default:
		return exitFailed
	}
}

func message(err error) string {
	if _, ok := errors.AsType[config.Problems](err); ok {
		return err.Error() // every line starts with its file and position
	}
	return "mcpfleet: " + err.Error()
}

func (a *App) root() *cobra.Command {
	root := &cobra.Command{
		Use:                        "mcpfleet",
		Short:                      "Operate a fleet of MCP servers on ECS Fargate",
		Version:                    version.String(),
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       noArguments,
		RunE:                       func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(helpOf(root.HelpFunc()))
	root.PersistentPreRunE = func(command *cobra.Command, _ []string) error { return rejectUnsupportedFlags(command) }
	flags := root.PersistentFlags()
	flags.BoolP("help", "h", false, "Show help")
	flags.StringVar(&a.file, "config", config.File(), "Fleet `file`")
	flags.StringArrayVar(&a.regions, "region", nil, "Only this `region`; can be repeated")
	flags.BoolVar(&a.json, "json", false, "Output JSON")
	flags.BoolVar(&a.yes, "yes", false, "Skip the confirmation prompt")
	root.Flags().BoolP("version", "v", false, "Show the version")
	_ = root.RegisterFlagCompletionFunc("region", a.completeRegions)
	root.AddCommand(a.adopt(), a.status(), a.tasks(), a.events(), a.drift(), a.deploy(), a.rollback(), a.history(), a.restart(), a.prune(), a.drain(), a.undrain(), a.scale(), a.capacity(), a.weekend(), a.secret(), a.logs(), a.exec(), a.open(), a.metrics(), a.watch(), a.smoke(), a.doctor(), a.alarms(), a.cost(), a.report(), a.diagram(), a.check(), a.version())
	root.SetHelpCommand(a.help())
	return root
}

func noArguments(command *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	if !command.HasAvailableSubCommands() {
		return usagef("%s takes no arguments; see %s --help", command.CommandPath(), command.CommandPath())
	}
	advice := "see " + command.CommandPath() + " --help"
	if near := command.SuggestionsFor(arguments[0]); len(near) > 0 {
		advice = "did you mean " + near[0] + "?"
	}
	return usagef("%s is not a command of %s; %s", arguments[0], command.CommandPath(), advice)
}

func (a *App) completeRegions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	fleet, _, err := config.Load(a.file)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return namesOf(fleet), cobra.ShellCompDirectiveNoFileComp
}

// connect loads the fleet file and the AWS credentials.
func (a *App) connect(ctx context.Context) (*config.Fleet, *ops.Fleet, error) {
	fleet, err := a.fleet()
	if err != nil {
		return nil, nil, err
	}
	connected, err := a.connectTo(ctx, fleet)
	if err != nil {
		return nil, nil, err
	}
	return fleet, connected, nil
}

// connectTo loads the AWS credentials for a fleet.
func (a *App) connectTo(ctx context.Context, fleet *config.Fleet) (*ops.Fleet, error) {
	connected, err := ops.Connect(ctx, a.opener(), fleet, a.Now)
	if err != nil {
		return nil, err
	}
	a.identify(ctx, fleet, connected)
	for _, region := range connected.Regions {
		region.Transport = a.Transport
		if a.Interval > 0 {
			region.Interval = a.Interval
		}
	}
	return connected, nil
}

// opener returns the function that loads credentials.
func (a *App) opener() session.Opener {
	if a.Open != nil {
		return a.Open
	}
	return session.Open
}

// identifyTimeout is short because no command depends on the identity.
const identifyTimeout = 5 * time.Second

// identify prints the fleet, account and caller to standard error, so that environments are not confused.
func (a *App) identify(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet) {
	ctx, cancel := context.WithTimeout(ctx, min(identifyTimeout, cmp.Or(a.timeout, identifyTimeout)))
	defer cancel()
	a.caller = "account unknown"
	identity, err := connected.Identity(ctx)
	switch {
	case err == nil:
		a.identity, a.caller = identity, fmt.Sprintf("account %s as %s", identity.Account, identity.Name())
	case ctx.Err() == nil:
		a.caller += ": " + ops.Reason(err)
	}
	a.subject = fmt.Sprintf("%s %s, %s", fleet.Project, fleet.Environment, a.caller)
	a.progressf("%s", a.subject)
}

// fleet loads the fleet file and keeps the requested regions.
func (a *App) fleet() (*config.Fleet, error) {
	fleet, err := a.load(a.file)
	if err != nil {
		return nil, err
	}
	if err := a.checkRequested(fleet); err != nil {
		return nil, err
	}
	a.keepRequested(fleet)
	return fleet, nil
}

// checkRequested returns an error if --region names a region that is not in the fleet.
func (a *App) checkRequested(fleet *config.Fleet) error {
	names := namesOf(fleet)
	for _, requested := range a.regions {
		if !slices.Contains(names, requested) {
			return usagef("%s is not in %s; its regions are %s", requested, a.file, strings.Join(names, ", "))
		}
	}
	return nil
}

// load loads a fleet file and prints its warnings.
func (a *App) load(file string) (*config.Fleet, error) {
	fleet, warnings, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	for _, warning := range warnings {
		a.progressf("warning: %s", warning)
	}
	return fleet, nil
}

// keepRequested removes the regions that --region does not name.
func (a *App) keepRequested(fleet *config.Fleet) {
	if len(a.regions) > 0 {
		fleet.Regions = slices.DeleteFunc(fleet.Regions, func(region config.Region) bool { return !slices.Contains(a.regions, region.Name) })
	}
}

// namesOf returns the names of a fleet's regions.
func namesOf(fleet *config.Fleet) []string {
	names := []string{}
	for _, region := range fleet.Regions {
		names = append(names, region.Name)
	}
	return names
}
