package naming

import (
	"net/url"
	"strings"
)

// ConsoleService returns the address of the service in the AWS console.
func (n Names) ConsoleService() string {
	return n.console("ecs/v2/clusters/" + url.PathEscape(n.Cluster()) + "/services/" + url.PathEscape(n.Service()) + "/health")
}

// ConsoleLogGroup returns the address of the tasks' log group in the AWS console. The fragment has an encoding of its
// own: the name is percent-encoded twice, with a dollar for each percent sign, so that the slash becomes $252F.
func (n Names) ConsoleLogGroup() string {
	name := strings.ReplaceAll(url.PathEscape(url.PathEscape(n.LogGroup())), "%", "$")
	return n.console("cloudwatch/home") + "#logsV2:log-groups/log-group/" + name
}

// ConsoleDashboard returns the address of the region's dashboard in the AWS console.
func (n Names) ConsoleDashboard() string {
	return n.console("cloudwatch/home") + "#dashboards/dashboard/" + url.PathEscape(n.Dashboard())
}

// console returns the address of a page of the AWS console for commercial regions, the only ones that a fleet can have.
func (n Names) console(page string) string {
	region := url.QueryEscape(n.Region)
	return "https://" + region + ".console.aws.amazon.com/" + page + "?region=" + region
}
