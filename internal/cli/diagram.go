package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/diagram"
	"github.com/cdtait/mcpfleet/internal/atomicfile"
)

// formats maps the name of each diagram format to its renderer.
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
		Short: "Draw a diagram of the fleet",
		Long: `Draw a diagram of the fleet from its fleet file, offline: regions, zones, load balancers, tasks, names
and the weekly schedule.

Format mermaid is for Markdown on GitHub and GitLab. Formats svg and html follow the reader's light or
dark color scheme. Without --format, the output file's extension determines the format.`,
		Example: "  mcpfleet diagram\n  mcpfleet diagram --output fleet.svg",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if a.json {
				return usagef("mcpfleet diagram does not support --json; pass --format with one of %s, or run mcpfleet check --names --json for the names alone", strings.Join(formatNames, ", "))
			}
			if command.Flags().Changed("output") && output == "" {
				return usagef("--output needs a file name, such as fleet.svg; omit it to print to standard output")
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
			if err := atomicfile.Write(output, []byte(draw(fleet))); err != nil {
				return err
			}
			a.progressf("wrote %s", output)
			return nil
		},
	}
	command.Flags().StringVar(&format, "format", "", "Output `format`: mermaid, svg or html")
	command.Flags().StringVar(&output, "output", "", "Write to `file` instead of standard output")
	_ = command.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return formatNames, cobra.ShellCompDirectiveNoFileComp
	})
	return command
}

// drawing returns the renderer for a format. An empty format is taken from the output file's extension.
func drawing(format, output string) (func(*config.Fleet) string, error) {
	if format == "" {
		var err error
		if format, err = formatOf(output); err != nil {
			return nil, err
		}
	}
	draw, known := formats[strings.ToLower(format)]
	if !known {
		return nil, usagef("%q is not a format; use one of %s", format, strings.Join(formatNames, ", "))
	}
	return draw, nil
}

// formatsByExtension maps file extensions to formats.
var formatsByExtension = map[string]string{
	".mmd": "mermaid", ".mermaid": "mermaid", ".md": "mermaid", ".txt": "mermaid",
	".svg": "svg", ".html": "html", ".htm": "html",
}

// formatOf returns the format for a file's extension: mermaid if there is no file or no extension. An
// unknown extension is an error, because the file's content would not match its name.
func formatOf(file string) (string, error) {
	extension := strings.ToLower(filepath.Ext(file))
	if extension == "" {
		return "mermaid", nil
	}
	if format, known := formatsByExtension[extension]; known {
		return format, nil
	}
	return "", usagef("%s is not the extension of a diagram format; pass --format with one of %s", extension, strings.Join(formatNames, ", "))
}
