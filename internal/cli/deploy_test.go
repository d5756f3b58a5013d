package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

const (
	oldImage = "ghcr.io/cdtait/fmp-mcp-server:1.2.0"
	newImage = "ghcr.io/cdtait/fmp-mcp-server:1.3.0"
)

// serving creates the resources of a fleet of three regions, with a server in each.
func serving(t *testing.T, project string) (url, file string) {
	t.Helper()
	url = awsURL(t)
	file = fleetFile(t, fleetText(project, "{}", threeRegions))
	for _, each := range seed(t, url, file) {
		host(t, each.LoadBalancerDNS, mcpServer())
	}
	return url, file
}

// runningImage returns the image and the revision that a region's service runs.
func runningImage(t *testing.T, url, project, region string) string {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), url, region)
	if err != nil {
		t.Fatal(err)
	}
	client := ecs.NewFromConfig(cfg)
	prefix := project + "-dev-" + region
	services, err := client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: new(prefix + "-cluster"), Services: []string{prefix + "-service"}})
	if err != nil {
		t.Fatal(err)
	}
	task, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: services.Services[0].TaskDefinition})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", task.TaskDefinition.Revision, *task.TaskDefinition.ContainerDefinitions[0].Image)
}

func wantRunning(t *testing.T, url, project string, images map[string]string) {
	t.Helper()
	for region, image := range images {
		if got := runningImage(t, url, project, region); got != image {
			t.Errorf("%s runs %s, want %s", region, got, image)
		}
	}
}

func TestDeployAndRollback(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "deploy-a")
	want(t, run(t, saturday, file, "deploy", newImage), 2, "Deploy "+newImage+" in eu-west-1, eu-west-2, us-east-1, one after the other? This is not a terminal; pass --yes")
	want(t, run(t, saturday, file, "deploy", newImage, "--yes"), 0,
		"eu-west-1  revision 2 instead of 1, steady, serves MCP; the next apply returns to "+oldImage+", the image of the fleet file\n",
		"us-east-1  revision 2 instead of 1, steady, serves MCP; ", "regions.yaml still has another image, which the next apply sets again; to change that, set container.image to "+newImage)
	wantRunning(t, url, "deploy-a", map[string]string{"eu-west-1": "2 " + newImage, "eu-west-2": "2 " + newImage, "us-east-1": "2 " + newImage})
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--region", "eu-west-2"), 0, "eu-west-2  already runs it as revision 2, steady, serves MCP\n")

	want(t, run(t, saturday, file, "rollback"), 2, "Run the revision before the current one in eu-west-1, eu-west-2, us-east-1? This is not a terminal; pass --yes")
	want(t, run(t, saturday, file, "rollback", "--yes", "--region", "eu-west-1"), 0,
		"eu-west-1  revision 1 instead of 2, with "+oldImage+", steady, serves MCP; the next apply replaces the tasks once more, with a revision of its own\n")
	want(t, run(t, saturday, file, "rollback", "--yes", "--region", "eu-west-1"), 1, "eu-west-1  there is no revision before 1; mcpfleet history --region eu-west-1 --config ")
	want(t, run(t, saturday, file, "rollback", "--yes", "--to", "1", "--parallel=2"), 0, "eu-west-1  already runs revision 1, steady, serves MCP\n", "us-east-1  revision 1 instead of 2")
	want(t, run(t, saturday, file, "rollback", "--yes", "--to", "7", "--region", "eu-west-1"), 1, "eu-west-1  there is no revision deploy-a-dev-eu-west-1-task:7; mcpfleet history")
	want(t, run(t, saturday, file, "rollback", "--yes", "--to", "0"), 2, "--to: 0 is not a revision; mcpfleet history shows the revisions")
}

func TestDeployStopsAndRollsBackWhereItFails(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("deploy-b", "{}", threeRegions))
	seeded := seed(t, url, file)
	host(t, seeded["eu-west-1"].LoadBalancerDNS, mcpServer())
	host(t, seeded["eu-west-2"].LoadBalancerDNS, healthyHost("/mcp", respondWith(http.StatusInternalServerError, "broken")))
	want(t, run(t, saturday, file, "deploy", newImage, "--yes"), 1,
		"eu-west-1  revision 2 instead of 1, steady, serves MCP; ",
		"eu-west-2  revision 2 instead of 1, steady, rolled back to revision 1, steady; ", "HTTP 500",
		"us-east-1  not changed; mcpfleet deploy "+newImage+" --region us-east-1 --config ")
	wantRunning(t, url, "deploy-b", map[string]string{"eu-west-1": "2 " + newImage, "eu-west-2": "1 " + oldImage, "us-east-1": "1 " + oldImage})
}

// TestRollbackStaysWhereItIs fails after a rollback: the revision before that is what somebody wanted to leave.
func TestRollbackStaysWhereItIs(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("deploy-i", "{}", threeRegions))
	seeded := seed(t, url, file)
	for _, each := range seeded {
		host(t, each.LoadBalancerDNS, mcpServer())
	}
	want(t, run(t, saturday, file, "deploy", newImage, "--yes"), 0)
	host(t, seeded["eu-west-1"].LoadBalancerDNS, respondWith(http.StatusInternalServerError))
	want(t, run(t, saturday, file, "rollback", "--yes", "--to", "1", "--parallel=1"), 1,
		"eu-west-1  revision 1 instead of 2, with "+oldImage+", steady; ", "eu-west-2  not changed; mcpfleet rollback --to 1 --region eu-west-2",
		"\nTo roll back eu-west-1:\n  mcpfleet rollback --to 2 --region eu-west-1")
	wantRunning(t, url, "deploy-i", map[string]string{"eu-west-1": "1 " + oldImage, "eu-west-2": "2 " + newImage})
	// What is deployed already is not assumed to work.
	want(t, run(t, saturday, file, "deploy", oldImage, "--yes", "--region", "eu-west-1"), 1, "eu-west-1  already runs it as revision 1, steady; ")
}

// TestDeployWhereClientsMayNotConnect deploys behind an internal load balancer, which this machine cannot reach.
func TestDeployWhereClientsMayNotConnect(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, strings.Replace(fleetText("deploy-j", "{}", oneRegion), "\nregions:", "\n  load_balancer: {internal: true}\nregions:", 1))
	unreachable := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	host(t, seed(t, url, file)["eu-west-1"].LoadBalancerDNS, unreachable)
	want(t, run(t, saturday, file, "deploy", newImage, "--yes"), 0, "eu-west-1  revision 2 instead of 1, steady; not tested as a client: ")
	wantRunning(t, url, "deploy-j", map[string]string{"eu-west-1": "2 " + newImage})
}

func TestRolloutOrder(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "deploy-c")
	intercept(t, url, func(c call) bool {
		return c.region == "us-east-1" && c.operation == "RegisterTaskDefinition" && c.fail(http.StatusInternalServerError, "ServerException", "Service Unavailable")
	})
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--order", "us-east-1"), 1,
		"REGION     RESULT\nus-east-1  AWS returned HTTP 500", "eu-west-1  not changed; ", "eu-west-2  not changed; ")
	// With as many at once as there are regions, the others are already on their way.
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--parallel", "--order", "us-east-1,eu-west-2"), 1,
		"REGION     RESULT\nus-east-1  AWS returned HTTP 500", "eu-west-2  revision 2 instead of 1, steady, serves MCP", "eu-west-1  revision 2 instead of 1, steady, serves MCP")
	for arguments, message := range map[string]string{
		"--order eu-west-9":           "--order: eu-west-9 is not one of the regions to change; these are eu-west-1, eu-west-2, us-east-1",
		"--order eu-west-1,eu-west-1": "--order: eu-west-1 is there twice; remove one",
		"--parallel=0":                `--parallel: "0" is not a number of regions; write 1 or more, or all`,
		"--parallel=many":             `--parallel: "many" is not a number of regions; write 1 or more, or all`,
	} {
		for _, command := range []string{"deploy " + newImage, "restart", "rollback", "scale 2", "weekend up", "capacity"} {
			want(t, run(t, saturday, file, strings.Fields(command+" --yes "+arguments)...), 2, message)
			want(t, run(t, saturday, file, strings.Fields(command+" --yes --parallel 2")...), 2, "write --parallel=2 to change 2 regions at once")
		}
		want(t, runWith(t, strings.NewReader("value"), saturday, file, strings.Fields("secret set "+arguments)...), 2, message)
	}
}

func TestScaleStopsAfterARegionThatFails(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "deploy-d")
	rollBack(t, url, "eu-west-1")
	got := run(t, saturday, file, "scale", "3", "--parallel=1")
	want(t, got, 1, "eu-west-1  set to 3 tasks; the deployment started 1 min ago was rolled back", "eu-west-2  not changed; mcpfleet scale 3 --region eu-west-2", "us-east-1  not changed",
		"\nTo roll back eu-west-1:\n  mcpfleet scale 2 --region eu-west-1")
}

func TestDeployOfAnImageThatTheFleetMayNotRun(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("deploy-e", "{}", oneRegion))
	intercept(t, "", func(c call) bool { t.Errorf("requested %s", c.operation); return c.fail(500, "Unexpected", "") })
	folded := strings.Replace(fleetText("deploy-e", "{}", oneRegion), "image: "+oldImage, "image: >-\n      "+oldImage, 1)
	want(t, run(t, saturday, fleetFile(t, folded), "deploy", newImage, "--yes"), 1, "the file was not changed, because the notation of image is not supported; set defaults.container.image")
	for image, message := range map[string]string{
		"Server:1":    `defaults.container.image: "Server:1" is not a valid image reference`,
		"${secret}":   "defaults.container.image: ",
		"server:1\n2": "defaults.container.image: ",
	} {
		want(t, run(t, saturday, file, "deploy", image, "--yes"), 2, message)
	}
	want(t, run(t, saturday, file, "deploy"), 2, "pass one image, such as mcpfleet deploy ghcr.io/cdtait/fmp-mcp-server:1.2.1")
}

func TestDeployEditsTheFleetFile(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "deploy-f")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(before), "image: "+oldImage, "image: "+oldImage+" # the last one that is known to work", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFile := func(text string) {
		t.Helper()
		if got, err := os.ReadFile(file); string(got) != text {
			t.Errorf("got %v, %s", err, got)
		}
	}
	edited := strings.Replace(text, oldImage, newImage, 1)

	// On a terminal it offers to.
	refusing := startTerminal(t, saturday, file, "deploy", newImage, "--region", "eu-west-1", "--region", "eu-west-2", "--region", "us-east-1", "--no-wait")
	refusing.waitFor("Deploy " + newImage)
	refusing.send("y\n")
	refusing.waitFor("Write this to ")
	refusing.send("n\n")
	refusing.waitFor("was not changed; the next apply sets its image again")
	refusing.wantExit(0)
	wantFile(text)
	accepting := startTerminal(t, saturday, file, "deploy", newImage)
	accepting.waitFor("Deploy " + newImage)
	accepting.send("y\n")
	accepting.waitFor("+    image: " + newImage + " # the last one that is known to work")
	accepting.send("y\n")
	accepting.wantExit(0)
	wantFile(edited)

	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--edit"), 0, "regions.yaml now has the image")
	wantFile(edited)
	// Now Terraform and AWS agree on the image.
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--edit"), 0, "already runs it as revision 2")
	wantRunning(t, url, "deploy-f", map[string]string{"eu-west-1": "2 " + newImage})
	// For some regions only, it becomes their own setting, and not if a region fails.
	want(t, run(t, saturday, file, "deploy", oldImage, "--yes", "--edit", "--no-wait", "--region", "us-east-1"), 0, "now has the image")
	wantFile(strings.Replace(edited, "us-east-1: {", "us-east-1: {container: {image: "+oldImage+"}, ", 1))
}

func TestDeployWhileAsleep(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "deploy-g")
	want(t, run(t, saturday, file, "scale", "0", "--yes", "--region", "eu-west-1"), 0)
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--region", "eu-west-1"), 0, "eu-west-1  revision 2 instead of 1; no tasks are running; the next ones run it; the next apply returns to ")
	want(t, run(t, saturday, file, "restart", "--yes", "--region", "eu-west-1"), 0, "eu-west-1  no tasks are running\n")
	wantRunning(t, url, "deploy-g", map[string]string{"eu-west-1": "2 " + newImage})
}

func TestInterruptedDeploy(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "deploy-h")
	intercept(t, url, func(c call) bool {
		if c.operation != "DescribeServices" {
			return false
		}
		_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"pendingCount": 0`), []byte(`"pendingCount": 1`), 1))
		return true
	})
	session := startTerminal(t, saturday, file, "deploy", newImage, "--yes")
	session.waitFor("eu-west-1: 2 of 2 tasks running, 1 pending")
	session.interrupt()
	for _, part := range []string{
		"revision 2 instead of 1; interrupted", "eu-west-2  not changed; mcpfleet deploy " + newImage + " --region eu-west-2",
		"To roll back eu-west-1:\r\n  mcpfleet rollback --to 1 --region eu-west-1", "interrupted; completed steps stay in effect",
	} {
		session.waitFor(part)
	}
	session.wantExit(1)
	wantRunning(t, url, "deploy-h", map[string]string{"eu-west-1": "2 " + newImage, "eu-west-2": "1 " + oldImage})
}

func TestRestart(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "restart-a")
	want(t, run(t, saturday, file, "restart"), 2, "Replace the tasks in eu-west-1, eu-west-2, us-east-1, one after the other? This is not a terminal; pass --yes")
	want(t, run(t, saturday, file, "restart", "--yes"), 0, "eu-west-1  new deployment, steady; an apply now changes nothing\n", "us-east-1  new deployment, steady; ")
	rollBack(t, url, "eu-west-2")
	want(t, run(t, saturday, file, "restart", "--yes"), 1, "eu-west-1  new deployment, steady; ", "eu-west-2  new deployment; the deployment started 1 min ago was rolled back", "us-east-1  not changed; mcpfleet restart --region us-east-1")
}

func TestHistory(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "history-a")
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--no-wait"), 0)
	arn := func(region string, number int) string {
		return fmt.Sprintf("arn:aws:ecs:%s:123456789012:task-definition/history-a-dev-%s-task:%d", region, region, number)
	}
	intercept(t, url, func(c call) bool {
		switch {
		case c.region == "us-east-1" && c.service == "ecs":
			return c.fail(http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:iam::123456789012:user/a is not authorized to perform: ecs:ListServiceDeployments")
		case c.region == "eu-west-1" && c.operation == "ListServiceDeployments":
			return writes(c, fmt.Sprintf(`{"serviceDeployments": [
				{"serviceDeploymentArn": "arn:1", "status": "SUCCESSFUL", "createdAt": %d, "targetServiceRevisionArn": "arn:r1"},
				{"serviceDeploymentArn": "arn:2", "status": "ROLLBACK_SUCCESSFUL", "statusReason": "the circuit breaker\nthreshold was exceeded", "createdAt": %d, "targetServiceRevisionArn": "arn:r2"}]}`,
				seconds(saturday.Add(-48*time.Hour)), seconds(saturday.Add(-time.Hour))))
		case c.operation == "DescribeServiceRevisions":
			return writes(c, fmt.Sprintf(`{"serviceRevisions": [
				{"serviceRevisionArn": "arn:r1", "taskDefinition": %q, "containerImages": [{"containerName": "history-a", "image": %q}]},
				{"serviceRevisionArn": "arn:r2", "taskDefinition": %q, "containerImages": [{"containerName": "history-a", "image": %q}]}]}`, arn(c.region, 1), oldImage, arn(c.region, 2), newImage))
		}
		return false
	})
	got := run(t, saturday, file, "history")
	want(t, got, 1, "REGION     STARTED (UTC)        REVISION  IMAGE",
		"eu-west-1  2026-11-28 11:00:00         2  fmp-mcp-server:1.3.0  ", "  rolled back: the circuit breaker threshold was exceeded\n",
		"eu-west-1  2026-11-26 12:00:00         1  fmp-mcp-server:1.2.0  ", "  successful\n", "eu-west-2  no deployment in the last 90 days\n", "us-east-1  not allowed\n",
		"us-east-1: ListServiceDeployments: not allowed")
	want(t, run(t, saturday, file, "history", "--limit", "1", "--region", "eu-west-1"), 0, "2026-11-28 11:00:00")
	if one := run(t, saturday, file, "history", "--limit", "1", "--region", "eu-west-1"); strings.Contains(one.out, "2026-11-26") {
		t.Errorf("more than one deployment:\n%v", one)
	}
	want(t, run(t, saturday, file, "history", "--limit", "0"), 2, "--limit: 0 is not greater than zero; write 5")
}

func TestPrune(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "prune-a")
	for version := range 4 {
		want(t, run(t, saturday, file, "deploy", fmt.Sprintf("ghcr.io/cdtait/fmp-mcp-server:2.%d", version), "--yes", "--no-wait", "--region", "eu-west-1"), 0)
	}
	want(t, run(t, saturday, file, "prune"), 2, "Deregister all revisions but the newest 10, and what runs or a rollback needs, in eu-west-1, eu-west-2, us-east-1? This is not a terminal; pass --yes")
	// The tasks still run the first revision.
	want(t, run(t, saturday, file, "prune", "--dry-run", "--keep", "1"), 0, "eu-west-1  would deregister 2-3; 3 revisions kept\n", "eu-west-2  would deregister nothing; 1 revision kept\n")
	want(t, run(t, saturday, file, "prune", "--yes", "--keep", "1", "--region", "eu-west-1"), 0, "eu-west-1  deregistered 2-3; 3 revisions kept\n")
	want(t, run(t, saturday, file, "rollback", "--to", "2", "--yes", "--region", "eu-west-1"), 1, "revision prune-a-dev-eu-west-1-task:2 was deregistered; mcpfleet history")
	want(t, run(t, saturday, file, "rollback", "--yes", "--region", "eu-west-1"), 0, "revision 4 instead of 5, with ghcr.io/cdtait/fmp-mcp-server:2.2")
	want(t, run(t, saturday, file, "prune", "--keep", "0"), 2, "--keep: 0 is not greater than zero; write 10")

	// It stops at the first revision that AWS refuses to deregister, and says how far it came.
	refused := 0
	intercept(t, url, func(c call) bool {
		if c.operation != "DeregisterTaskDefinition" {
			return false
		}
		refused++
		return refused > 1 && c.fail(http.StatusBadRequest, "AccessDeniedException", "not authorized")
	})
	for version := range 4 {
		want(t, run(t, saturday, file, "deploy", fmt.Sprintf("ghcr.io/cdtait/fmp-mcp-server:3.%d", version), "--yes", "--no-wait", "--region", "us-east-1"), 0)
	}
	want(t, run(t, saturday, file, "prune", "--keep", "1", "--yes", "--region", "us-east-1"), 1, "us-east-1  deregistered 3; DeregisterTaskDefinition: not allowed")
}

// TestWeekendUpThatStopsLeavesInactiveRegionsAlone does not propose to wake a region that is not active.
func TestWeekendUpThatStopsLeavesInactiveRegionsAlone(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("deploy-k", "{enabled: true}", strings.Replace(threeRegions, "172.30.0.0/16}", "172.30.0.0/16}, weekend: {active: false}", 1)))
	seed(t, url, file)
	rollBack(t, url, "eu-west-1")
	got := run(t, saturday, file, "weekend", "up", "--parallel=1")
	want(t, got, 1, "eu-west-1  set to 2 tasks; the deployment", "eu-west-2  stays asleep because it is not active; pass --region eu-west-2 to wake it\n", "us-east-1  not changed; mcpfleet weekend up --region us-east-1")
}

// TestDeployLeavesTheImageIfSomebodyScales does not roll back because of what says nothing about the image.
func TestDeployLeavesTheImageIfSomebodyScales(t *testing.T) {
	t.Parallel()
	url, file := serving(t, "deploy-l")
	var deployed atomic.Bool
	intercept(t, url, func(c call) bool {
		if c.operation == "UpdateService" {
			deployed.Store(true)
		}
		if c.operation != "DescribeServices" || !deployed.Load() {
			return false
		}
		_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"desiredCount": 2`), []byte(`"desiredCount": 5`), 1))
		return true
	})
	want(t, run(t, saturday, file, "deploy", newImage, "--yes", "--region", "eu-west-1"), 1,
		"eu-west-1  revision 2 instead of 1; another user or the schedule set the desired count to 5", "\nTo roll back eu-west-1:\n  mcpfleet rollback --to 1 --region eu-west-1")
	wantRunning(t, url, "deploy-l", map[string]string{"eu-west-1": "2 " + newImage})
}
