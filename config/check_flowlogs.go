package config

// checkFlowLogs rejects flow logs of a VPC that is not the stack's, and sets the default of retention_days.
func checkFlowLogs(c checker, region *Region) {
	if !c.valid("network.flow_logs") {
		return
	}
	logs := &region.Network.FlowLogs
	if logs.Enabled && c.isSet("network.existing") && c.valid("network.flow_logs.enabled") {
		c.reject("network.flow_logs", "would change the VPC of network.existing, which is not the stack's", "remove flow_logs, and turn them on where the VPC is defined")
	}
	if !c.isSet("network.flow_logs.retention_days") {
		logs.RetentionDays = region.Logs.RetentionDays
	}
}
