package naming

import (
	"fmt"
	"strings"
	"testing"
)

var dev = Names{Project: "fmp-mcp", Environment: "dev", Region: "eu-west-1"}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		dev.Stack():        "dev-eu-west-1",
		dev.StateFile():    "terraform.dev-eu-west-1.tfstate",
		dev.VPC():          "fmp-mcp-dev-eu-west-1-vpc",
		dev.LoadBalancer(): "fmp-mcp-dev-eu-west-1-alb",

		dev.InternalLoadBalancer():     "fmp-mcp-dev-eu-west-1-ialb",
		dev.InternalTargetGroup(8001):  "fmp-mcp-dev-eu-west-1-itg-8001",
		dev.TargetGroup(8001):          "fmp-mcp-dev-eu-west-1-tg-8001",
		dev.Certificate():              "fmp-mcp-dev-eu-west-1-cert",
		dev.WebACL():                   "fmp-mcp-dev-eu-west-1-waf",
		dev.ExecLogGroup():             "/ecs/fmp-mcp-dev-eu-west-1-exec",
		dev.AccessLogs("123456789012"): "fmp-mcp-dev-eu-west-1-access-logs-123456789012",
		dev.PrivateSubnet("a"):         "fmp-mcp-dev-eu-west-1-private-a",
		dev.NATGateway("a"):            "fmp-mcp-dev-eu-west-1-nat-a",
		dev.Endpoint("ecr.api"):        "fmp-mcp-dev-eu-west-1-endpoint-ecr-api",
		dev.EndpointSecurityGroup():    "fmp-mcp-dev-eu-west-1-endpoints-sg",

		dev.FileSystem():                        "fmp-mcp-dev-eu-west-1-efs",
		dev.FileSystemSecurityGroup():           "fmp-mcp-dev-eu-west-1-efs-sg",
		dev.Volume("data"):                      "fmp-mcp-dev-eu-west-1-volume-data",
		dev.FlowLog():                           "fmp-mcp-dev-eu-west-1-flow-logs",
		dev.FlowLogGroup():                      "/vpc/fmp-mcp-dev-eu-west-1-flow-logs",
		dev.FlowLogRole():                       "fmp-mcp-dev-eu-west-1-flow-logs-role",
		dev.PrivateRouteTable("private", "a"):   "fmp-mcp-dev-eu-west-1-private-rt-a",
		dev.PrivateRouteTable("endpoints", "a"): "fmp-mcp-dev-eu-west-1-endpoints-rt-a",
		dev.Cluster():                           "fmp-mcp-dev-eu-west-1-cluster",
		dev.Service():                           "fmp-mcp-dev-eu-west-1-service",
		dev.TaskDefinition():                    "fmp-mcp-dev-eu-west-1-task",
		dev.Secret():                            "fmp-mcp-dev-eu-west-1-api-key",
		dev.ExecutionRole():                     "fmp-mcp-dev-eu-west-1-ecs-task-execution-role",
		dev.LogGroup():                          "/ecs/fmp-mcp-dev-eu-west-1-task",
		dev.Namespace():                         "fmp-mcp-dev-eu-west-1-services",
		dev.DiscoveryDomain():                   "fmp-mcp-service.fmp-mcp-dev-eu-west-1-services",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestInternalNamesDiffer, also when they are truncated.
func TestInternalNamesDiffer(t *testing.T) {
	for _, names := range []Names{dev, {Project: strings.Repeat("p", 32), Environment: "dev", Region: "ap-southeast-1"}} {
		if names.InternalLoadBalancer() == names.LoadBalancer() || names.InternalTargetGroup(8001) == names.TargetGroup(8001) || names.InternalTargetGroup(8001) == names.InternalTargetGroup(8002) {
			t.Errorf("%s, %s, %s", names.InternalLoadBalancer(), names.InternalTargetGroup(8001), names.InternalTargetGroup(8002))
		}
	}
}

func TestTargetGroupDependsOnPort(t *testing.T) {
	long := Names{Project: strings.Repeat("p", 32), Environment: "dev", Region: "ap-southeast-1"}
	for _, names := range []Names{dev, long} {
		if names.TargetGroup(8001) == names.TargetGroup(8002) {
			t.Errorf("both ports result in %s", names.TargetGroup(8001))
		}
	}
}

// TestLongNamesFitAndAreUnique tests every length of project, to truncate at every position.
func TestLongNamesFitAndAreUnique(t *testing.T) {
	seen := map[string]Names{}
	for length := 1; length <= 32; length++ {
		for _, filler := range []string{"a", "a-"} {
			project := strings.TrimRight(strings.Repeat(filler, length)[:length], "-") + "z"
			for _, environment := range []string{"dev", "prod", "preproduction123"} {
				for _, region := range []string{"eu-west-1", "eu-west-2", "ap-southeast-1"} {
					names := Names{Project: project, Environment: environment, Region: region}
					for limit, name := range map[int]string{
						32 + 0: names.LoadBalancer(), 32 + 1: names.TargetGroup(8001) + "_", 64: names.ExecutionRole(), 63: names.Namespace(), 65: names.FileSystem() + "_",
					} {
						bare := strings.TrimSuffix(name, "_")
						if len(name) > limit || strings.HasSuffix(bare, "-") {
							t.Errorf("%q has %d characters", bare, len(bare))
						}
						key := fmt.Sprint(limit, name)
						if other, taken := seen[key]; taken && other != names {
							t.Errorf("%v and %v are both %s", other, names, bare)
						}
						seen[key] = names
					}
				}
			}
		}
	}
}
