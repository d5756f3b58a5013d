// Package naming defines the names and tags of a fleet's AWS resources. Its functions are pure: the stacks use
// them to create resources, and the CLI to find the resources without reading Terraform's state.
package naming

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// AWS limits on the length of names, in characters.
//
// Sources: the Name or RoleName parameter of CreateLoadBalancer and CreateTargetGroup
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/), CreateRole
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html), the rules for buckets
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html), and RFC 1035 for the label of a
// namespace.
const (
	loadBalancerLimit = 32
	targetGroupLimit  = 32
	roleLimit         = 64
	labelLimit        = 63
	// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
	ruleLimit = 64
	// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
	functionLimit = 64
	// https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html
	creationTokenLimit = 64
	bucketLimit        = 63
)

// Names generates the names in one region of a fleet.
//
// An environment contains no hyphen and a region always has three parts, so a prefix is unambiguous and no two
// regions share one.
type Names struct {
	Project     string
	Environment string
	Region      string
}

// Stack returns the name of the Terraform stack: dev-eu-west-1.
func (n Names) Stack() string { return n.Environment + "-" + n.Region }

// StateFile returns the name of the stack's state file. It contains the environment, so environments never share
// a file.
func (n Names) StateFile() string { return "terraform." + n.Stack() + ".tfstate" }

// Prefix returns the prefix of the region's names: fmp-mcp-dev-eu-west-1.
func (n Names) Prefix() string { return n.Project + "-" + n.Environment + "-" + n.Region }

func (n Names) VPC() string             { return n.named("vpc") }
func (n Names) InternetGateway() string { return n.named("igw") }
func (n Names) RouteTable() string      { return n.named("public-rt") }

// Subnet returns the name of a public subnet by the letter of its zone.
func (n Names) Subnet(zone string) string { return n.named("public-" + zone) }

// PrivateSubnet returns the name of a private subnet by the letter of its zone.
func (n Names) PrivateSubnet(zone string) string { return n.named("private-" + zone) }

// PrivateRouteTable returns the name of a private subnet's route table, by the mode of the network.
func (n Names) PrivateRouteTable(mode, zone string) string { return n.named(mode + "-rt-" + zone) }

// NATGateway returns the name of a zone's NAT gateway, and of its Elastic IP address.
func (n Names) NATGateway(zone string) string { return n.named("nat-" + zone) }

// Endpoint returns the name of the VPC endpoint of a service, such as s3 or ecr.api.
func (n Names) Endpoint(service string) string {
	return n.named("endpoint-" + strings.ReplaceAll(service, ".", "-"))
}

func (n Names) LoadBalancerSecurityGroup() string { return n.named("alb-sg") }
func (n Names) TaskSecurityGroup() string         { return n.named("ecs-tasks-sg") }
func (n Names) EndpointSecurityGroup() string     { return n.named("endpoints-sg") }

func (n Names) LoadBalancer() string { return truncate(n.named("alb"), loadBalancerLimit) }

// InternalLoadBalancer names an internal load balancer. A change between the two kinds replaces the load
// balancer. Terraform creates the replacement before it destroys the old one, so the two need different names.
func (n Names) InternalLoadBalancer() string {
	return truncate(n.named("ialb"), loadBalancerLimit)
}

// TargetGroup includes the port, because a change of the port replaces the target group. Terraform creates the
// replacement before it destroys the old one, so the two need different names.
func (n Names) TargetGroup(port int) string {
	return truncate(n.named("tg-"+strconv.Itoa(port)), targetGroupLimit)
}

// InternalTargetGroup names the target group of an internal load balancer: a target group can belong to one
// load balancer only, so it is replaced with it.
func (n Names) InternalTargetGroup(port int) string {
	return truncate(n.named("itg-"+strconv.Itoa(port)), targetGroupLimit)
}

// FlowLog returns the name of the VPC's flow log.
func (n Names) FlowLog() string      { return n.named("flow-logs") }
func (n Names) FlowLogGroup() string { return "/vpc/" + n.FlowLog() }
func (n Names) FlowLogRole() string  { return truncate(n.named("flow-logs-role"), roleLimit) }

// Alarms returns the name of the topic of the alarms.
func (n Names) Alarms() string { return n.named("alarms") }

// AlarmPrefix begins the names of the alarms.
func (n Names) AlarmPrefix() string { return n.named("alarm-") }

// Alarm returns the name of an alarm, given its last part, such as response_time.
func (n Names) Alarm(id string) string { return n.AlarmPrefix() + strings.ReplaceAll(id, "_", "-") }

// Dashboard returns the name of the region's dashboard.
func (n Names) Dashboard() string { return n.Prefix() }

// FleetDashboard returns the name of the fleet's dashboard.
func (n Names) FleetDashboard() string { return n.Project + "-" + n.Environment + "-fleet" }

// DeploymentRule returns the name of the rule that reports failed deployments.
func (n Names) DeploymentRule() string { return truncate(n.named("deployment-failed"), ruleLimit) }

// Budget returns the beginning of the budget's name. Terraform adds a suffix.
func (n Names) Budget() string { return n.named("budget") }

func (n Names) Certificate() string { return n.named("cert") }

// Answer returns the name of the API that answers while the region sleeps.
func (n Names) Answer() string { return n.named("answer") }

// Asleep returns the name of the health check of a record that leads to that API.
func (n Names) Asleep() string { return n.named("asleep") }

// Standby returns the name of the function that answers for a load balancer that stays while the region sleeps.
func (n Names) Standby() string            { return truncate(n.named("standby"), functionLimit) }
func (n Names) StandbyLogGroup() string    { return "/aws/lambda/" + n.Standby() }
func (n Names) StandbyRole() string        { return truncate(n.named("standby-role"), roleLimit) }
func (n Names) StandbyRule() string        { return truncate(n.named("standby"), ruleLimit) }
func (n Names) StandbyTargetGroup() string { return truncate(n.named("standby"), targetGroupLimit) }

// Idle returns the name of the alarm that goes off if nobody uses a region that a request has woken. It does not begin like
// the alarms for people.
func (n Names) Idle() string { return n.named("idle") }

// WakeBudget returns the name of the parameter that counts how long requests have kept the region awake.
func (n Names) WakeBudget() string { return n.named("wake-budget") }

// WakeEnd returns the name of the scheduled action that stops the tasks that a request has started.
func (n Names) WakeEnd() string { return n.Weekend() + "-wake-end" }

func (n Names) WebACL() string { return n.named("waf") }

// FileSystem names the file system, and is also the token by which AWS creates it only once.
func (n Names) FileSystem() string              { return truncate(n.named("efs"), creationTokenLimit) }
func (n Names) FileSystemSecurityGroup() string { return n.named("efs-sg") }

// Volume returns the name of the access point of a volume.
func (n Names) Volume(volume string) string { return n.named("volume-" + volume) }

func (n Names) Cluster() string        { return n.named("cluster") }
func (n Names) Service() string        { return n.named("service") }
func (n Names) TaskDefinition() string { return n.named("task") }

// Container returns the name of the server's container.
func (n Names) Container() string { return n.Project }

func (n Names) ExecutionRole() string { return truncate(n.named("ecs-task-execution-role"), roleLimit) }
func (n Names) TaskRole() string      { return truncate(n.named("ecs-task-role"), roleLimit) }

// Weekend returns the name of the scalable target in weekend mode, and the prefix of the names of its scheduled
// actions.
func (n Names) Weekend() string { return n.named("weekend") }

// ScheduledAction returns the name of a scheduled action, given its name in the schedule, such as down_2026_12.
func (n Names) ScheduledAction(id string) string {
	return n.Weekend() + "-" + strings.ReplaceAll(id, "_", "-")
}

// Autoscaling returns the name of the scalable target without weekend mode, and the prefix of the names of its
// scaling policies.
func (n Names) Autoscaling() string { return n.named("autoscaling") }

// ScalingPolicy returns the name of a scaling policy, given its target, such as cpu.
func (n Names) ScalingPolicy(target string) string { return n.Autoscaling() + "-" + target }

// SecretPlaceholder is the initial value of a key in the secret, until the user sets it.
const SecretPlaceholder = "PLACEHOLDER"

// Secret returns the name of the secret, which holds the secret environment variables as a JSON object.
func (n Names) Secret() string { return n.named("api-key") }

func (n Names) LogGroup() string { return "/ecs/" + n.TaskDefinition() }

// ExecLogGroup returns the name of the log group of the commands that are run in the tasks.
func (n Names) ExecLogGroup() string { return "/ecs/" + n.named("exec") }

// AccessLogs returns the name of the bucket of the load balancer's access logs. Names of buckets are unique in all of AWS,
// so it ends in the account: an ID of 12 digits, or an expression for it.
func (n Names) AccessLogs(account string) string {
	const accountLength = 12
	return truncate(n.named("access-logs"), bucketLimit-len("-")-accountLength) + "-" + account
}

// Namespace returns the name of the private DNS namespace, a domain of one label.
func (n Names) Namespace() string { return truncate(n.named("services"), labelLimit) }

// DiscoveryService returns the name of the Cloud Map service. It is the same in all regions, so clients do not
// depend on their region.
func (n Names) DiscoveryService() string { return n.Project + "-service" }

// DiscoveryDomain returns the domain name by which other workloads in the VPC find the tasks.
func (n Names) DiscoveryDomain() string { return n.DiscoveryService() + "." + n.Namespace() }

// Tags returns the tags of all resources in the region. Each resource adds its Name.
func (n Names) Tags() map[string]string {
	return map[string]string{
		"Project":     n.Project,
		"Environment": n.Environment,
		"Region":      n.Region,
		"Terraform":   "true",
	}
}

// LoadBalancerSearch returns an expression of CloudWatch that finds a metric of all load balancers that have or had a name.
// Their IDs, which end the values of the dimension, are not known, so it searches for the words of the name: letters and
// digits without quotes, which would ask for the whole value. It may find others, too, whose names have the same words.
// The period is in seconds.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
func LoadBalancerSearch(name, metric, statistic string, period int) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return fmt.Sprintf(`SEARCH('{AWS/ApplicationELB,LoadBalancer} MetricName="%s" %s', '%s', %d)`, metric, strings.Join(words, " "), statistic, period)
}

func (n Names) named(suffix string) string { return n.Prefix() + "-" + suffix }

// truncate shortens a name to a limit. The result ends in a hash of the full name, so that names with a common
// prefix stay distinct.
func truncate(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := hex.EncodeToString(sum[:4])
	return strings.TrimRight(name[:limit-len(hash)-1], "-") + "-" + hash
}
