//go:build e2e

package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	task    = "aws_ecs_task_definition.main"
	service = "aws_ecs_service.main"

	httpListener  = "aws_lb_listener.main[0]"
	httpsListener = "aws_lb_listener.https[0]"
)

// newApplied returns the stack of the single-region example after a first apply.
func newApplied(t *testing.T) (*workspace, *stack) {
	t.Helper()
	w := newWorkspace(t, "../examples/single-region.yaml")
	s := w.initialize(t, "dev-eu-central-1")
	s.apply(t)
	return w, s
}

func TestVariablesChangeOnlyTaskAndService(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	_, s := newApplied(t)
	newTask := map[string]string{task: "replace", service: "update"}
	for variables, want := range map[string]map[string]string{
		"container_image=ghcr.io/cdtait/fmp-mcp-server:2": newTask,
		"cpu=512":         newTask,
		"memory=4096":     newTask,
		"desired_count=5": {service: "update"},
		"desired_count=2": {},
	} {
		if difference := cmp.Diff(want, s.plan(t, variables)); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", variables, difference)
		}
	}
}

func TestVariablesAreValidated(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	_, s := newApplied(t)
	for _, variable := range []string{"cpu=1000", "memory=512", "desired_count=-1", "desired_count=1.5", "container_image=a b", `container_image="`, "container_image=123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1", "weekend_state=off"} {
		if _, err := s.tryPlan(t, variable); err == nil {
			t.Errorf("%s: no error", variable)
		}
	}
}

// toggle is a change of the fleet file and its expected plan.
type toggle struct {
	old, new string
	want     map[string]string
}

func TestTogglesChangeOnlyTheirResources(t *testing.T) {
	t.Parallel()
	listener := []string{
		"aws_lb.main[0]", "aws_lb_listener.main[0]", "aws_lb_target_group.main", "aws_security_group.alb",
		"aws_vpc_security_group_ingress_rule.alb_http", "aws_vpc_security_group_egress_rule.alb_tasks",
		"aws_vpc_security_group_ingress_rule.ecs_tasks_alb",
	}
	// Without a load balancer, clients in the VPC may connect to the tasks.
	clients := []string{`aws_vpc_security_group_ingress_rule.ecs_tasks_clients["10.10.0.0/16"]`}
	discovery := []string{"aws_service_discovery_private_dns_namespace.main", "aws_service_discovery_service.main"}
	domain := []string{
		"aws_route53_record.main[0]", `aws_route53_record.certificate["mcp.example.com"]`, "aws_acm_certificate.main",
		"aws_acm_certificate_validation.main", "aws_lb_listener.https[0]", "aws_vpc_security_group_ingress_rule.alb_https",
	}
	internet := []string{"aws_vpc_security_group_ingress_rule.alb_http"}
	clientsOfBalancer := []string{
		`aws_vpc_security_group_ingress_rule.alb_clients["203.0.113.0/24"]`, `aws_vpc_security_group_ingress_rule.alb_clients["198.51.100.7/32"]`,
	}
	const end = "regions:\n"
	for name, each := range map[string]struct {
		setting string
		off, on []string
		updated string
	}{
		"load balancer": {"  load_balancer: {enabled: false}\n", listener, clients, service},
		"discovery":     {"  discovery: {enabled: false}\n", discovery, nil, service},
		"dns":           {"  dns: {enabled: true, zone: example.com, name: mcp}\n", nil, domain, httpListener},
		"access":        {"  access: {cidrs: [203.0.113.0/24, 198.51.100.7/32]}\n", internet, clientsOfBalancer, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "discovery" || name == "dns" {
				standInOnly(t) // other tests cover these with the real provider
			}
			w, s := newApplied(t)
			for _, step := range []toggle{
				{end, each.setting + end, changes(each.off, each.on, each.updated)},
				{each.setting + end, end, changes(each.on, each.off, each.updated)},
			} {
				w.edit(t, step.old, step.new)
				if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
					t.Errorf("%s (- want, + got)\n%s", name, difference)
				}
				s.checkNoChanges(t)
			}
		})
	}
}

// changes returns a plan that deletes and creates resources, and updates one unless it is "".
func changes(off, on []string, updated string) map[string]string {
	actions := map[string]string{}
	for _, address := range off {
		actions[address] = "delete"
	}
	for _, address := range on {
		actions[address] = "create"
	}
	if updated != "" {
		actions[updated] = "update"
	}
	return actions
}

// TestArchitectureChangesOnlyTaskAndService also checks that a task definition for x86 is registered without a
// platform, as for fleets that were deployed before container.architecture existed.
func TestArchitectureChangesOnlyTaskAndService(t *testing.T) {
	t.Parallel()
	w, s := newApplied(t)
	const image, setting = "fmp-mcp-server:latest\n", "    architecture: arm64\n"
	want := map[string]string{task: "replace", service: "update"}
	for _, step := range []struct {
		toggle
		platform *ecstypes.RuntimePlatform
	}{
		{toggle{image, image + setting, want}, &ecstypes.RuntimePlatform{CpuArchitecture: ecstypes.CPUArchitectureArm64, OperatingSystemFamily: ecstypes.OSFamilyLinux}},
		{toggle{setting, "", want}, nil},
	} {
		w.edit(t, step.old, step.new)
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%q (- want, + got)\n%s", step.new, difference)
		}
		s.checkNoChanges(t)
		if w.aws == nil {
			continue
		}
		if difference := cmp.Diff(step.platform, w.taskDefinition(t, "eu-central-1").RuntimePlatform, cmpopts.IgnoreUnexported(ecstypes.RuntimePlatform{})); difference != "" {
			t.Errorf("%q: the platform (- want, + got)\n%s", step.new, difference)
		}
	}
	w.checkNotCalled(t, "ecs.DeregisterTaskDefinition")
}

// TestContainerSettingsChangeOnlyTaskAndService also checks that the defaults of ECS and of the stack are not written into
// the task definition, so that they register no new revision.
func TestContainerSettingsChangeOnlyTaskAndService(t *testing.T) {
	t.Parallel()
	w, s := newApplied(t)
	const (
		image     = "fmp-mcp-server:latest\n"
		standards = "    entrypoint: []\n    init: true\n    read_only: true\n    tmp_size: 64\n    ephemeral_storage: 20\n" +
			"    ulimits: {nofile: 65535}\n    health_check: {command: [], interval: 60}\n    stop_timeout: 30\n"
		login    = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:registry-AbCdEf"
		database = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:reports-db-AbCdEf"
		settings = "    external_secrets: {DB_PASSWORD: {secret_arn: \"" + database + "\", key: password}, DB_USER: {parameter: /reports/db-user}}\n" +
			"    pull_secret_arn: " + login + "\n    entrypoint: [/app/server]\n    command: [\"--greeting=${name}\"]\n    user: \"1000:1000\"\n    working_directory: /app\n" +
			"    init: false\n    read_only: false\n    tmp_size: 128\n    ephemeral_storage: 40\n    ulimits: {nofile: 262144}\n" +
			"    health_check: {command: [/app/healthcheck], start_period: 30}\n    stop_timeout: 90\n"
	)
	newTask := map[string]string{task: "replace", service: "update", "aws_iam_role_policy.ecs_task_execution": "update"}
	for _, step := range []toggle{
		{image, image + standards, map[string]string{}},
		{standards, settings, newTask},
		{settings, "", newTask},
	} {
		w.edit(t, step.old, step.new)
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%q (- want, + got)\n%s", step.new, difference)
		}
		s.checkNoChanges(t)
		if w.aws == nil || step.new != settings {
			continue
		}
		definition := w.taskDefinition(t, "eu-central-1")
		if size := definition.EphemeralStorage; size == nil || size.SizeInGiB != 40 {
			t.Errorf("the ephemeral storage is %v", size)
		}
		container := definition.ContainerDefinitions[0]
		got := ecstypes.ContainerDefinition{
			EntryPoint: container.EntryPoint, Command: container.Command, User: container.User, WorkingDirectory: container.WorkingDirectory,
			ReadonlyRootFilesystem: container.ReadonlyRootFilesystem, Ulimits: container.Ulimits, HealthCheck: container.HealthCheck, StopTimeout: container.StopTimeout,
			RepositoryCredentials: container.RepositoryCredentials, Secrets: container.Secrets,
		}
		want := ecstypes.ContainerDefinition{
			EntryPoint: []string{"/app/server"}, Command: []string{"--greeting=${name}"}, User: new("1000:1000"), WorkingDirectory: new("/app"),
			ReadonlyRootFilesystem: new(false), Ulimits: []ecstypes.Ulimit{{Name: ecstypes.UlimitNameNofile, SoftLimit: 262144, HardLimit: 262144}},
			HealthCheck: &ecstypes.HealthCheck{Command: []string{"CMD", "/app/healthcheck"}, Interval: new(int32(30)), Timeout: new(int32(5)), Retries: new(int32(3)), StartPeriod: new(int32(30))},
			StopTimeout: new(int32(90)), RepositoryCredentials: &ecstypes.RepositoryCredentials{CredentialsParameter: new(login)},
			Secrets: []ecstypes.Secret{
				{Name: new("DB_PASSWORD"), ValueFrom: new(database + ":password::")},
				{Name: new("DB_USER"), ValueFrom: new("arn:aws:ssm:eu-central-1:123456789012:parameter/reports/db-user")},
			},
		}
		if difference := cmp.Diff(want, got, cmpopts.IgnoreUnexported(ecstypes.ContainerDefinition{}, ecstypes.Ulimit{}, ecstypes.HealthCheck{}, ecstypes.RepositoryCredentials{}, ecstypes.Secret{})); difference != "" {
			t.Errorf("the container (- want, + got)\n%s", difference)
		}
	}
	w.checkNotCalled(t, "ecs.DeregisterTaskDefinition")
}

// TestCapacityMovesWithoutReplacingTheService changes the capacity of a deployed service. Plans leave the service alone
// and warn until mcpfleet capacity has moved it in place.
func TestCapacityMovesWithoutReplacingTheService(t *testing.T) {
	t.Parallel()
	w, s := newApplied(t)
	const association, end = "aws_ecs_cluster_capacity_providers.main", "regions:\n"
	before := end
	for _, step := range []struct {
		capacity string
		want     map[string]string
	}{
		{"spot", map[string]string{association: "create"}},
		{"{base: 1, spot_weight: 3}", map[string]string{"output.weekend_mode_cost_analysis": "update"}},
		{"fargate", map[string]string{}},
	} {
		after := "  service: {capacity: " + step.capacity + "}\n" + end
		w.edit(t, before, after)
		before = after
		const warning = "run: mcpfleet capacity --region eu-central-1."
		if difference := cmp.Diff(step.want, s.plan(t)); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", step.capacity, difference)
		}
		if table, _ := w.summary(t, nil, "plan", s.name); !strings.Contains(table, warning) {
			t.Errorf("%s: no warning in\n%s", step.capacity, table)
		}
		if w.aws == nil {
			return
		}
		w.aws.ClearLog()
		w.mcpfleet(t, "capacity", "--yes")
		w.checkNotCalled(t, "ecs.CreateService", "ecs.DeleteService")
		w.checkCallOrder(t, "ecs.PutClusterCapacityProviders", "ecs.UpdateService")
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", step.capacity, difference)
		}
		w.checkNotCalled(t, "ecs.CreateService", "ecs.UpdateService", "ecs.DeleteService")
		s.checkNoChanges(t)
		if table, _ := w.summary(t, nil, "plan", s.name); strings.Contains(table, warning) {
			t.Errorf("%s: still warned in\n%s", step.capacity, table)
		}
	}
	if slices.Contains(s.addresses(t), association) {
		t.Errorf("the state still has %s", association)
	}
}

// service returns the service of a region.
func (w *workspace) service(t *testing.T, region string) ecstypes.Service {
	t.Helper()
	names := w.region(t, region).Names
	output, err := awsecs.NewFromConfig(w.config(t, region)).DescribeServices(t.Context(), &awsecs.DescribeServicesInput{
		Cluster: new(names.Cluster()), Services: []string{names.Service()},
	})
	if err != nil || len(output.Services) != 1 {
		t.Fatalf("the service: %v, %v", output, err)
	}
	return output.Services[0]
}

// taskDefinition returns the task definition that the service of a region runs.
func (w *workspace) taskDefinition(t *testing.T, region string) *ecstypes.TaskDefinition {
	t.Helper()
	definition, err := awsecs.NewFromConfig(w.config(t, region)).DescribeTaskDefinition(t.Context(), &awsecs.DescribeTaskDefinitionInput{
		TaskDefinition: w.service(t, region).TaskDefinition,
	})
	if err != nil {
		t.Fatal(err)
	}
	return definition.TaskDefinition
}

// TestRebalancingChangesTheServiceInPlace starts with a stack as it was before the key existed.
func TestRebalancingChangesTheServiceInPlace(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../examples/single-region.yaml")
	s := w.initialize(t, "dev-eu-central-1")
	w.remove(t, s.name, `        "availability_zone_rebalancing": "ENABLED",`+"\n")
	s.apply(t)
	const setting = "  service: {availability_zone_rebalancing: false}\n"
	want := map[string]string{service: "update"}
	for _, step := range []toggle{
		{"", "", want},
		{"regions:\n", setting + "regions:\n", want},
		{setting, "", want},
	} {
		w.edit(t, step.old, step.new)
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%q (- want, + got)\n%s", step.new, difference)
		}
		s.checkNoChanges(t)
	}
}

// remove removes a line from a synthesized stack, until the next synth.
func (w *workspace) remove(t *testing.T, stack, line string) {
	t.Helper()
	text, err := os.ReadFile(w.file(stack))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), line) {
		t.Fatalf("%q is not in the stack", line)
	}
	if err := os.WriteFile(w.file(stack), []byte(strings.Replace(string(text), line, "", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPortChangeUpdatesServiceBeforeDeletingTargetGroup changes the port that the load balancer connects to: first that
// of the server, then by a sidecar in front of it. It checks the order because AWS rejects deleting a target group in use.
func TestPortChangeUpdatesServiceBeforeDeletingTargetGroup(t *testing.T) {
	t.Parallel()
	w, s := newApplied(t)
	w.edit(t, "regions:\n", "  logs: {retention_days: 14}\nregions:\n")
	const (
		image = "fmp-mcp-server:latest\n"
		port  = image + "    port: 9000\n"
		proxy = "    ingress: proxy\n    sidecars:\n      - {name: proxy, image: nginx, port: 8080, memory: 256, depends_on: {server: start}}\n"
	)
	for _, step := range []toggle{{old: image, new: port}, {old: port, new: port + proxy}} {
		w.edit(t, step.old, step.new)
		s.apply(t)
		s.checkNoChanges(t)
		w.checkCallOrder(t,
			"elasticloadbalancing.CreateTargetGroup",
			"elasticloadbalancing.ModifyListener",
			"ecs.UpdateService",
			"elasticloadbalancing.DeleteTargetGroup",
		)
		w.checkNotCalled(t, "ecs.CreateService", "ecs.DeleteService")
		if w.aws != nil {
			w.aws.ClearLog()
		}
	}
	if w.aws == nil {
		return
	}
	sidecar := w.taskDefinition(t, "eu-central-1").ContainerDefinitions[1]
	if depends := sidecar.DependsOn; len(depends) != 1 || *depends[0].ContainerName != w.region(t, "eu-central-1").Names.Container() || depends[0].Condition != ecstypes.ContainerConditionStart {
		t.Errorf("the sidecar depends on %v", depends)
	}
	if target := w.service(t, "eu-central-1").LoadBalancers[0]; *target.ContainerName != "proxy" || *target.ContainerPort != 8080 {
		t.Errorf("the load balancer connects to %s on port %d", *target.ContainerName, *target.ContainerPort)
	}
}

// TestInternalLoadBalancerReplacesTheOther in both directions. AWS rejects a target group with two load
// balancers, so the target group is replaced too, and the service moves before anything is deleted.
func TestInternalLoadBalancerReplacesTheOther(t *testing.T) {
	t.Parallel()
	w, s := newApplied(t)
	const setting = "  load_balancer: {internal: true}\n"
	want := map[string]string{
		"aws_lb.main[0]": "replace", "aws_lb_listener.main[0]": "replace", "aws_lb_target_group.main": "replace", service: "update",
	}
	for _, step := range []toggle{{"regions:\n", setting + "regions:\n", want}, {setting, "", want}} {
		w.edit(t, step.old, step.new)
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", step.new, difference)
		}
		w.checkCallOrder(t,
			"elasticloadbalancing.CreateTargetGroup",
			"elasticloadbalancing.CreateListener",
			"ecs.UpdateService",
			"elasticloadbalancing.DeleteListener",
			"elasticloadbalancing.DeleteTargetGroup",
		)
		w.checkCallOrder(t, "elasticloadbalancing.DeleteListener", "elasticloadbalancing.DeleteLoadBalancer")
		s.checkNoChanges(t)
	}
}

// TestApplyKeepsSecretValue sets values like an operator. PutSecretValue moves AWSCURRENT from the
// placeholder to the new value, and an apply must not move it back.
func TestApplyKeepsSecretValue(t *testing.T) {
	t.Parallel()
	needsAWS(t, "apply keeps the operator's secret value")
	w := newWorkspace(t, "../regions.yaml")
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t)
	secrets := secretsmanager.NewFromConfig(w.config(t, "eu-west-1"))
	name := w.region(t, "eu-west-1").Names.Secret()
	for _, value := range []string{`{"API_KEY": "first"}`, `{"API_KEY": "second"}`} {
		if _, err := secrets.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: &value}); err != nil {
			t.Fatal(err)
		}
		if planned := s.apply(t); len(planned) > 0 {
			t.Errorf("after setting a value the plan was %v", planned)
		}
		got, err := secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &name})
		if err != nil || *got.SecretString != value {
			t.Errorf("after an apply the secret is %v, want %s (%v)", got, value, err)
		}
	}
}

// TestApplyFailsAfterRollback rolls the service back to the previous revision while Terraform waits.
func TestApplyFailsAfterRollback(t *testing.T) {
	t.Parallel()
	needsAWS(t, "apply fails after a rollback")
	w, s := newApplied(t)
	before := w.service(t, "eu-central-1")
	bad := []string{"deployment_wait=true", "container_image=ghcr.io/cdtait/fmp-mcp-server:bad"}
	w.aws.RollBack(*before.ServiceName, *before.TaskDefinition)
	if _, err := s.tryApply(t, bad...); err == nil || !strings.Contains(err.Error(), "ECS rolled the service back to") {
		t.Errorf("apply with a rollback: got %v", err)
	}
	w.aws.RollBack(*before.ServiceName, "")
	good := []string{"deployment_wait=true", "container_image=ghcr.io/cdtait/fmp-mcp-server:good"}
	if planned := s.apply(t, good...); planned[service] != "update" {
		t.Errorf("after a rollback the plan was %v", planned)
	}
	s.checkNoChanges(t, good...)
	w.checkNotCalled(t, "ecs.DeregisterTaskDefinition")
}

// TestDisableDiscoveryWithRegisteredTasks disables discovery while Cloud Map would reject deleting the
// service.
func TestDisableDiscoveryWithRegisteredTasks(t *testing.T) {
	t.Parallel()
	needsAWS(t, "disabling discovery")
	w, s := newApplied(t)
	var found struct {
		Services []struct {
			ID string `json:"Id"`
		}
	}
	const cloudMap = "Route53AutoNaming_v20170314."
	w.aws.Call("eu-central-1", "servicediscovery", cloudMap+"ListServices", map[string]any{}, &found)
	for _, each := range found.Services {
		w.aws.Call("eu-central-1", "servicediscovery", cloudMap+"RegisterInstance", map[string]any{
			"ServiceId": each.ID, "InstanceId": "task", "Attributes": map[string]string{"AWS_INSTANCE_IPV4": "10.10.0.5"},
		}, &struct{}{})
	}
	w.edit(t, "regions:\n", "  discovery: {enabled: false}\nregions:\n")
	s.apply(t)
	s.checkNoChanges(t)
	w.checkCallOrder(t, "ecs.UpdateService", "servicediscovery.DeregisterInstance", "servicediscovery.DeleteService", "servicediscovery.DeleteNamespace")
}
