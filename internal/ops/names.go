package ops

import "github.com/cdtait/mcpfleet/config"

// Named is a kind of AWS resource and its name.
type Named struct{ Kind, Name string }

// Names returns the names of the region's resources, deployed or not. It omits those that the fleet file
// turns off.
func Names(region config.Region) []Named {
	var names []Named
	if !region.HasExistingVPC() {
		names = append(names, Named{"vpc", region.Names.VPC()})
	}
	names = append(names, []Named{
		{"cluster", region.Names.Cluster()},
		{"service", region.Names.Service()},
		{"task definition", region.Names.TaskDefinition()},
		{"container", region.Names.Container()},
		{"log group", region.Names.LogGroup()},
		{"execution role", region.Names.ExecutionRole()},
		{"task role", region.Names.TaskRole()},
	}...)
	if len(region.Container.SecretKeys()) > 0 {
		names = append(names, Named{"secret", region.Names.Secret()})
	}
	if region.LoadBalancer.Enabled {
		names = append(names, Named{"load balancer", region.LoadBalancerName()}, Named{"target group", region.TargetGroupName()})
	}
	if region.HasStandby() {
		names = append(names, Named{"standby function", region.Names.Standby()}, Named{"standby log group", region.Names.StandbyLogGroup()})
	}
	if region.WakesOnRequest() {
		names = append(names, Named{"wake budget", region.Names.WakeBudget()})
	}
	if len(region.CertificateDomains()) > 0 {
		names = append(names, Named{"certificate", region.Names.Certificate()})
	}
	if region.WAF.Enabled {
		names = append(names, Named{"web acl", region.Names.WebACL()})
	}
	if len(region.OwnVolumes()) > 0 {
		names = append(names, Named{"file system", region.Names.FileSystem()})
	}
	if region.Logs.ExecEnabled() {
		names = append(names, Named{"exec log group", region.Names.ExecLogGroup()})
	}
	if region.Network.FlowLogs.Enabled {
		names = append(names, Named{"flow log", region.Names.FlowLog()}, Named{"flow log group", region.Names.FlowLogGroup()}, Named{"flow log role", region.Names.FlowLogRole()})
	}
	if region.Discovery.Enabled {
		names = append(names, Named{"discovery domain", region.Names.DiscoveryDomain()})
	}
	if region.CustomDomain() != "" {
		names = append(names, Named{"domain", region.CustomDomain()})
	}
	if region.RegionalDomain() != "" {
		names = append(names, Named{"regional domain", region.RegionalDomain()})
	}
	return names
}
