package naming

import "testing"

func TestConsoleAddresses(t *testing.T) {
	names := Names{Project: "fmp-mcp", Environment: "dev", Region: "eu-west-1"}
	odd := Names{Project: "a b/c%", Environment: "dev", Region: "eu-west-1"}
	for name, each := range map[string]struct{ got, want string }{
		"service": {names.ConsoleService(),
			"https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/fmp-mcp-dev-eu-west-1-cluster/services/fmp-mcp-dev-eu-west-1-service/health?region=eu-west-1"},
		"log group": {names.ConsoleLogGroup(),
			"https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Fecs$252Ffmp-mcp-dev-eu-west-1-task"},
		"dashboard": {names.ConsoleDashboard(),
			"https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/fmp-mcp-dev-eu-west-1"},
		"service that needs escapes": {odd.ConsoleService(),
			"https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/a%20b%2Fc%25-dev-eu-west-1-cluster/services/a%20b%2Fc%25-dev-eu-west-1-service/health?region=eu-west-1"},
		"log group that needs escapes": {odd.ConsoleLogGroup(),
			"https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Fecs$252Fa$2520b$252Fc$2525-dev-eu-west-1-task"},
	} {
		if each.got != each.want {
			t.Errorf("%s\ngot  %s\nwant %s", name, each.got, each.want)
		}
	}
}
