package access

import (
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// Fleet is what permissions depend on. Names are patterns, as a policy can hold no list of everything
// in thirty regions.
type Fleet struct {
	// Account is the account's id, or an expression for it.
	Account              string
	Project, Environment string
	Regions              []string
	// Domains are the fleet's own names; most fleets have none.
	Domains []string
	// Prefix begins the names that AWS gives room for.
	Prefix string
	// LoadBalancer and TargetGroup begin names that may have been cut; the roles' patterns are whole.
	LoadBalancer, TargetGroup string
	ExecutionRole, TaskRole   string
	State                     config.State
}

// Of sums up a fleet in an account.
func Of(fleet *config.Fleet, account string) Fleet {
	prefix := fleet.Project + "-" + fleet.Environment + "-"
	summary := Fleet{Account: account, Project: fleet.Project, Environment: fleet.Environment, Prefix: prefix, State: fleet.State}
	var balancers, groups, executions, tasks []string
	for _, region := range fleet.Regions {
		summary.Regions = append(summary.Regions, region.Name)
		balancers = append(balancers, region.Names.LoadBalancer())
		groups = append(groups, region.Names.TargetGroup(region.Container.Port))
		executions = append(executions, region.Names.ExecutionRole())
		tasks = append(tasks, region.Names.TaskRole())
		if domain := strings.ToLower(region.CustomDomain()); domain != "" && !slices.Contains(summary.Domains, domain) {
			summary.Domains = append(summary.Domains, domain)
		}
	}
	summary.LoadBalancer = pattern(balancers, prefix, "")
	summary.TargetGroup = pattern(groups, prefix, "")
	summary.ExecutionRole = pattern(executions, prefix, "-ecs-task-execution-role")
	summary.TaskRole = pattern(tasks, prefix, "-ecs-task-role")
	return summary
}

// pattern matches names that begin and end alike. Where a name has been cut to a limit of AWS's, what
// is left of the beginning has to do.
func pattern(names []string, prefix, suffix string) string {
	for _, name := range names {
		if !strings.HasPrefix(name, prefix) || !strings.HasSuffix(name, suffix) {
			suffix = ""
		}
		for !strings.HasPrefix(name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix + "*" + suffix
}
