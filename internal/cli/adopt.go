package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/adopt"
	"github.com/cdtait/mcpfleet/internal/atomicfile"
	"github.com/cdtait/mcpfleet/internal/inventory"
	"github.com/cdtait/mcpfleet/internal/leftover"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/internal/view"
	"github.com/cdtait/mcpfleet/naming"
)

// adoption is the options of mcpfleet adopt.
type adoption struct {
	app           *App
	states, leave []string
	// fromAWS asks AWS instead of reading states. names are the project and the environment to look for.
	fromAWS        bool
	names          naming.Names
	markdown, undo bool
}

func (a *App) adopt() *cobra.Command {
	options := &adoption{app: a}
	command := &cobra.Command{
		Use:   "adopt",
		Short: "Write the fleet file of what runs already",
		Long: `Write a fleet file and, for each region, an adoption file of what another Terraform configuration has created,
or someone by hand, so that the stacks take it over: the first apply changes it in place, and destroys and
replaces nothing.

Each --state is the state of one region: a file, as terraform state pull prints it, or an object in S3.
--from-aws asks AWS instead: it begins with the cluster that has the names of a fleet, and follows what that
refers to, in each --region. Nothing is changed in AWS or in a state. What has no place in a stack, or
another name than a stack gives it, is an error, and no file is written; --leave leaves a resource as it is.

The table lists what the first apply will change, and what it leaves with the command for it. The fleet file
is the one that --config or MCPFLEET_CONFIG names; it must not exist yet. --undo removes the files again, as
long as nothing has been applied. See mcpfleet help adopt.`,
		Example: `  terraform state pull > eu-west-1.tfstate
  mcpfleet adopt --state eu-west-1.tfstate
  mcpfleet adopt --state s3://acme-terraform/mcp/eu-west-1.tfstate --leave aws_sqs_queue.jobs
  mcpfleet adopt --from-aws --region eu-west-1 --region us-east-1
  mcpfleet adopt --from-aws --region eu-west-1 --project acme --environment prod
  mcpfleet adopt --undo`,
		Annotations: map[string]string{confirms: "--undo"},
		Args:        noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := exclusive(command, "json", "markdown", "undo"); err != nil {
				return err
			}
			if err := exclusive(command, "state", "from-aws", "undo"); err != nil {
				return err
			}
			for _, name := range []string{"region", "project", "environment"} {
				if command.Flags().Changed(name) && !options.fromAWS {
					return usagef("--%s says what --from-aws looks for; a state says it itself", name)
				}
			}
			switch {
			case options.undo:
				return options.remove(command.Context())
			case options.fromAWS && len(a.regions) == 0:
				return usagef("pass the regions to look in, such as mcpfleet adopt --from-aws --region eu-west-1")
			case !options.fromAWS && len(options.states) == 0:
				return usagef("pass the state of each region, such as mcpfleet adopt --state eu-west-1.tfstate, or --from-aws")
			}
			return options.write(command.Context())
		},
	}
	command.Flags().StringArrayVar(&options.states, "state", nil, "Terraform state `file` of a region, or s3://BUCKET/KEY; can be repeated")
	command.Flags().BoolVar(&options.fromAWS, "from-aws", false, "Ask AWS what each --region runs")
	command.Flags().StringVar(&options.names.Project, "project", "", "Project `name` that --from-aws looks for, instead of the cluster's tag")
	command.Flags().StringVar(&options.names.Environment, "environment", "", "Environment `name` that --from-aws looks for, instead of the cluster's tag")
	command.Flags().StringArrayVar(&options.leave, "leave", nil, "Leave the resource at this `address` as it is; can be repeated")
	command.Flags().BoolVar(&options.markdown, "markdown", false, "Output Markdown, for a pull request")
	command.Flags().BoolVar(&options.undo, "undo", false, "Remove the files that mcpfleet adopt wrote")
	return command
}

// adoptDocument is the JSON form of what was written.
type adoptDocument struct {
	envelope
	// File is the fleet file.
	File        string         `json:"file"`
	Project     string         `json:"project"`
	Environment string         `json:"environment"`
	Regions     []adoptedStack `json:"regions"`
}

// adoptedStack is a region's part of the document.
type adoptedStack struct {
	Region string `json:"region"`
	Stack  string `json:"stack"`
	// Adopt is the adoption file.
	Adopt string `json:"adopt"`
	// Imports is how many resources it has.
	Imports int `json:"imports"`
	// Differences are what the first apply changes, and what it leaves.
	Differences []adopt.Difference `json:"differences"`
}

// write writes the fleet file and the adoption files, the fleet file last.
func (o *adoption) write(ctx context.Context) error {
	a := o.app
	if _, err := os.Lstat(a.file); !errors.Is(err, fs.ErrNotExist) {
		return usagef("%s exists; name another fleet file with --config, or remove this one", a.file)
	}
	regions, err := o.read(ctx)
	if err != nil {
		return err
	}
	fleet, err := adopt.FleetFile(regions)
	if err != nil {
		return err
	}
	for _, region := range regions {
		file := o.file(region)
		if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
			return usagef("%s exists; remove it, or write to another folder with --config", file)
		}
	}
	for i, region := range regions {
		if err := o.writeAdoption(region); err != nil {
			o.discard(regions[:i])
			return err
		}
	}
	if err := atomicfile.Write(a.file, fleet); err != nil {
		o.discard(regions)
		return err
	}
	return o.print(regions)
}

func (o *adoption) writeAdoption(region *adopt.Region) error {
	text, err := region.Adoption()
	if err != nil {
		return err
	}
	file := o.file(region)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // it holds no secret
		return err
	}
	return atomicfile.Write(file, text)
}

// discard removes the adoption files of regions, so that the command can be run again.
func (o *adoption) discard(regions []*adopt.Region) {
	for _, region := range regions {
		_ = os.Remove(o.file(region))
	}
}

// source is a state with the name that messages give it.
type source struct {
	name  string
	state *adopt.State
}

// sources returns the states to map.
func (o *adoption) sources(ctx context.Context) ([]source, error) {
	if o.fromAWS {
		return o.askAWS(ctx)
	}
	var sources []source
	for _, file := range o.states {
		text, err := o.app.readState(ctx, file)
		if err != nil {
			return nil, err
		}
		state, err := adopt.ReadState(text)
		if err != nil {
			return nil, usagef("%s: %w", file, err)
		}
		sources = append(sources, source{file, state})
	}
	return sources, nil
}

// askAWS reads what each region runs, all at once. It reports all regions that cannot be read.
func (o *adoption) askAWS(ctx context.Context) ([]source, error) {
	a := o.app
	ctx, cancel := context.WithTimeout(ctx, surveyTimeout)
	defer cancel()
	sources, problems := make([]source, len(a.regions)), make([]error, len(a.regions))
	var asking sync.WaitGroup
	for i, region := range a.regions {
		asking.Go(func() {
			names := o.names
			names.Region = region
			sources[i].name = region
			sources[i].state, problems[i] = inventory.Region(ctx, a.opener(), names)
		})
	}
	asking.Wait()
	failed := false
	for i, err := range problems {
		if errors.Is(err, session.ErrNoCredentials) {
			return nil, err // as in all regions
		}
		if err != nil {
			failed = true
			a.progressf("%s: %s", a.regions[i], a.problemText(ops.ProblemOf(err)))
		}
	}
	if failed {
		return nil, errFailed
	}
	return sources, nil
}

// read maps the states. It reports what cannot be mapped in all of them.
func (o *adoption) read(ctx context.Context) ([]*adopt.Region, error) {
	a := o.app
	sources, err := o.sources(ctx)
	if err != nil {
		return nil, err
	}
	var regions []*adopt.Region
	seen := map[string]string{}
	failed, left := false, map[string]bool{}
	for _, each := range sources {
		for _, address := range o.leave {
			left[address] = left[address] || each.state.Has(address)
		}
		region, err := adopt.RegionOf(each.state, o.leave)
		var unmappable adopt.Unmappable
		switch {
		case errors.As(err, &unmappable):
			failed = true
			for _, problem := range unmappable {
				a.progressf("%s: %s", each.name, problem)
			}
		case err != nil:
			return nil, err
		case seen[region.Names.Region] != "":
			return nil, usagef("%s and %s are states of the same region, %s", seen[region.Names.Region], each.name, region.Names.Region)
		default:
			seen[region.Names.Region] = each.name
			regions = append(regions, region)
		}
	}
	for _, address := range o.leave {
		if !left[address] {
			return nil, usagef("--leave: there is no %s; terraform state list shows the addresses of a state, and the errors of --from-aws show others", address)
		}
	}
	if failed {
		a.progressf("nothing is written; change these first, or leave a resource as it is with --leave ADDRESS")
		return nil, errFailed
	}
	return regions, nil
}

// stateTimeout bounds the reading of a state in S3, and surveyTimeout that of what the regions run: Route 53 lets an account
// read five pages of records per second.
const (
	stateTimeout  = time.Minute
	surveyTimeout = 10 * time.Minute
)

// readState reads a state file, or a state in S3.
func (a *App) readState(ctx context.Context, name string) ([]byte, error) {
	path, inS3 := strings.CutPrefix(name, "s3://")
	if !inS3 {
		text, err := os.ReadFile(name) //nolint:gosec // the user names it
		if err != nil {
			return nil, usageError{err}
		}
		return text, nil
	}
	bucket, key, found := strings.Cut(path, "/")
	if !found || bucket == "" || key == "" {
		return nil, usagef("--state: %s is not an object in S3; write s3://BUCKET/KEY", name)
	}
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	text, err := leftover.Object(ctx, a.opener(), cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), "us-east-1"), bucket, key)
	if err != nil {
		return nil, fmt.Errorf("%s: %s; set AWS_REGION to the region of the bucket, or save the state with terraform state pull", name, ops.Reason(err))
	}
	return text, nil
}

func (o *adoption) print(regions []*adopt.Region) error {
	a := o.app
	document := adoptDocument{envelope: envelope{schemaVersion, true}, File: a.file, Project: regions[0].Names.Project, Environment: regions[0].Names.Environment}
	table := view.Block{Align: "lll", Header: []string{"STACK", "RESOURCE", "THE FIRST APPLY"}}
	if len(regions) == 1 {
		table.Align, table.Header = "ll", table.Header[1:]
	}
	var files, remarks []string
	for _, region := range regions {
		stack := region.Names.Stack()
		files = append(files, o.file(region))
		document.Regions = append(document.Regions, adoptedStack{region.Names.Region, stack, region.AdoptionFile(), len(region.Imports), append([]adopt.Difference{}, region.Differences...)})
		for _, each := range region.Differences {
			row := []string{stack, each.Resource, each.What}
			table.Rows = append(table.Rows, row[len(row)-len(table.Header):])
			if each.Command != "" {
				remarks = append(remarks, stack+": "+each.Resource+": after the first apply: "+each.Command)
			}
		}
	}
	page := table.WithRemarks(remarks)
	switch {
	case a.json:
		return a.printDocument(document)
	case o.markdown:
		a.printf("%s", page.Markdown())
	default:
		a.printf("%s", page.Text(a.width()))
	}
	a.progressf("wrote %s and %s; review them, then plan: %s", a.file, strings.Join(files, ", "), config.Command(a.file, "make plan"))
	return nil
}

// file returns the path of a region's adoption file.
func (o *adoption) file(region *adopt.Region) string {
	return filepath.Join(filepath.Dir(o.app.file), region.AdoptionFile())
}

// remove removes the fleet file and its adoption files, unless a stack has been applied.
func (o *adoption) remove(ctx context.Context) error {
	a := o.app
	fleet, err := a.load(a.file)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	if !adopt.Wrote(text) {
		return usagef("%s does not begin with the comment of mcpfleet adopt, so that did not write it; remove the files by hand", a.file)
	}
	if fleet.State.Backend != "local" {
		return usagef("the state of %s is not local, so this command cannot tell whether it was applied; remove the files by hand", a.file)
	}
	folder := filepath.Dir(a.file)
	files := []string{a.file}
	for _, region := range fleet.Regions {
		// Terraform keeps the state in the folder of the project, which need not be that of the fleet file.
		for _, place := range []string{".", folder} {
			state := filepath.Join(place, fleet.State.Location(region.Names))
			if _, err := os.Stat(state); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s has been applied: %s exists; go back with the other configuration, and remove the files by hand", region.Names.Stack(), state)
			}
		}
		if region.Adopt != "" {
			files = append(files, filepath.Join(folder, region.Adopt))
		}
	}
	if err := a.confirm(ctx, "Remove "+strings.Join(files, ", ")+"?"); err != nil {
		return err
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			return err
		}
		a.printf("removed %s\n", file)
	}
	_ = os.Remove(filepath.Join(folder, "adopt")) // if it is empty
	return nil
}
