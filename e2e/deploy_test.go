//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDeployBetweenApplies deploys an image and rolls it back without Terraform, and then applies: Terraform returns to the
// fleet file, and replaces nothing but the revision.
func TestDeployBetweenApplies(t *testing.T) {
	t.Parallel()
	needsAWS(t, "mcpfleet deploy between applies")
	const repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker"
	w := newWorkspace(t, "../examples/everything-off.yaml")
	s := w.initialize(t, "dev-us-west-1")
	s.apply(t)
	if printed := w.mcpfleet(t, "deploy", repository+":2.5.0", "--yes"); !strings.Contains(printed, "us-west-1  revision 2 instead of 1, steady; the next apply returns to "+repository+":2.4.1") {
		t.Errorf("deploy printed\n%s", printed)
	}
	if image := *w.taskDefinition(t, "us-west-1").ContainerDefinitions[0].Image; image != repository+":2.5.0" {
		t.Errorf("the service runs %s", image)
	}
	if difference := cmp.Diff(map[string]string{"aws_ecs_service.main": "update"}, s.apply(t)); difference != "" {
		t.Errorf("after a deploy (- want, + got)\n%s", difference)
	}
	if image := *w.taskDefinition(t, "us-west-1").ContainerDefinitions[0].Image; image != repository+":2.4.1" {
		t.Errorf("the service runs %s", image)
	}

	// With the fleet file changed, too, Terraform registers a revision of its own.
	w.mcpfleet(t, "deploy", repository+":2.5.0", "--yes", "--edit")
	w.edit(t, "", "")
	if difference := cmp.Diff(map[string]string{"aws_ecs_service.main": "update", "aws_ecs_task_definition.main": "replace"}, s.apply(t)); difference != "" {
		t.Errorf("after a deploy and its edit (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t)
	if printed := w.mcpfleet(t, "rollback", "--yes"); !strings.Contains(printed, "with "+repository+":2.5.0, steady") {
		t.Errorf("rollback printed\n%s", printed)
	}
	w.mcpfleet(t, "prune", "--keep", "1", "--yes")
	w.checkNotCalled(t, "ecs.DeleteService", "ecs.CreateCluster")
	s.destroy(t)
}
