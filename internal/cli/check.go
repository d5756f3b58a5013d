package cli

import (
	"fmt"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) check() *cobra.Command {
	var resolved, names bool
	command := &cobra.Command{
		Use:   "check",
		Short: "Validate the fleet file offline",
		Long: `Validate the fleet file without contacting AWS.

Every error is printed with its line and column, and the exit status is then 2. --resolved prints each
region's settings with the defaults merged in; the output is itself a valid fleet file. --names prints
the names of the AWS resources.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := exclusive(command, "resolved", "names"); err != nil {
				return err
			}
			fleet, err := a.fleet()
			switch {
			case err != nil:
				return err
			case resolved:
				return a.printResolved(fleet)
			case names:
				return a.printNames(fleet)
			}
			return a.printCheck(fleet)
		},
	}
	command.Flags().BoolVar(&resolved, "resolved", false, "Print each region's complete settings as YAML, or as JSON with --json")
	command.Flags().BoolVar(&names, "names", false, "Print the names of the stacks and their resources")
	return command
}

func (a *App) printCheck(fleet *config.Fleet) error {
	if a.json {
		var regions []verdict
		for _, name := range namesOf(fleet) {
			regions = append(regions, a.verdict(name, nil))
		}
		return printReport(a, fleet, regions)
	}
	noun := "regions"
	if len(fleet.Regions) == 1 {
		noun = "region"
	}
	a.printf("%s is valid: %s %s, %d %s\n", a.file, fleet.Project, fleet.Environment, len(fleet.Regions), noun)
	return nil
}

// resolvedFleet is a fleet file with its defaults merged into the regions.
type resolvedFleet struct {
	Project     string                     `yaml:"project"`
	Environment string                     `yaml:"environment"`
	State       config.State               `yaml:"state"`
	Bootstrap   config.Bootstrap           `yaml:"bootstrap"`
	Regions     map[string]config.Settings `yaml:"regions"`
}

func (a *App) printResolved(fleet *config.Fleet) error {
	resolved := resolvedFleet{Project: fleet.Project, Environment: fleet.Environment, State: fleet.State, Bootstrap: fleet.Bootstrap, Regions: map[string]config.Settings{}}
	for _, region := range fleet.Regions {
		settings := region.Settings
		settings.Network.Zones, settings.Network.Subnets = nil, nil
		for _, subnet := range region.Subnets {
			settings.Network.Zones = append(settings.Network.Zones, subnet.Zone)
			settings.Network.Subnets = append(settings.Network.Subnets, subnet.CIDR)
		}
		settings.Network.PrivateSubnets = nil
		for _, subnet := range region.PrivateSubnets {
			settings.Network.PrivateSubnets = append(settings.Network.PrivateSubnets, subnet.CIDR)
		}
		resolved.Regions[region.Name] = settings
	}
	text, err := resolvedYAML(resolved)
	if err != nil {
		return err
	}
	if !a.json {
		_, err = a.Out.Write(text)
		return err
	}
	var document map[string]any
	if err := yaml.Unmarshal(text, &document); err != nil {
		return err
	}
	return a.printJSON(document)
}

// resolvedYAML omits empty values, which the fleet file's validation rejects.
func resolvedYAML(resolved resolvedFleet) ([]byte, error) {
	var tree yaml.Node
	if err := tree.Encode(resolved); err != nil {
		return nil, fmt.Errorf("cannot print the configuration: %w", err)
	}
	withoutEmpty(&tree, false)
	return yaml.Marshal(&tree)
}

func withoutEmpty(node *yaml.Node, literal bool) {
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			withoutEmpty(item, false)
		}
	}
	if node.Kind != yaml.MappingNode {
		return
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		withoutEmpty(value, key.Value == "environment")
		empty := value.Kind == yaml.ScalarNode && (value.Value == "" || value.Tag == "!!null")
		if !literal && (empty || (value.Kind != yaml.ScalarNode && len(value.Content) == 0)) {
			continue
		}
		kept = append(kept, key, value)
	}
	node.Content = kept
}

// namesReport is the JSON form of the names of a region's resources.
type namesReport struct {
	verdict
	Stack string `json:"stack"`
	// Names maps the kind of each resource to its name.
	Names map[string]string `json:"names"`
}

func (a *App) printNames(fleet *config.Fleet) error {
	var all []namesReport
	var rows [][]string
	for _, region := range fleet.Regions {
		each := namesReport{verdict: a.verdict(region.Name, nil), Stack: region.Names.Stack(), Names: map[string]string{}}
		rows = append(rows, []string{region.Name, "stack", region.Names.Stack()})
		for _, resource := range ops.Names(region) {
			each.Names[resource.Kind] = resource.Name
			rows = append(rows, []string{region.Name, resource.Kind, resource.Name})
		}
		all = append(all, each)
	}
	if a.json {
		return printReport(a, fleet, all)
	}
	a.printTable([]string{"REGION", "RESOURCE", "NAME"}, rows)
	return nil
}
