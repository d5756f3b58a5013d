package config

import (
	"net/netip"

	"github.com/cdtait/mcpfleet/naming"
	"github.com/cdtait/mcpfleet/schedule"
)

// DefaultFile is read when neither MCPFLEET_CONFIG nor --config names another.
const DefaultFile = "regions.yaml"

// Fleet is one fleet file, validated, with the defaults merged into every region.
type Fleet struct {
	Project     string
	Environment string
	State       State
	// Regions are sorted by name, whatever their order in the file.
	Regions []Region
}

// Region is one region of the fleet, complete.
type Region struct {
	Name  string
	Names naming.Names
	Settings
	// Subnets are the public subnets, one a zone.
	Subnets []Subnet
	// Schedule is the weekend window, whether or not weekend mode is on.
	Schedule *schedule.Schedule
}

// Subnet is one public subnet.
type Subnet struct {
	// Zone is the letter of the availability zone, "a" for eu-west-1a.
	Zone string
	CIDR netip.Prefix
}

// CustomDomain is the name that the fleet answers under, or "" where the region has no record.
func (r Region) CustomDomain() string {
	if !r.DNS.Enabled || !r.LoadBalancer.Enabled {
		return ""
	}
	return r.DNS.Name + "." + r.DNS.Zone
}

// document is the shape of the file.
type document struct {
	Project     string         `yaml:"project" required:"true" pattern:"^[a-z][a-z0-9]*(-[a-z0-9]+)*$" maxlen:"32" is:"a project name (lower-case letters, digits and single hyphens, starting with a letter)" example:"fmp-mcp" doc:"Name of what the fleet runs. It begins the name of everything in AWS."`
	Environment string         `yaml:"environment" required:"true" pattern:"^[a-z][a-z0-9]*$" maxlen:"16" is:"an environment name (lower-case letters and digits, starting with a letter, no hyphen)" example:"dev" doc:"Which copy of the fleet this is. No hyphen, so that project, environment and region can always be told apart in a name."`
	State       State          `yaml:"state" doc:"Where Terraform keeps its state."`
	Defaults    Settings       `yaml:"defaults" partial:"true" doc:"Settings of every region. A region overrides them key by key: maps merge, lists replace."`
	Regions     map[string]any `yaml:"regions" required:"true" is:"a map of AWS regions" example:"{eu-west-1: {network: {cidr: 10.0.0.0/16}}}" doc:"The regions of the fleet, each with the settings that differ from the defaults."`
}

// State says where Terraform keeps its state.
type State struct {
	Backend string `yaml:"backend" default:"local" oneof:"local,s3" example:"s3" doc:"local keeps terraform.<stack>.tfstate beside cdktf.json; s3 keeps it in a bucket, locked by S3 itself."`
	Bucket  string `yaml:"bucket" pattern:"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$" is:"an S3 bucket name (3 to 63 lower-case letters, digits, dots and hyphens)" example:"acme-terraform-state" doc:"S3 only: the bucket. It has to exist."`
	Region  string `yaml:"region" is:"an AWS region" example:"eu-west-1" doc:"S3 only: the bucket's region."`
	Prefix  string `yaml:"prefix" pattern:"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$" maxlen:"512" is:"an S3 key prefix (letters, digits, and _ . - between single slashes)" example:"mcpfleet/fmp-mcp" doc:"S3 only: what the state's key begins with. Default: the project's name."`
	KMSKey  string `yaml:"kms_key" pattern:"^(arn:aws:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+|alias/[A-Za-z0-9/_-]+|[A-Za-z0-9-]{36}|mrk-[0-9a-f]{32})$" is:"a KMS key (its ARN, its id, or alias/<name>)" example:"alias/terraform-state" doc:"S3 only: the KMS key that encrypts the state. Default: the bucket's own encryption."`
}

// Settings is what a region may hold, and so what the defaults may hold.
type Settings struct {
	Container    Container    `yaml:"container" doc:"The container that every task runs."`
	MCP          MCP          `yaml:"mcp" doc:"How clients reach the MCP server."`
	Service      Service      `yaml:"service" doc:"The ECS service."`
	LoadBalancer LoadBalancer `yaml:"load_balancer" doc:"The internet-facing Application Load Balancer."`
	Network      Network      `yaml:"network" doc:"The region's VPC."`
	Discovery    Discovery    `yaml:"discovery" doc:"AWS Cloud Map: the name under which other workloads of the VPC find the tasks."`
	Logs         Logs         `yaml:"logs" doc:"The CloudWatch log group."`
	DNS          DNS          `yaml:"dns" doc:"A name of your own in Route 53, answered by the nearest healthy region."`
	Weekend      Weekend      `yaml:"weekend" doc:"A fleet that is awake only in a weekly window."`
	Usage        Usage        `yaml:"usage" doc:"What a region is expected to use in a month, for cost estimates."`
}

// Container is the one container of a task.
type Container struct {
	Image       string            `yaml:"image" required:"true" maxlen:"255" is:"a container image" example:"ghcr.io/cdtait/fmp-mcp-server:latest" doc:"Image reference: registry, repository, and a tag or digest."`
	Port        int               `yaml:"port" default:"8001" min:"1" max:"65535" example:"8001" doc:"The one port: container, target group, security group and health check."`
	CPU         int               `yaml:"cpu" default:"1024" oneof:"256,512,1024,2048,4096,8192,16384" unit:"CPU units (1024 = 1 vCPU)" example:"1024" doc:"CPU of a task."`
	Memory      int               `yaml:"memory" default:"3072" min:"512" max:"122880" unit:"MiB" example:"3072" doc:"Memory of a task. Fargate allows only some sizes for each cpu."`
	Environment map[string]string `yaml:"environment" example:"{PORT: \"8001\"}" doc:"Plain environment variables. A value arrives literally: ${ and %{ have no meaning."`
	// A key has no colon: the reference to it in a task definition separates its parts with colons.
	Secrets map[string]string `yaml:"secrets" pattern:"^[A-Za-z0-9_.-]+$" is:"a key of the JSON secret (letters, digits, and _ . -)" example:"{FMP_API_KEY: API_KEY}" doc:"Secret environment variables: the variable, and the key in the region's JSON secret that holds its value."`
}

// MCP is how clients reach the server. It makes nothing in AWS, where every path leads to the tasks.
type MCP struct {
	Path string `yaml:"path" default:"/mcp" pattern:"^/([A-Za-z0-9_.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$" maxlen:"256" is:"a path that starts with /, without a query" example:"/mcp" doc:"Where the server answers MCP, exactly as clients have to write it: /mcp and /mcp/ are two paths. mcpfleet smoke asks there."`
}

// Service is the ECS service.
type Service struct {
	DesiredCount           int        `yaml:"desired_count" default:"2" min:"0" max:"5000" unit:"tasks" example:"2" doc:"How many tasks run."`
	HealthCheckGracePeriod int        `yaml:"health_check_grace_period" default:"60" min:"0" max:"2147483647" unit:"seconds" example:"60" doc:"How long a new task may fail the load balancer's health check."`
	Deployment             Deployment `yaml:"deployment" doc:"How tasks are replaced."`
}

// Deployment is how the service replaces its tasks.
type Deployment struct {
	Wait bool `yaml:"wait" default:"false" example:"true" doc:"An apply waits until the new tasks are steady, and fails where ECS has rolled them back. The workflows wait in any case: they set the variable deployment_wait."`
}

// LoadBalancer is the Application Load Balancer with its target group and HTTP listener.
type LoadBalancer struct {
	Enabled                 bool        `yaml:"enabled" default:"true" example:"false" doc:"false leaves out load balancer, listener, target group, DNS record and everything that hangs on them."`
	Port                    int         `yaml:"port" default:"80" min:"1" max:"65535" example:"80" doc:"Port of the HTTP listener."`
	IdleTimeout             int         `yaml:"idle_timeout" default:"300" min:"1" max:"4000" unit:"seconds" example:"300" doc:"How long a silent connection is kept. MCP streams are silent for long. The server has to keep its connections for longer still."`
	DeregistrationDelay     int         `yaml:"deregistration_delay" default:"60" min:"0" max:"3600" unit:"seconds" example:"60" doc:"How long a task that leaves may finish its requests."`
	DropInvalidHeaderFields bool        `yaml:"drop_invalid_header_fields" default:"true" example:"false" doc:"Drop the request headers whose names are not of letters, digits and hyphens only, such as api_key. false hands them on to the tasks."`
	HealthCheck             HealthCheck `yaml:"health_check" doc:"How the load balancer tells a healthy task."`
	Stickiness              Stickiness  `yaml:"stickiness" doc:"Cookie stickiness, for servers that keep sessions in memory."`
}

// HealthCheck is the target group's health check.
type HealthCheck struct {
	Path               string `yaml:"path" default:"/health" pattern:"^/[A-Za-z0-9_.~!$&'()*+,;=:@%/?#-]*$" maxlen:"1024" is:"a path that starts with /" example:"/health" doc:"What is asked, on the container's port."`
	Matcher            string `yaml:"matcher" default:"200" pattern:"^[2-4][0-9]{2}(-[2-4][0-9]{2})?(,[2-4][0-9]{2}(-[2-4][0-9]{2})?)*$" is:"HTTP status codes from 200 to 499, such as \"200\" or \"200-299\"" example:"\"200-299\"" doc:"HTTP status codes of a healthy answer, in quotes."`
	Interval           int    `yaml:"interval" default:"30" min:"5" max:"300" unit:"seconds" example:"30" doc:"Time between two checks."`
	Timeout            int    `yaml:"timeout" default:"5" min:"2" max:"120" unit:"seconds" example:"5" doc:"How long an answer may take; shorter than interval."`
	HealthyThreshold   int    `yaml:"healthy_threshold" default:"2" min:"2" max:"10" unit:"checks" example:"2" doc:"Good answers in a row that make a task healthy."`
	UnhealthyThreshold int    `yaml:"unhealthy_threshold" default:"3" min:"2" max:"10" unit:"checks" example:"3" doc:"Bad answers in a row that make a task unhealthy."`
}

// Stickiness sends a client back to the task that answered it first.
type Stickiness struct {
	Enabled  bool `yaml:"enabled" default:"false" example:"true" doc:"Send a client that keeps cookies back to the same task. Most MCP clients keep none, and have no use of it."`
	Duration int  `yaml:"duration" default:"86400" min:"1" max:"604800" unit:"seconds" example:"3600" doc:"How long the load balancer's cookie is valid."`
}

// Network is the region's VPC.
type Network struct {
	CIDR    netip.Prefix   `yaml:"cidr" required:"true" is:"a CIDR block" example:"10.0.0.0/16" doc:"IPv4 block of the VPC, /16 to /28, without host bits."`
	Zones   []string       `yaml:"zones" is:"an availability zone" example:"[a, b, d]" doc:"Availability zones, by letter or by name; two or more. Default: three that every account has in the region (two in us-west-1)."`
	Subnets []netip.Prefix `yaml:"subnets" is:"a CIDR block" example:"[10.0.0.0/20, 10.0.16.0/20, 10.0.32.0/20]" doc:"IPv4 blocks of the public subnets, one a zone. Default: the first /20 blocks of the VPC's."`
}

// Discovery is the Cloud Map namespace and service.
type Discovery struct {
	Enabled bool     `yaml:"enabled" default:"true" example:"false" doc:"Register tasks in a private DNS namespace of the VPC."`
	Clients []string `yaml:"clients" is:"an IPv4 block or a security group's id" example:"[10.0.0.0/16, sg-0123456789abcdef0]" doc:"Who may connect to the tasks by that name: IPv4 blocks, or ids of security groups in the VPC. Default: the VPC's own block where there is no load balancer, nobody where there is one."`
	TTL     int      `yaml:"ttl" default:"60" min:"0" max:"2147483647" unit:"seconds" example:"60" doc:"How long a resolver may keep an answer."`
}

// Logs is the CloudWatch log group.
type Logs struct {
	RetentionDays int `yaml:"retention_days" default:"7" oneof:"0,1,3,5,7,14,30,60,90,120,150,180,365,400,545,731,1096,1827,2192,2557,2922,3288,3653" unit:"days" example:"30" doc:"How long log events are kept; 0 keeps them for ever."`
}

// DNS is the fleet's name in a public hosted zone.
type DNS struct {
	Enabled bool   `yaml:"enabled" default:"false" example:"true" doc:"Make a latency record for this region's load balancer. The hosted zone has to exist."`
	Zone    string `yaml:"zone" is:"a domain name" maxlen:"253" example:"example.com" doc:"Name of the public hosted zone."`
	Name    string `yaml:"name" is:"a DNS label" maxlen:"253" example:"mcp" doc:"Name within the zone: mcp for mcp.example.com."`
	IPv6    bool   `yaml:"ipv6" default:"false" example:"true" doc:"Answer over IPv6 too: AAAA record, dual-stack load balancer, IPv6 blocks in the VPC."`
}
