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

// confirms marks a command that asks for confirmation and therefore supports --yes.
const confirms = "confirms"

// unsupported marks a command with the global flags that it does not support.
const unsupported = "unsupported"

// supportsFlag reports whether a command supports a global flag.
func supportsFlag(command *cobra.Command, flag string) bool {
	if flag == "yes" {
		return command.Annotations[confirms] != ""
	}
	return !slices.Contains(strings.Fields(command.Annotations[unsupported]), flag)
}

// rejectUnsupportedFlags returns an error if a global flag is set that the command would ignore.
func rejectUnsupportedFlags(command *cobra.Command) (err error) {
	command.Flags().Visit(func(flag *pflag.Flag) {
		if err == nil && command.Root().PersistentFlags().Lookup(flag.Name) != nil && !supportsFlag(command, flag.Name) {
			err = usagef("%s does not support --%s; remove it", command.CommandPath(), flag.Name)
		}
	})
	return err
}

// helpOf wraps a help function to hide the global flags that a command does not support.
func helpOf(print func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(command *cobra.Command, arguments []string) {
		all := command.Root().PersistentFlags()
		all.VisitAll(func(flag *pflag.Flag) { flag.Hidden = !supportsFlag(command, flag.Name) })
		print(command, arguments)
		all.VisitAll(func(flag *pflag.Flag) { flag.Hidden = false })
	}
}

// flagError rephrases pflag's errors to say what to pass instead.
func flagError(command *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(command, unknown)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		flag := invalid.GetFlag()
		return usagef("--%s: %q is not %s", flag.Name, invalid.GetValue(), valueOf(flag))
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef("--%s needs a value: %s", missing.GetFlag().Name, valueOf(missing.GetFlag()))
	}
	return usageError{err}
}

// values describes the values of each flag type, with examples.
var values = map[string]string{
	"duration": "a duration; write 30s, 10m or 2h",
	"span":     "a duration; write 90s, 2h, 1d or 1w",
	"int":      "a whole number",
	"number":   "a number of regions; write 1 or more, or all",
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
		if d := levenshtein.Distance(name, flag.Name, nil); d < distance && supportsFlag(command, flag.Name) {
			nearest, distance = flag.Name, d
		}
	})
	if nearest == "" {
		return usagef("--%s is not a flag of %s; see %s --help", name, command.CommandPath(), command.CommandPath())
	}
	return usagef("--%s is not a flag of %s; did you mean --%s?", name, command.CommandPath(), nearest)
}

// exclusive returns an error if more than one of the named flags is set.
func exclusive(command *cobra.Command, names ...string) error {
	var given []string
	for _, name := range names {
		if command.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return usagef("%s are mutually exclusive; pass only one of them", strings.Join(given, " and "))
	}
	return nil
}

// queryTimeout is the default timeout for querying one region.
const queryTimeout = 10 * time.Second

// timeoutFlag adds --timeout to a command.
func (a *App) timeoutFlag(command *cobra.Command, value time.Duration, usage string) {
	command.Flags().DurationVar(&a.timeout, "timeout", value, usage)
	before := command.PreRunE
	command.PreRunE = func(command *cobra.Command, arguments []string) error {
		if !command.Flags().Changed("timeout") {
			a.timeout = value // all commands share the variable, and the last one to be added has set it
		}
		if a.timeout <= 0 {
			return usagef("--timeout: %s is not greater than zero; write %s", a.timeout, value)
		}
		if before != nil {
			return before(command, arguments)
		}
		return nil
	}
}

// atLeast returns an error if a duration flag is below its minimum.
func atLeast(flag string, given, minimum time.Duration) error {
	if given < minimum {
		return usageError{fmt.Errorf("--%s: %s is too short; write %s or more", flag, given, minimum)}
	}
	return nil
}
