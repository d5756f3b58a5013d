// Package stacks creates the Terraform stack of a region from the constructs: it passes them plain values and
// the references that other constructs return.
package stacks

import (
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/answer"
	"github.com/cdtait/mcpfleet/constructs/capacityproviders"
	"github.com/cdtait/mcpfleet/constructs/discovery"
	"github.com/cdtait/mcpfleet/constructs/dns"
	"github.com/cdtait/mcpfleet/constructs/ecs"
	"github.com/cdtait/mcpfleet/constructs/filesystem"
	"github.com/cdtait/mcpfleet/constructs/flowlogs"
	"github.com/cdtait/mcpfleet/constructs/iam"
	"github.com/cdtait/mcpfleet/constructs/loadbalancer"
	"github.com/cdtait/mcpfleet/constructs/logs"
	"github.com/cdtait/mcpfleet/constructs/nat"
	"github.com/cdtait/mcpfleet/constructs/network"
	"github.com/cdtait/mcpfleet/constructs/orphans"
	"github.com/cdtait/mcpfleet/constructs/privatesubnets"
	"github.com/cdtait/mcpfleet/constructs/scalabletarget"
	"github.com/cdtait/mcpfleet/constructs/secrets"
	"github.com/cdtait/mcpfleet/constructs/security"
	"github.com/cdtait/mcpfleet/constructs/waf"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/naming"
)

// NewRegion adds the stack of a region to an app.
func NewRegion(app constructs.Construct, fleet *config.Fleet, region config.Region) cdktf.TerraformStack {
	stack := cdktf.NewTerraformStack(app, new(region.Names.Stack()))
	newBackend(stack, fleet.State, region)
	awsprovider.New(stack, region.Name, region.Names.Tags())
	newVariables(stack, region)

	r := resources{locals: locals(region)}
	r.addNetwork(stack, region)
	if region.CreatesEgress() {
		r.addPrivateSubnets(stack, region)
	}
	r.security = security.New(stack, "security", securityConfig(region, r))
	if region.LoadBalancer.Enabled {
		r.addEntrance(stack, region)
	}
	if region.Discovery.Enabled {
		r.discovery = discovery.New(stack, "discovery", discoveryConfig(region, r))
	}
	if keys := region.Container.SecretKeys(); len(keys) > 0 {
		r.secret = secrets.New(stack, "secrets", secretsConfig(region, keys))
	}
	r.logs = logs.New(stack, "logs", logsConfig("main", region.Names.LogGroup(), region))
	if region.Logs.ExecEnabled() {
		r.execLogs = logs.New(stack, "exec_logs", logsConfig("exec", region.Names.ExecLogGroup(), region))
	}
	if len(region.InterfaceEndpoints()) > 0 {
		r.addEndpoints(stack, region)
	}
	if region.Network.FlowLogs.Enabled {
		flowlogs.New(stack, "flow_logs", flowLogsConfig(region, r))
	}
	r.addVolumes(stack, region)
	r.roles = iam.New(stack, "iam", iamConfig(region, r))
	r.ecs = ecs.New(stack, "ecs", ecsConfig(region, r))
	addCapacity(stack, region, r)
	forget(stack, region)
	if region.Scaled() {
		r.addScaling(stack, region)
	}
	if region.HasStandby() {
		r.addStandby(stack, region)
	}
	if region.Alarms.Enabled() {
		r.addAlarms(stack, fleet, region)
	}
	if region.Dashboard {
		r.addDashboards(stack, fleet, region)
	}
	orphans.New(stack, orphansConfig(region))
	adopt(stack, region)
	stack.AddOverride(new("locals"), r.locals)
	newOutputs(stack, fleet, region, r)
	return stack
}

// resources are the results of the constructs, nil for those that the stack does not have.
type resources struct {
	// locals are the stack's local values by name.
	locals  map[string]any
	network *network.Network
	// taskSubnetIDs are the subnets of the tasks. The load balancer is in the network's public subnets.
	taskSubnetIDs []string
	private       *privatesubnets.Subnets
	nat           *nat.Gateways
	// egress are addresses for depends_on of the service: its tasks cannot pull their image before these exist.
	egress       []string
	security     *security.Groups
	loadBalancer *loadbalancer.LoadBalancer
	// certificateARN is the certificate of the HTTPS listener, empty without one.
	certificateARN string
	// zoneID is the hosted zone of the custom domain, empty without one.
	zoneID string
	// answer is nil unless the region answers while it sleeps.
	answer    *answer.Answer
	dns       *dns.Records
	discovery *discovery.Discovery
	secret    *secrets.Secret
	// fileSystem is nil unless a volume is on the region's own file system. volumes are all volumes.
	fileSystem *filesystem.FileSystem
	volumes    []volume
	logs       *logs.Group
	// execLogs is nil without ECS Exec.
	execLogs *logs.Group
	roles    *iam.Roles
	ecs      *ecs.ECS
	// scalableTarget is nil if Terraform owns the number of tasks.
	scalableTarget *scalabletarget.ScalableTarget
}

func networkConfig(region config.Region) network.Config {
	cfg := network.Config{
		Name:                region.Names.VPC(),
		InternetGatewayName: region.Names.InternetGateway(),
		RouteTableName:      region.Names.RouteTable(),
		CIDR:                region.Network.CIDR,
		IPv6:                region.IPv6(),
	}
	for _, subnet := range region.Subnets {
		cfg.Subnets = append(cfg.Subnets, network.Subnet{
			ID:               subnet.Zone,
			Name:             region.Names.Subnet(subnet.Zone),
			AvailabilityZone: region.Name + subnet.Zone,
			CIDR:             subnet.CIDR,
		})
	}
	return cfg
}

func secretsConfig(region config.Region, keys []string) secrets.Config {
	cfg := secrets.Config{Name: region.Names.Secret(), Keys: keys, RecoveryDays: region.Secrets.RecoveryDays, KMSKey: region.Secrets.KMSKey}
	if hasPlaceholder(region) {
		cfg.Placeholder = naming.SecretPlaceholder
	}
	return cfg
}

func discoveryConfig(region config.Region, r resources) discovery.Config {
	cfg := discovery.Config{
		Namespace: region.Names.Namespace(),
		Service:   region.Names.DiscoveryService(),
		VPCID:     r.network.VPCID,
		TTL:       region.Discovery.TTL,
	}
	if region.HasExistingVPC() {
		cfg.DependsOn = []string{security.Tasks}
	}
	return cfg
}

func iamConfig(region config.Region, r resources) iam.Config {
	cfg := iam.Config{
		ExecutionRoleName: region.Names.ExecutionRole(),
		TaskRoleName:      region.Names.TaskRole(),
		Region:            region.Name,
		AccountID:         awsprovider.AccountID,
		LogGroupARN:       r.logs.ARN,
		ExternalSecrets:   iam.External(region.ExternalSecrets()),
		Parameters:        iam.External(region.Parameters(awsprovider.AccountID)),
		PullSecretARNs:    region.Container.PullSecretARNs(),
		RepositoryARNs:    region.Container.RepositoryARNs(),
		Exclusive:         region.Adopt != "",
	}
	if r.secret != nil {
		cfg.SecretARN = r.secret.ARN
		cfg.SecretKeyARN = region.Secrets.CustomerKey()
	}
	cfg.Volumes = r.volumePermissions()
	if r.execLogs != nil {
		cfg.ExecLogGroupARN = r.execLogs.ARN
	}
	addTaskRole(&cfg, region, awsprovider.AccountID)
	return cfg
}

func ecsConfig(region config.Region, r resources) ecs.Config {
	cfg := ecs.Config{
		Cluster: clusterConfig(region, r),
		Task: ecs.Task{
			Family:           region.Names.TaskDefinition(),
			CPU:              hcl.Expression("var.cpu"),
			Memory:           hcl.Expression("var.memory"),
			ARM:              region.Container.ARM(),
			ExecutionRoleARN: r.roles.ExecutionRoleARN,
			TaskRoleARN:      r.roles.TaskRoleARN,
			EphemeralStorage: region.Container.EphemeralStorage,
			Volumes:          r.taskVolumes(),
			Containers:       containers(region, r),
		},
		Service: ecs.Service{
			Name:            region.Names.Service(),
			SubnetIDs:       r.taskSubnetIDs,
			PublicIP:        region.Network.PublicTasks(),
			SecurityGroupID: r.security.TasksID,
			DesiredCount:    whileAwake(tasksOf(region).min),
			Deployment:      deploymentConfig(region),
			Rebalanced:      region.Service.AvailabilityZoneRebalancing,
			Exec:            region.Logs.ExecEnabled(),
			Capacity:        capacityConfig(region),
			Scaled:          region.Scaled(),
			// Without these a task cannot pull its image or write logs, and the server lacks its permissions.
			DependsOn: slices.Concat(r.roles.Policies, r.egress),
		},
	}
	if r.fileSystem != nil {
		cfg.Service.DependsOn = append(cfg.Service.DependsOn, r.fileSystem.Ready...)
	}
	if region.Service.Capacity.HasSpot() {
		cfg.Service.DependsOn = append(cfg.Service.DependsOn, capacityproviders.Association)
	}
	if r.discovery != nil {
		cfg.Service.RegistryARN = r.discovery.ServiceARN
	}
	if r.loadBalancer != nil {
		cfg.Service.DependsOn = append(cfg.Service.DependsOn, r.loadBalancer.Ready...)
		if region.WAF.Enabled {
			cfg.Service.DependsOn = append(cfg.Service.DependsOn, waf.Association)
		}
		if r.answer != nil {
			// No task takes requests while the record still leads to the answer.
			cfg.Service.DependsOn = append(cfg.Service.DependsOn, dns.LatencyRecord)
		}
		cfg.Service.Target = &ecs.Target{
			GroupARN:               r.loadBalancer.TargetGroupARN,
			ContainerName:          region.IngressContainer(),
			ContainerPort:          region.Container.IngressPort(),
			Attached:               loadBalancerPresent,
			HealthCheckGracePeriod: region.Service.HealthCheckGracePeriod,
		}
	}
	return cfg
}
