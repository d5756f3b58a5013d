package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// asks marks a command that asks before it does something, and so has a use for --yes.
const asks = "asks"

// without marks a command with the flags of every command that it has no use for.
const without = "without"

// hasUse is whether a command has a use for a flag of every command.
func hasUse(command *cobra.Command, flag string) bool {
	if flag == "yes" {
		return command.Annotations[asks] != ""
	}
	return !slices.Contains(strings.Fields(command.Annotations[without]), flag)
}

// refuseUseless refuses the flags that a command would leave unread.
func refuseUseless(command *cobra.Command) (err error) {
	command.Flags().Visit(func(flag *pflag.Flag) {
		if err == nil && command.Root().PersistentFlags().Lookup(flag.Name) != nil && !hasUse(command, flag.Name) {
			err = usagef("%s has no use for --%s; leave it out", command.CommandPath(), flag.Name)
		}
	})
	return err
}

// helpOf is the help of a command, without the flags that it has no use for.
func helpOf(print func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(command *cobra.Command, arguments []string) {
		all := command.Root().PersistentFlags()
		all.VisitAll(func(flag *pflag.Flag) { flag.Hidden = !hasUse(command, flag.Name) })
		print(command, arguments)
		all.VisitAll(func(flag *pflag.Flag) { flag.Hidden = false })
	}
}

// flagError says in our words what is wrong with a flag.
func flagError(command *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(command, unknown)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		flag := invalid.GetFlag()
		return usagef("--%s: %q is not %s", flag.Name, invalid.GetValue(), valueOf(flag))
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef("--%s wants a value: %s", missing.GetFlag().Name, valueOf(missing.GetFlag()))
	}
	return usageError{err}
}

// values are what flags of a type take, with an example.
var values = map[string]string{
	"duration": "a length of time; write 30s, 10m or 2h",
	"length":   "a length of time; write 90s, 2h, 1d or 1w",
	"int":      "a whole number",
	"bool":     "true or false",
}

func valueOf(flag *pflag.Flag) string {
	if text, known := values[flag.Value.Type()]; known {
		return text
	}
	name, _ := pflag.UnquoteUsage(flag)
	return "a " + name
}

func unknownFlag(command *cobra.Command, unknown *pflag.NotExistError) error {
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		return usagef("-%s is not a flag of %s; see %s --help", letters, command.CommandPath(), command.CommandPath())
	}
	name := unknown.GetSpecifiedName()
	nearest, distance := "", len(name)/2+1
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		if d := levenshtein.Distance(name, flag.Name, nil); d < distance && hasUse(command, flag.Name) {
			nearest, distance = flag.Name, d
		}
	})
	if nearest == "" {
		return usagef("--%s is not a flag of %s; see %s --help", name, command.CommandPath(), command.CommandPath())
	}
	return usagef("--%s is not a flag of %s; did you mean --%s?", name, command.CommandPath(), nearest)
}

// exclusive lets at most one of some flags be given.
func exclusive(command *cobra.Command, names ...string) error {
	var given []string
	for _, name := range names {
		if command.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return usagef("%s exclude each other; give one of them", strings.Join(given, " and "))
	}
	return nil
}

// lookTimeout is how long one region may take to be looked at.
const lookTimeout = 10 * time.Second

// timeoutFlag gives a command its --timeout.
func (a *App) timeoutFlag(command *cobra.Command, usual time.Duration, what string) {
	command.Flags().DurationVar(&a.timeout, "timeout", usual, what)
	before := command.PreRunE
	command.PreRunE = func(command *cobra.Command, arguments []string) error {
		if a.timeout <= 0 {
			return usagef("--timeout: %s is no time at all; write %s", a.timeout, usual)
		}
		if before != nil {
			return before(command, arguments)
		}
		return nil
	}
}

// atLeast refuses a length of time that is too short for what it is for.
func atLeast(flag string, given, least time.Duration) error {
	if given < least {
		return usageError{fmt.Errorf("--%s: %s is too short; write %s or more", flag, given, least)}
	}
	return nil
}
