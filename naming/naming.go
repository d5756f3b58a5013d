// Package naming gives every AWS name and tag of a fleet. Its functions are pure: the stacks use
// them to make things, the operations CLI to find them again without reading Terraform's state.
package naming

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Limits of AWS, in characters.
//
// Sources: the Name or RoleName parameter of CreateLoadBalancer and CreateTargetGroup
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/), CreateRole
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html), and RFC 1035 for the
// label of a namespace.
const (
	loadBalancerLimit = 32
	targetGroupLimit  = 32
	roleLimit         = 64
	labelLimit        = 63
)

// Names are the names in one region of a fleet.
//
// An environment has no hyphen and a region always has three parts, so a prefix can be read in one
// way only and two regions never share one.
type Names struct {
	Project     string
	Environment string
	Region      string
}

// Stack is the Terraform stack: dev-eu-west-1.
func (n Names) Stack() string { return n.Environment + "-" + n.Region }

// StateFile is the stack's state. Environments never share one, as the stack's name holds theirs.
func (n Names) StateFile() string { return "terraform." + n.Stack() + ".tfstate" }

// Prefix begins the name of everything in the region: fmp-mcp-dev-eu-west-1.
func (n Names) Prefix() string { return n.Project + "-" + n.Environment + "-" + n.Region }

func (n Names) VPC() string             { return n.named("vpc") }
func (n Names) InternetGateway() string { return n.named("igw") }
func (n Names) RouteTable() string      { return n.named("public-rt") }

// Subnet is a public subnet, by its zone's letter.
func (n Names) Subnet(zone string) string { return n.named("public-" + zone) }

func (n Names) LoadBalancerSecurityGroup() string { return n.named("alb-sg") }
func (n Names) TaskSecurityGroup() string         { return n.named("ecs-tasks-sg") }

func (n Names) LoadBalancer() string { return cut(n.named("alb"), loadBalancerLimit) }

// TargetGroup carries the port: another port replaces the target group, and its successor is made
// while it still exists, so the two cannot share a name.
func (n Names) TargetGroup(port int) string {
	return cut(n.named("tg-"+strconv.Itoa(port)), targetGroupLimit)
}

func (n Names) Cluster() string        { return n.named("cluster") }
func (n Names) Service() string        { return n.named("service") }
func (n Names) TaskDefinition() string { return n.named("task") }

// Container is the one container of a task.
func (n Names) Container() string { return n.Project }

func (n Names) ExecutionRole() string { return cut(n.named("ecs-task-execution-role"), roleLimit) }
func (n Names) TaskRole() string      { return cut(n.named("ecs-task-role"), roleLimit) }

// Weekend is the scalable target's, and begins the names of its scheduled actions.
func (n Names) Weekend() string { return n.named("weekend") }

// ScheduledAction names an action of the schedule's, such as down_2026_12.
func (n Names) ScheduledAction(id string) string {
	return n.Weekend() + "-" + strings.ReplaceAll(id, "_", "-")
}

// SecretPlaceholder is the value of a secret's key until the operator sets one.
const SecretPlaceholder = "PLACEHOLDER"

// Secret holds the secret environment variables as one JSON object.
func (n Names) Secret() string { return n.named("api-key") }

func (n Names) LogGroup() string { return "/ecs/" + n.TaskDefinition() }

// Namespace is the private DNS namespace, a domain of one label.
func (n Names) Namespace() string { return cut(n.named("services"), labelLimit) }

// DiscoveryService is the same in every region, so that a client need not know where it runs.
func (n Names) DiscoveryService() string { return n.Project + "-service" }

// DiscoveryDomain is the name under which other workloads of the VPC find the tasks.
func (n Names) DiscoveryDomain() string { return n.DiscoveryService() + "." + n.Namespace() }

// Tags are on everything of the region; each thing adds its Name.
func (n Names) Tags() map[string]string {
	return map[string]string{
		"Project":     n.Project,
		"Environment": n.Environment,
		"Region":      n.Region,
		"Terraform":   "true",
	}
}

func (n Names) named(thing string) string { return n.Prefix() + "-" + thing }

// cut shortens a name to a limit and ends it in a hash of the whole, so that two names that begin
// alike stay apart.
func cut(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := hex.EncodeToString(sum[:4])
	return strings.TrimRight(name[:limit-len(hash)-1], "-") + "-" + hash
}
