package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
)

// imageDeploy deploys an image in several regions.
type imageDeploy struct {
	app     *App
	rollout rollout
	edit    bool

	image string
}

func (a *App) deploy() *cobra.Command {
	d := &imageDeploy{app: a}
	d.rollout = rollout{app: a, work: d.deploy}
	command := &cobra.Command{
		Use:   "deploy IMAGE",
		Short: "Deploy an image, region by region, and roll back where it fails",
		Long: `Deploy an image without Terraform: register a revision of each region's task definition in which only
the server's image differs, and let ECS replace the tasks.

Regions are changed one at a time, ordered by name or as --order says; with --parallel, as many at once as
it says. In each, the command waits until the new tasks run and their targets are healthy, and then opens an
MCP session as a client would. At the first region that fails, it stops: that region is rolled back, and the
others are not changed. In a region that is asleep, the next tasks run the image.

The image has to follow the rules of the fleet file, such as those on repositories in ECR. Terraform does not
know of the change: the next apply sets the image of the fleet file again. So set container.image too; on a
terminal the command offers to, and with --edit it does. Comments and layout are kept. That apply then
replaces the tasks once more, because it registers a revision of its own.`,
		Example:     "  mcpfleet deploy ghcr.io/cdtait/fmp-mcp-server:1.2.1\n  mcpfleet deploy ghcr.io/cdtait/fmp-mcp-server:1.2.1 --order us-east-1 --edit --yes",
		Annotations: map[string]string{confirms: "yes"},
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return usagef("pass one image, such as mcpfleet deploy ghcr.io/cdtait/fmp-mcp-server:1.2.1")
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			d.image = arguments[0]
			d.rollout.skip = notChanged(ops.VerbDeployImage, d.image)
			return d.run(command.Context())
		},
	}
	command.Flags().BoolVar(&d.edit, "edit", false, "Also set the image in the fleet file, if all regions succeed")
	d.rollout.flags(command, 1, "Do not wait for the new tasks, so that a failure stops and rolls back nothing")
	return command
}

func (d *imageDeploy) run(ctx context.Context) error {
	a := d.app
	fleet, err := a.fleet()
	if err != nil {
		return err
	}
	before, edit, err := d.editFleetFile()
	if err != nil {
		return err
	}
	connected, err := a.connectTo(ctx, fleet)
	if err != nil {
		return err
	}
	if err := d.rollout.confirmAndRun(ctx, fleet, connected, "Deploy "+d.image+" in %s?"); err != nil {
		return err
	}
	return d.offerEdit(ctx, before, edit)
}

// editFleetFile returns the fleet file with the image, which verifies that the fleet may run it.
func (d *imageDeploy) editFleetFile() (before []byte, edit ops.Edit, err error) {
	if before, err = os.ReadFile(d.app.file); err != nil {
		return nil, ops.Edit{}, err
	}
	edit, err = ops.EditImage(d.app.file, before, d.app.regions, d.image)
	return before, edit, err
}

// offerEdit sets the image in the fleet file if the user wants it.
func (d *imageDeploy) offerEdit(ctx context.Context, before []byte, edit ops.Edit) error {
	a := d.app
	difference := a.difference(before, edit.Text)
	switch {
	case difference == "":
		return nil
	case d.edit:
		if err := a.replaceFleetFile(before, edit.Text); err != nil {
			return err
		}
		a.progressf("%s now has the image", a.file)
		return nil
	case a.yes || a.json || !a.interactive():
		a.progressf("%s still has another image, which the next apply sets again; to change that, set container.image to %s", a.file, config.Quote(d.image))
		return nil
	}
	a.prompt(difference)
	if !a.ask(ctx, "Write this to "+a.file+"?") {
		a.progressf("%s was not changed; the next apply sets its image again", a.file)
		return nil
	}
	return a.replaceFleetFile(before, edit.Text)
}

func (d *imageDeploy) deploy(ctx context.Context, region *ops.Region, o *outcome) error {
	change, cancel := d.app.withChangeTimeout(ctx)
	defer cancel()
	replaced, err := region.DeployImage(change, d.image)
	if err != nil {
		o.undo = undoReplacement(region, replaced)
		return err
	}
	if replaced.Changed() {
		o.addStep("revision %d instead of %d", replaced.To.Number, replaced.From.Number)
	} else {
		o.addStep("already runs it as revision %d", replaced.To.Number)
	}
	err = d.app.follow(ctx, region, replaced, !d.rollout.noWait, o)
	switch {
	case err == nil || !replaced.Changed():
		return err
	case ctx.Err() != nil, ops.ProblemOf(err).Code == ops.DesiredCountChanged:
		o.undo = undoReplacement(region, replaced) // which says nothing about the image
		return err
	}
	d.app.rollBack(ctx, region, replaced, o)
	return err
}

// undoReplacement returns the command that makes a service run what it ran before.
func undoReplacement(region *ops.Region, replaced ops.Replacement) []ops.Fix {
	if !replaced.Changed() {
		return nil
	}
	return []ops.Fix{{Verb: ops.VerbRollback, Region: region.Name, Arguments: []string{"--to", strconv.Itoa(replaced.From.Number)}}}
}

// follow waits until a region serves with a revision.
func (a *App) follow(ctx context.Context, region *ops.Region, replaced ops.Replacement, wait bool, o *outcome) error {
	if replaced.Changed() {
		o.note = nextApply(region, replaced.To)
	}
	switch {
	case replaced.Tasks.Max == 0:
		o.note = text.JoinNonEmpty("; ", "no tasks are running; the next ones run it", o.note)
		return nil
	case !wait:
		return nil
	}
	if err := o.waitSteady(ctx, region, replaced.Tasks); err != nil {
		return err
	}
	if err := region.Runs(ctx, replaced.To); err != nil {
		return err
	}
	return handshake(ctx, region, o)
}

// nextApply says what Terraform does about a revision that it has not registered.
func nextApply(region *ops.Region, now ops.Revision) string {
	if region.Container.Image == now.Image {
		return "the next apply replaces the tasks once more, with a revision of its own"
	}
	return "the next apply returns to " + region.Container.Image + ", the image of the fleet file"
}

// handshakeTimeout bounds the MCP session after the targets are healthy.
const handshakeTimeout = 30 * time.Second

// handshake opens an MCP session. What keeps this machine from the server, such as an internal load balancer, says nothing
// about the server.
func handshake(ctx context.Context, region *ops.Region, o *outcome) error {
	result := region.Smoke(ctx, ops.SmokeOptions{Timeout: handshakeTimeout})
	switch {
	case result.Skipped != "":
		return nil
	case len(result.Problems) > 0 && region.IsServersFault(result.Problems[0]):
		return ops.Failure(result.Problems[0])
	case len(result.Problems) > 0:
		o.note = text.JoinNonEmpty("; ", "not tested as a client: "+result.Problems[0].Message, o.note)
		return nil
	case result.Challenge != nil:
		o.addStep("asks MCP clients for a token")
		return nil
	}
	o.addStep("serves MCP")
	return nil
}

// rollBack makes a region run what it ran before, and waits for it.
func (a *App) rollBack(ctx context.Context, region *ops.Region, replaced ops.Replacement, o *outcome) {
	o.progress(fmt.Sprintf("rolling back to revision %d", replaced.From.Number))
	change, cancel := a.withChangeTimeout(ctx)
	defer cancel()
	o.note = ""
	byECS, err := region.Undo(change, replaced)
	if err != nil {
		o.note, o.undo = "it could not be rolled back: "+ops.Reason(err), undoReplacement(region, replaced)
		return
	}
	if byECS {
		o.addStep("rolled back to revision %d by ECS", replaced.From.Number)
	} else {
		o.addStep("rolled back to revision %d", replaced.From.Number)
	}
	if err := o.waitSteady(ctx, region, replaced.Tasks); err != nil {
		o.note = "with that it is not steady yet: " + ops.Reason(err)
	}
}
