package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/diagram"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// formats are what a diagram can be drawn as.
var formats = map[string]func(*config.Fleet) string{
	"mermaid": diagram.Mermaid,
	"svg":     diagram.SVG,
	"html":    diagram.HTML,
}

var formatNames = []string{"mermaid", "svg", "html"}

func (a *App) diagram() *cobra.Command {
	var format, output string
	command := &cobra.Command{
		Use:   "diagram",
		Short: "Draw the fleet: regions, zones, load balancers, tasks, names, the week",
		Long: `Draw the fleet as its file describes it, offline: regions, zones, load balancers, tasks, names, and
when in the week they are there.

mermaid is for Markdown, which GitHub and GitLab draw; svg is a picture and html a page, light or dark as
their reader is. Without --format the ending of the output file decides.`,
		Example: "  mcpfleet diagram\n  mcpfleet diagram --output fleet.svg",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if a.json {
				return usagef("a diagram is no JSON; take --format with one of %s, or mcpfleet check --names --json for the names alone", strings.Join(formatNames, ", "))
			}
			if command.Flags().Changed("output") && output == "" {
				return usagef("--output wants the name of a file, such as fleet.svg; without it the diagram goes to standard output")
			}
			draw, err := drawing(format, output)
			if err != nil {
				return err
			}
			fleet, err := a.fleet()
			if err != nil {
				return err
			}
			if output == "" {
				a.printf("%s", draw(fleet))
				return nil
			}
			if err := ops.WriteFile(output, []byte(draw(fleet))); err != nil {
				return err
			}
			a.progressf("the diagram is in %s", output)
			return nil
		},
	}
	command.Flags().StringVar(&format, "format", "", "draw as `format`: mermaid, svg or html")
	command.Flags().StringVar(&output, "output", "", "write to this `file` instead of standard output")
	_ = command.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return formatNames, cobra.ShellCompDirectiveNoFileComp
	})
	return command
}

// drawing is what draws in a format, which is that of the output file where none is named.
func drawing(format, output string) (func(*config.Fleet) string, error) {
	if format == "" {
		var err error
		if format, err = formatOf(output); err != nil {
			return nil, err
		}
	}
	draw, known := formats[strings.ToLower(format)]
	if !known {
		return nil, usagef("%q is not a format; write one of %s", format, strings.Join(formatNames, ", "))
	}
	return draw, nil
}

// formatsByEnding are the formats of files by the ends of their names.
var formatsByEnding = map[string]string{
	".mmd": "mermaid", ".mermaid": "mermaid", ".md": "mermaid", ".txt": "mermaid",
	".svg": "svg", ".html": "html", ".htm": "html",
}

// formatOf is the format of a file by its name. One that says nothing, or no file, is mermaid; another
// format than there is would only be found out by whoever opens the file.
func formatOf(file string) (string, error) {
	ending := strings.ToLower(filepath.Ext(file))
	if ending == "" {
		return "mermaid", nil
	}
	if format, known := formatsByEnding[ending]; known {
		return format, nil
	}
	return "", usagef("no diagram is drawn as %s; write --format with one of %s", ending, strings.Join(formatNames, ", "))
}
