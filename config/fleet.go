package config

import (
	"net/netip"

	"github.com/cdtait/mcpfleet/naming"
	"github.com/cdtait/mcpfleet/schedule"
)

// DefaultFile is read when neither MCPFLEET_CONFIG nor --config names another.
const DefaultFile = "regions.yaml"

// Fleet is a validated fleet file with the defaults merged into every region.
type Fleet struct {
	Project     string
	Environment string
	State       State
	Bootstrap   Bootstrap
	// Regions are sorted by name, whatever their order in the file.
	Regions []Region
	// AllRegions are the regions of the file, also if a command has removed those from Regions that it is not about.
	AllRegions []Region
}

// Region is one region of the fleet with its complete settings.
type Region struct {
	Name  string
	Names naming.Names
	Settings
	// Subnets are the public subnets that the stack creates, one for each zone; none in an existing VPC. The load
	// balancer is in them.
	Subnets []Subnet
	// PrivateSubnets are the subnets of private tasks that the stack creates, one for each zone in the same order.
	// There are none in mode public.
	PrivateSubnets []Subnet
	// Adoption is the content of the adoption file, nil without one.
	Adoption *Adoption
	// Schedule is the schedule of the weekend window, set even if weekend mode is off.
	Schedule *schedule.Schedule
}

// Subnet is one subnet of the VPC.
type Subnet struct {
	// Zone is the letter of the availability zone, "a" for eu-west-1a.
	Zone string
	CIDR netip.Prefix
}

// LoadBalancerName returns the name of the load balancer in AWS.
func (r Region) LoadBalancerName() string {
	if r.LoadBalancer.Internal {
		return r.Names.InternalLoadBalancer()
	}
	return r.Names.LoadBalancer()
}

// IsLoadBalancerProtected reports whether AWS refuses to delete the load balancer. Destroy mode needs to delete it, also
// if only the override weekend_state=down puts the region to sleep.
func (r Region) IsLoadBalancerProtected() bool {
	return r.LoadBalancer.Enabled && r.LoadBalancer.DeletionProtection && !r.Rules().Overridable
}

// TargetGroupName returns the name of the target group in AWS.
func (r Region) TargetGroupName() string {
	if r.LoadBalancer.Internal {
		return r.Names.InternalTargetGroup(r.Container.IngressPort())
	}
	return r.Names.TargetGroup(r.Container.IngressPort())
}

// HasExistingVPC reports whether the region is in a VPC that the stack does not create.
func (r Region) HasExistingVPC() bool { return r.Network.Existing.VPCID != "" }

// LoadBalancerSubnets returns the number of the load balancer's subnets, each of which is in another zone.
func (r Region) LoadBalancerSubnets() int {
	if r.HasExistingVPC() {
		return len(r.Network.Existing.PublicSubnets)
	}
	return len(r.Subnets)
}

// IPv6 reports whether the region supports IPv6. Without a custom domain there is no AAAA record, so no client
// would use it.
func (r Region) IPv6() bool { return r.CustomDomain() != "" && r.DNS.IPv6 }

// document is the top level of the file.
type document struct {
	Project     string         `yaml:"project" required:"true" pattern:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$" maxlen:"32" is:"a project name (lower-case letters, digits and single hyphens, starting with a letter)" example:"fmp-mcp" doc:"Project name. The names of AWS resources begin with it."`
	Environment string         `yaml:"environment" required:"true" pattern:"^[a-z][a-z0-9]*$" maxlen:"16" is:"an environment name (lower-case letters and digits, starting with a letter, no hyphen)" example:"dev" doc:"Deployment environment of the fleet. It cannot contain a hyphen, so that a name can always be split into project, environment and region."`
	State       State          `yaml:"state" doc:"Where Terraform stores its state."`
	Bootstrap   Bootstrap      `yaml:"bootstrap" doc:"What bootstrap/ creates in addition to the state bucket and the roles of the pipelines."`
	Defaults    Settings       `yaml:"defaults" partial:"true" doc:"Settings for all regions. A region overrides them key by key: maps merge, lists replace."`
	Regions     map[string]any `yaml:"regions" required:"true" is:"a map of AWS regions" example:"{eu-west-1: {network: {cidr: 10.0.0.0/16}}}" doc:"Regions of the fleet, each with the settings that override the defaults."`
}

// State configures where Terraform stores its state.
type State struct {
	Backend string `yaml:"backend" default:"local" oneof:"local,s3" example:"s3" doc:"State backend. local stores terraform.<stack>.tfstate in the directory of cdktf.json; s3 stores it in a bucket, with native S3 locking."`
	Bucket  string `yaml:"bucket" pattern:"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$" is:"an S3 bucket name (3 to 63 lower-case letters, digits, dots and hyphens)" example:"acme-terraform-state" doc:"Name of the state bucket, which must already exist. Applies only to the s3 backend."`
	Region  string `yaml:"region" is:"an AWS region" example:"eu-west-1" doc:"Region of the state bucket. Applies only to the s3 backend."`
	Prefix  string `yaml:"prefix" pattern:"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$" maxlen:"512" is:"an S3 key prefix (letters, digits, and _ . - between single slashes)" example:"mcpfleet/fmp-mcp" doc:"Prefix of the state's key in the bucket. Applies only to the s3 backend. Default: the project name."`
	KMSKey  string `yaml:"kms_key" pattern:"^(arn:aws:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+|alias/[A-Za-z0-9/_-]+|[A-Za-z0-9-]{36}|mrk-[0-9a-f]{32})$" is:"a KMS key (an ARN, an ID, or alias/<name>)" example:"alias/terraform-state" doc:"KMS key that encrypts the state. Applies only to the s3 backend. Default: the bucket's default encryption."`
}

// Settings are the settings of a region. The defaults contain the same keys.
type Settings struct {
	Container Container `yaml:"container" doc:"Container that every task runs."`
	Secrets   Secrets   `yaml:"secrets" doc:"How the region's JSON secret is kept, which holds the values of container.secrets."`
	MCP       MCP       `yaml:"mcp" doc:"Where clients reach the MCP server."`
	TaskRole  TaskRole  `yaml:"task_role" doc:"IAM role of the tasks: what the server may do in AWS."`

	// A volume's name is part of a Terraform address and of a path on the file system.
	Volumes    map[string]Volume `yaml:"volumes" names:"^[a-z](-?[a-z0-9]){0,31}$" named:"the name of a volume (up to 32 lower-case letters and digits, starting with a letter, with single hyphens in between)" example:"{data: {path: /data}}" doc:"Directories on Amazon EFS that the container mounts. They keep their files when tasks are replaced, and all tasks of the region share them. The weekend toggle never deletes them."`
	FileSystem FileSystem        `yaml:"file_system" doc:"The region's own EFS file system. The stack creates it if a volume has no existing."`

	Service      Service      `yaml:"service" doc:"ECS service."`
	Access       Access       `yaml:"access" doc:"Who may connect to the load balancer, and what they may request."`
	LoadBalancer LoadBalancer `yaml:"load_balancer" doc:"Application Load Balancer."`
	WAF          WAF          `yaml:"waf" doc:"AWS WAF web ACL in front of the load balancer."`
	Network      Network      `yaml:"network" doc:"VPC of the region."`
	Discovery    Discovery    `yaml:"discovery" doc:"AWS Cloud Map service discovery: the name by which other workloads in the VPC find the tasks."`
	Logs         Logs         `yaml:"logs" doc:"CloudWatch log group."`
	DNS          DNS          `yaml:"dns" doc:"Custom domain name in Route 53, which resolves to the nearest healthy region."`
	Weekend      Weekend      `yaml:"weekend" doc:"Weekend mode: the region is awake only in a weekly window."`
	Alarms       Alarms       `yaml:"alarms" doc:"Alarms of the region, by mail or to a topic. There are none without email or topic_arn."`
	Dashboard    bool         `yaml:"dashboard" default:"false" example:"true" doc:"Whether the region has a CloudWatch dashboard. The first region that has one also has one of the fleet."`
	Adopt        string       `yaml:"adopt" pattern:"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\\.json$" is:"the path of a JSON file beside the fleet file" maxlen:"255" example:"adopt/dev-eu-west-1.json" doc:"File with the Terraform import and moved blocks of what already runs and becomes part of the stack, relative to the fleet file. Keep it as long as the region exists: it also keeps what cannot be changed in place, and the value of the secret."`
	Usage        Usage        `yaml:"usage" doc:"Expected monthly usage of the region, for cost estimates."`
}

// Container is the server's container of a task, and the task itself.
type Container struct {
	ContainerDefinition `yaml:",inline"`
	// The values of https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html in lower case.
	// AWS lists no Fargate region that lacks one of them:
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
	Architecture string `yaml:"architecture" default:"x86_64" oneof:"x86_64,arm64" example:"arm64" doc:"CPU architecture of the tasks, spelled as in ECS but in lower case. The image must be built for it."`
	Port         int    `yaml:"port" default:"8001" min:"1" max:"65535" example:"8001" doc:"Port that the server listens on. The target group, the security group and the health check use it too, unless ingress names a sidecar."`
	CPU          int    `yaml:"cpu" default:"1024" oneof:"256,512,1024,2048,4096,8192,16384" unit:"CPU units (1024 = 1 vCPU)" example:"1024" doc:"CPU units of a task."`
	Memory       int    `yaml:"memory" default:"3072" min:"512" max:"122880" unit:"MiB" example:"3072" doc:"Memory of a task. Fargate supports only certain sizes for each cpu."`
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
	EphemeralStorage int       `yaml:"ephemeral_storage" default:"20" min:"20" max:"200" unit:"GiB" example:"50" doc:"Disk of a task, which holds the image and what the container writes outside of /tmp. It is lost with the task. AWS bills what exceeds 20 GiB."`
	Sidecars         []Sidecar `yaml:"sidecars" example:"[{name: proxy, image: \"quay.io/oauth2-proxy/oauth2-proxy:v7.12.0\", port: 4180}]" doc:"Containers that run beside the server in every task, such as an OAuth proxy or a collector of traces. At most 9. Beside the keys below, each has those of one container: image, environment, secrets and the others up to depends_on."`
	Ingress          string    `yaml:"ingress" pattern:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$" is:"the name of a sidecar" maxlen:"64" example:"proxy" doc:"Sidecar that the load balancer and the clients of discovery connect to, on its port, instead of the server. The health check of the load balancer asks it too. Default: the server."`
}

// ContainerDefinition is what every container of a task has: its image, and how that runs.
type ContainerDefinition struct {
	Image string `yaml:"image" required:"true" maxlen:"255" is:"a container image" example:"ghcr.io/cdtait/fmp-mcp-server:latest" doc:"Container image: registry, repository, and tag or digest."`
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
	PullSecretARN string            `yaml:"pull_secret_arn" pattern:"^arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$" is:"the ARN of a secret in AWS Secrets Manager" example:"arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-login-AbCdEf" doc:"ARN of an existing secret with the username and password of the image's registry, in the same region. Default: the image is public, or in ECR."`
	Environment   map[string]string `yaml:"environment" example:"{PORT: \"8001\"}" doc:"Environment variables. Values are passed literally: ${ and %{ have no special meaning."`
	// Keys cannot contain colons, because a task definition's reference to a key uses them as separators.
	Secrets         map[string]string         `yaml:"secrets" pattern:"^[A-Za-z0-9_.-]+$" is:"a key of the JSON secret (letters, digits, and _ . -)" example:"{FMP_API_KEY: API_KEY}" doc:"Environment variables with secret values. Each maps a variable to the key of its value in the region's JSON secret."`
	ExternalSecrets map[string]ExternalSecret `yaml:"external_secrets" example:"{DB_PASSWORD: {parameter: /reports/db-password}}" doc:"Environment variables with the values of secrets and parameters that already exist. mcpfleet neither sets nor deletes these."`
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
	StopTimeout int `yaml:"stop_timeout" default:"30" min:"2" max:"120" unit:"seconds" example:"60" doc:"How long a stopping container may take to exit after SIGTERM before ECS kills it."`
	// As in Docker, an entry point of its own also drops the image's command:
	// https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
	Entrypoint       []string `yaml:"entrypoint" example:"[/app/server]" doc:"Program of the container, with its first arguments, instead of the image's entry point and command. Passed literally, without a shell. Default: the image's own."`
	Command          []string `yaml:"command" example:"[--port, \"8001\"]" doc:"Arguments of the entry point, instead of the image's command. Passed literally, without a shell. Default: the image's own."`
	User             string   `yaml:"user" pattern:"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$" is:"a user, or a user and a group, by name or number" example:"\"1000:1000\"" doc:"User that runs the container, such as app, \"1000\" or \"1000:1000\". Default: the image's own."`
	AllowRoot        bool     `yaml:"allow_root" default:"false" example:"true" doc:"Whether user may be root."`
	WorkingDirectory string   `yaml:"working_directory" pattern:"^/.*$" maxlen:"4096" is:"an absolute path" example:"/app" doc:"Directory in which the container starts. Default: the image's own."`
	Init             bool     `yaml:"init" default:"true" example:"false" doc:"Whether the container's first process is an init process, which passes signals on and reaps processes that have ended. false for images with an init of their own that must be process 1."`
	ReadOnly         bool     `yaml:"read_only" default:"true" example:"false" doc:"Whether the root file system is read-only. false for images that write outside of /tmp."`
	// ECS has no maximum; the task's memory is one.
	TmpSize     int                  `yaml:"tmp_size" default:"64" min:"0" max:"122880" unit:"MiB" example:"256" doc:"Size of /tmp, which is in memory: what is written there counts towards the task's memory. 0 mounts none, so that /tmp is part of the root file system."`
	Ulimits     Ulimits              `yaml:"ulimits" doc:"Resource limits of the container."`
	HealthCheck ContainerHealthCheck `yaml:"health_check" doc:"Health check by a command in the container, in addition to that of the load balancer."`
	DependsOn   map[string]string    `yaml:"depends_on" names:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$" oneof:"start,complete,success,healthy" example:"{collector: start}" doc:"Containers of the task that must reach a condition before this one starts: start, complete (exited), success (exited with status 0) or healthy (its health_check succeeds). The server's is named server. When the task stops, they stop in the opposite order."`
}

// Ulimits are the resource limits of the container. Fargate sets the others itself.
type Ulimits struct {
	// The maximum is that of Linux, fs.nr_open: https://docs.kernel.org/admin-guide/sysctl/fs.html#nr-open
	// The default is that of Fargate: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html
	NoFile int `yaml:"nofile" default:"65535" min:"1" max:"1048576" unit:"files" example:"262144" doc:"Files and connections that a process may have open at once, as soft and hard limit."`
}

// ContainerHealthCheck is the health check that ECS runs in the container. There is none without a command.
//
// Source of the ranges: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
type ContainerHealthCheck struct {
	Command     []string `yaml:"command" example:"[/app/healthcheck, --port, \"8001\"]" doc:"Program to run, with its arguments. Passed literally, without a shell. The container is healthy if it exits with status 0. ECS replaces tasks that are not. Default: no health check."`
	Interval    int      `yaml:"interval" default:"30" min:"5" max:"300" unit:"seconds" example:"30" doc:"Time between checks."`
	Timeout     int      `yaml:"timeout" default:"5" min:"2" max:"60" unit:"seconds" example:"5" doc:"How long a check may take before it counts as failed."`
	Retries     int      `yaml:"retries" default:"3" min:"1" max:"10" unit:"checks" example:"3" doc:"Consecutive failed checks after which the container is unhealthy."`
	StartPeriod int      `yaml:"start_period" default:"0" min:"0" max:"300" unit:"seconds" example:"60" doc:"How long failed checks do not count after the start of the container."`
}

// MCP is where clients reach the server. It has no effect on AWS resources: all paths lead to the tasks.
type MCP struct {
	Path string `yaml:"path" default:"/mcp" pattern:"^/([A-Za-z0-9_.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$" maxlen:"256" is:"a path that starts with /, without a query" example:"/mcp" doc:"Path of the MCP endpoint, exactly as clients request it: /mcp and /mcp/ are different paths. mcpfleet smoke tests this path."`
}

// MaxTasks is the ECS quota of tasks per service, and the maximum of desired_count:
// https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
const MaxTasks = 5000

// Service is the ECS service.
type Service struct {
	DesiredCount int         `yaml:"desired_count" default:"2" min:"0" max:"5000" unit:"tasks" example:"2" doc:"Number of tasks to run. Applies only without autoscaling."`
	Autoscaling  Autoscaling `yaml:"autoscaling" short:"enabled" doc:"Autoscaling of the number of tasks. autoscaling: true is short for autoscaling: {enabled: true}."`
	Capacity     Capacity    `yaml:"capacity" short:"type" doc:"Fargate capacity that the tasks run on. capacity: spot is short for capacity: {type: spot}."`
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
	AvailabilityZoneRebalancing bool       `yaml:"availability_zone_rebalancing" default:"true" example:"false" doc:"Whether ECS moves tasks between the availability zones when they are unevenly distributed, such as after an outage of a zone. It starts a new task before it stops one."`
	HealthCheckGracePeriod      int        `yaml:"health_check_grace_period" default:"60" min:"0" max:"2147483647" unit:"seconds" example:"60" doc:"How long ECS ignores failed load balancer health checks after a task starts."`
	Deployment                  Deployment `yaml:"deployment" doc:"Deployment of new task definitions."`
}

// Deployment configures deployments of the service.
type Deployment struct {
	// Source for the rounding: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
	MinimumHealthyPercent int              `yaml:"minimum_healthy_percent" default:"100" min:"0" max:"100" unit:"percent of desired_count" example:"50" doc:"How many tasks must stay healthy during a deployment, rounded up to whole tasks."`
	MaximumPercent        int              `yaml:"maximum_percent" default:"200" min:"100" max:"200" unit:"percent of desired_count" example:"150" doc:"How many tasks may run during a deployment, old and new, rounded down to whole tasks."`
	Alarms                DeploymentAlarms `yaml:"alarms" doc:"CloudWatch alarms that fail a deployment."`
	Wait                  bool             `yaml:"wait" default:"false" example:"true" doc:"Whether an apply waits for the service to reach a steady state, and fails if ECS rolls the deployment back. The workflows always wait: they set the variable deployment_wait."`
}

// DeploymentAlarms are alarms that ECS watches during a deployment and for a while after it.
type DeploymentAlarms struct {
	// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
	Names    []string `yaml:"names" pattern:"^[^\\x00-\\x1F\\x7F]+$" maxlen:"255" is:"the name of a CloudWatch alarm" example:"[mcp-errors, mcp-latency]" doc:"Names of existing CloudWatch alarms in the region. A deployment fails if one of them goes into ALARM."`
	Enabled  bool     `yaml:"enabled" default:"true" example:"false" doc:"Whether ECS watches the alarms. To stop it, set false and keep names: without names, the service keeps its alarms."`
	Rollback bool     `yaml:"rollback" default:"true" example:"false" doc:"Whether ECS rolls a deployment back that failed by an alarm. The circuit breaker always rolls back."`
}

// Watched returns the names of the alarms that can fail a deployment.
func (a DeploymentAlarms) Watched() []string {
	if !a.Enabled {
		return nil
	}
	return a.Names
}

// RunningDuringDeployment returns the least number of healthy tasks and the largest number of tasks during a deployment
// of a number of tasks.
func (d Deployment) RunningDuringDeployment(tasks int) (least, most int) {
	return (tasks*d.MinimumHealthyPercent + 99) / 100, tasks * d.MaximumPercent / 100
}

// Secrets configures the region's JSON secret.
type Secrets struct {
	// Source: https://docs.aws.amazon.com/secretsmanager/latest/APIReference/API_DeleteSecret.html
	RecoveryDays int    `yaml:"recovery_days" default:"0" oneof:"0,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30" unit:"days" example:"30" doc:"How long a deleted secret can be restored with its values. Until then its name is taken, so the region cannot be deployed again before the secret is restored. 0 deletes it at once and for good."`
	KMSKey       string `yaml:"kms_key" pattern:"^(arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})|alias/aws/secretsmanager)$" is:"the ARN of a KMS key" example:"arn:aws:kms:eu-west-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef" doc:"KMS key that encrypts the secret, by its ARN, in the same region. Default: AWS's key aws/secretsmanager. To return to that key, set alias/aws/secretsmanager."`
}

// LoadBalancer is the Application Load Balancer with its target group and listeners.
type LoadBalancer struct {
	Enabled                 bool        `yaml:"enabled" default:"true" example:"false" doc:"Whether to create the load balancer with its listener, target group, DNS record and everything that depends on them."`
	Internal                bool        `yaml:"internal" default:"false" example:"true" doc:"Whether the load balancer has private addresses only, for clients in the VPC, in connected networks or behind a VPN. A change replaces the load balancer and its target group."`
	DeletionProtection      bool        `yaml:"deletion_protection" default:"false" example:"true" doc:"Whether AWS refuses to delete the load balancer. It has no effect with weekend.destroy_albs, which deletes the load balancer. Before a change that deletes or replaces it, set false and apply."`
	Port                    int         `yaml:"port" default:"80" min:"1" max:"65535" example:"80" doc:"Port of the HTTP listener. With HTTPS, this listener only redirects to port 443."`
	HTTPS                   HTTPS       `yaml:"https" short:"enabled" doc:"HTTPS, on port 443. https: false is short for https: {enabled: false}."`
	IdleTimeout             int         `yaml:"idle_timeout" default:"300" min:"1" max:"4000" unit:"seconds" example:"300" doc:"How long an idle connection stays open. MCP streams can be idle for a long time. The server's own keep-alive timeout must be longer."`
	DeregistrationDelay     int         `yaml:"deregistration_delay" default:"60" min:"0" max:"3600" unit:"seconds" example:"60" doc:"How long a deregistering task may take to finish its requests."`
	DropInvalidHeaderFields bool        `yaml:"drop_invalid_header_fields" default:"true" example:"false" doc:"Whether to drop request headers with names that contain anything but letters, digits and hyphens, such as api_key. false passes them on to the tasks."`
	HealthCheck             HealthCheck `yaml:"health_check" doc:"How the load balancer judges a task healthy."`
	Stickiness              Stickiness  `yaml:"stickiness" doc:"Sticky sessions by cookie, for servers that keep sessions in memory."`
}

// HTTPS is the HTTPS listener.
type HTTPS struct {
	Enabled        bool   `yaml:"enabled" example:"false" doc:"Whether clients connect over HTTPS, and the HTTP listener redirects to it. Default: true if dns.enabled is true or certificate_arn is set."`
	CertificateARN string `yaml:"certificate_arn" pattern:"^arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" is:"the ARN of a certificate in AWS Certificate Manager" example:"arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef" doc:"ARN of an existing certificate in AWS Certificate Manager (ACM), in the same region. Default: the stack requests a certificate for the custom domain and validates it through the hosted zone."`
	Policy         string `yaml:"policy" default:"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" oneof:"ELBSecurityPolicy-TLS13-1-3-2021-06,ELBSecurityPolicy-TLS13-1-3-PQ-2025-09,ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04,ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09,ELBSecurityPolicy-TLS13-1-2-2021-06,ELBSecurityPolicy-TLS13-1-2-PQ-2025-09,ELBSecurityPolicy-TLS13-1-2-Res-2021-06,ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09,ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06,ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09,ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06,ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09,ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04,ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09,ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04,ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09,ELBSecurityPolicy-TLS-1-2-2017-01,ELBSecurityPolicy-TLS-1-2-Ext-2018-06,ELBSecurityPolicy-FS-1-2-2019-08,ELBSecurityPolicy-FS-1-2-Res-2019-08,ELBSecurityPolicy-FS-1-2-Res-2020-10" example:"ELBSecurityPolicy-TLS13-1-3-2021-06" doc:"Security policy of the HTTPS listener: the TLS versions and ciphers that clients may use. The default takes TLS 1.3 and TLS 1.2. Policies that take TLS 1.1 or older are not allowed."`
}

// WAF is the web ACL in front of the load balancer.
type WAF struct {
	Enabled bool `yaml:"enabled" default:"false" example:"true" doc:"Whether AWS WAF filters the requests to the load balancer: by the managed rule groups of common attacks and of known bad inputs, and by rate_limit."`
	// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
	RateLimit int `yaml:"rate_limit" default:"2000" min:"10" max:"2000000000" unit:"requests per 5 minutes" example:"2000" doc:"Requests that one client address may send in 5 minutes. AWS WAF blocks the address while it exceeds the limit."`
}

// Access restricts who may connect to the load balancer, and what they may request.
type Access struct {
	CIDRs []netip.Prefix `yaml:"cidrs" pattern:"^[0-9A-Fa-f:.]+/[0-9]{1,3}$" is:"a CIDR block" example:"[203.0.113.0/24, 198.51.100.7/32]" doc:"CIDR blocks that may connect to the load balancer, IPv4 or, with dns.ipv6, IPv6; at most 60 of each, or 30 with HTTPS. Default: the whole internet."`
	Paths []string       `yaml:"paths" pattern:"^/[A-Za-z0-9_.$/~@:+&*?-]*$" maxlen:"128" is:"a path that starts with / (letters, digits, and _ - . $ / ~ @ : + &; * and ? are wildcards)" example:"[/mcp, /health, /.well-known/*]" doc:"Paths that the load balancer forwards to the tasks; it responds to all others with 404. * matches any characters, ? exactly one. At most 100. Default: all paths."`
}

// HealthCheck is the target group's health check.
type HealthCheck struct {
	Path               string `yaml:"path" default:"/health" pattern:"^/[A-Za-z0-9_.~!$&'()*+,;=:@%/?#-]*$" maxlen:"1024" is:"a path that starts with /" example:"/health" doc:"Path that the health check requests on the container's port."`
	Matcher            string `yaml:"matcher" default:"200" pattern:"^[2-4][0-9]{2}(-[2-4][0-9]{2})?(,[2-4][0-9]{2}(-[2-4][0-9]{2})?)*$" is:"HTTP status codes from 200 to 499, such as \"200\" or \"200-299\"" example:"\"200-299\"" doc:"HTTP status codes of a healthy response, in quotes."`
	Interval           int    `yaml:"interval" default:"30" min:"5" max:"300" unit:"seconds" example:"30" doc:"Time between health checks."`
	Timeout            int    `yaml:"timeout" default:"5" min:"2" max:"120" unit:"seconds" example:"5" doc:"How long to wait for a response. It must be shorter than interval."`
	HealthyThreshold   int    `yaml:"healthy_threshold" default:"2" min:"2" max:"10" unit:"checks" example:"2" doc:"Consecutive successful checks after which a task is healthy."`
	UnhealthyThreshold int    `yaml:"unhealthy_threshold" default:"3" min:"2" max:"10" unit:"checks" example:"3" doc:"Consecutive failed checks after which a task is unhealthy."`
}

// Stickiness routes a client to the task that served its first request.
type Stickiness struct {
	Enabled  bool `yaml:"enabled" default:"false" example:"true" doc:"Whether the load balancer routes a client to the same task by cookie. Most MCP clients do not keep cookies, so it has no effect on them."`
	Duration int  `yaml:"duration" default:"86400" min:"1" max:"604800" unit:"seconds" example:"3600" doc:"Lifetime of the load balancer's cookie."`
}

// Network is the region's VPC.
type Network struct {
	CIDR           netip.Prefix    `yaml:"cidr" required:"true" unless:"existing" is:"a CIDR block" example:"10.0.0.0/16" doc:"IPv4 CIDR block of the VPC, /16 to /28, without host bits."`
	Zones          []string        `yaml:"zones" is:"an availability zone" example:"[a, b, d]" doc:"Availability zones, by letter or by name; at least two. Default: three that every account has in the region (two in us-west-1)."`
	Subnets        []netip.Prefix  `yaml:"subnets" is:"a CIDR block" example:"[10.0.0.0/20, 10.0.16.0/20, 10.0.32.0/20]" doc:"IPv4 CIDR blocks of the public subnets, one for each zone. Default: the first /20 blocks of the VPC."`
	Mode           string          `yaml:"mode" default:"public" oneof:"public,private,endpoints" example:"private" doc:"How the tasks reach AWS and the internet. public: by public addresses of their own. private: from private subnets, through NAT gateways. endpoints: from private subnets, through VPC endpoints; they reach AWS services but not the internet, and the image must be in Amazon ECR in the same region."`
	NAT            string          `yaml:"nat" default:"single" oneof:"single,per_zone" example:"per_zone" doc:"NAT gateways: single, one that all zones use, or per_zone, one in each zone, so that an outage of a zone does not affect the others. Applies only to mode private."`
	PrivateSubnets []netip.Prefix  `yaml:"private_subnets" is:"a CIDR block" example:"[10.0.128.0/20, 10.0.144.0/20, 10.0.160.0/20]" doc:"IPv4 CIDR blocks of the private subnets, one for each zone. Applies only to the modes private and endpoints. Default: the first blocks of the second half of the VPC, /20 or as large as fits beside the public subnets."`
	Existing       ExistingNetwork `yaml:"existing" optional:"true" doc:"A VPC that already exists, instead of one that the stack creates. The stack changes and tags nothing of it."`
	FlowLogs       FlowLogs        `yaml:"flow_logs" short:"enabled" doc:"Flow logs of the VPC. flow_logs: true is short for flow_logs: {enabled: true}."`
}

// ExistingNetwork is a VPC that is not the stack's, and the subnets to use.
type ExistingNetwork struct {
	VPCID         string   `yaml:"vpc_id" required:"true" pattern:"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$" is:"a VPC ID" example:"vpc-0123456789abcdef0" doc:"ID of the VPC, which must be in the region."`
	PublicSubnets []string `yaml:"public_subnets" pattern:"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$" is:"a subnet ID" example:"[subnet-0123456789abcdef0, subnet-0123456789abcdef1]" doc:"IDs of the load balancer's subnets: at least two, each in another zone. They need a route to an internet gateway, unless the load balancer is internal."`
	TaskSubnets   []string `yaml:"task_subnets" pattern:"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$" is:"a subnet ID" example:"[subnet-0123456789abcdef0, subnet-0123456789abcdef1]" doc:"IDs of the tasks' subnets, at most 16. Default: public_subnets."`
}

// FlowLogs are the records of the VPC's connections.
type FlowLogs struct {
	Enabled       bool   `yaml:"enabled" default:"false" example:"true" doc:"Whether the connections of the VPC are recorded, in a CloudWatch log group of their own. AWS bills them per gigabyte."`
	RetentionDays int    `yaml:"retention_days" oneof:"0,1,3,5,7,14,30,60,90,120,150,180,365,400,545,731,1096,1827,2192,2557,2922,3288,3653" unit:"days" example:"90" doc:"How long the records are kept. 0 keeps them forever. Default: logs.retention_days."`
	Traffic       string `yaml:"traffic" default:"all" oneof:"all,accept,reject" example:"reject" doc:"Connections to record: all, or only those that security groups and network ACLs accept or reject."`
}

// Discovery is the Cloud Map namespace and service.
type Discovery struct {
	Enabled bool     `yaml:"enabled" default:"true" example:"false" doc:"Whether tasks are registered in a private DNS namespace of the VPC."`
	Clients []string `yaml:"clients" is:"an IPv4 CIDR block or a security group ID" example:"[10.0.0.0/16, sg-0123456789abcdef0]" doc:"Clients that may connect to the tasks by that name: IPv4 CIDR blocks, or IDs of security groups in the VPC. Default: the VPC's block if there is no load balancer, otherwise none."`
	TTL     int      `yaml:"ttl" default:"60" min:"0" max:"2147483647" unit:"seconds" example:"60" doc:"Time to live of the DNS records: how long a resolver may cache them."`
}

// Logs is the CloudWatch log group, and what else is recorded.
type Logs struct {
	RetentionDays int `yaml:"retention_days" default:"7" oneof:"0,1,3,5,7,14,30,60,90,120,150,180,365,400,545,731,1096,1827,2192,2557,2922,3288,3653" unit:"days" example:"30" doc:"How long log events are kept. 0 keeps them forever."`
	// CloudWatch Logs takes no alias:
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
	KMSKey string `yaml:"kms_key" pattern:"^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$" is:"the ARN of a KMS key" example:"arn:aws:kms:eu-west-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef" doc:"KMS key that encrypts the log events, flow logs and recorded commands, by its ARN, in the same region. The key's policy must allow CloudWatch Logs to use it. Default: a key of CloudWatch Logs."`
	// A pointer, because the provider leaves what a cluster has in AWS as it is if its argument is missing.
	Exec *bool `yaml:"exec" example:"true" doc:"Whether commands can be run in the tasks with ECS Exec. They are recorded in a log group of their own. The container must not be read_only. To turn it off again, set false and keep the key: without it, the cluster keeps its settings."`
	// A pointer, because an account can have Container Insights on by default.
	Insights *bool      `yaml:"insights" example:"true" doc:"Whether CloudWatch Container Insights measures the tasks. AWS bills each metric. To turn it off again, set false: without the key, the cluster keeps its setting. A new one has that of the account."`
	Access   AccessLogs `yaml:"access" short:"enabled" doc:"Access logs of the load balancer. access: true is short for access: {enabled: true}."`
}

// ExecEnabled reports whether commands can be run in the tasks.
func (l Logs) ExecEnabled() bool { return l.Exec != nil && *l.Exec }

// AccessEnabled reports whether the load balancer records requests.
func (l Logs) AccessEnabled() bool { return l.Access.Enabled != nil && *l.Access.Enabled }

// InsightsEnabled reports whether Container Insights is on, as far as the fleet file says.
func (l Logs) InsightsEnabled() bool { return l.Insights != nil && *l.Insights }

// AccessLogs are the records of the requests to the load balancer.
type AccessLogs struct {
	// A pointer, because the provider leaves the access logs of a load balancer as they are if its argument is missing.
	Enabled *bool `yaml:"enabled" example:"true" doc:"Whether the load balancer records requests, in an S3 bucket of the stack. To turn it off again, set false: without the key, the load balancer keeps its settings."`
	// The maximum is that of log groups. S3 has none.
	RetentionDays int `yaml:"retention_days" min:"0" max:"3653" unit:"days" example:"90" doc:"How long the records are kept. 0 keeps them forever. Default: logs.retention_days."`
}

// DNS is the fleet's record in a public hosted zone.
type DNS struct {
	Enabled  bool   `yaml:"enabled" default:"false" example:"true" doc:"Whether to create a latency-based record for the region's load balancer. The hosted zone must already exist."`
	Zone     string `yaml:"zone" is:"a domain name" maxlen:"253" example:"example.com" doc:"Name of the public hosted zone."`
	Name     string `yaml:"name" is:"a DNS label" maxlen:"253" example:"mcp" doc:"Name of the record in the zone, such as mcp for mcp.example.com."`
	Regional bool   `yaml:"regional" default:"false" example:"true" doc:"Whether each region also has a record of its own, <region>.<name>.<zone>, such as eu-west-1.mcp.example.com, to reach this region by name."`
	IPv6     bool   `yaml:"ipv6" default:"false" example:"true" doc:"Whether to serve IPv6 too, with an AAAA record, a dual-stack load balancer and IPv6 blocks in the VPC."`
}
