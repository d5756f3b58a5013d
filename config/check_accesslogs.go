package config

import "strings"

// reservedBuckets are what the name of a bucket cannot begin with, of what a project's can.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var reservedBuckets = []string{"sthree-", "amzn-s3-demo-"}

// checkAccessLogs warns about access logs of no load balancer, and sets the default of retention_days.
func checkAccessLogs(c checker, region *Region) {
	if !c.valid("logs.access", "load_balancer.enabled") {
		return
	}
	if !c.isSet("logs.access.retention_days") {
		region.Logs.Access.RetentionDays = region.Logs.RetentionDays
	}
	if !region.Logs.AccessEnabled() {
		return
	}
	if !region.LoadBalancer.Enabled {
		c.warn("logs.access", "has no effect, because the region has no load balancer", "enable load_balancer, or remove access")
		region.Logs.Access.Enabled = nil
	}
	for _, reserved := range reservedBuckets {
		if strings.HasPrefix(region.Names.AccessLogs("")+"-", reserved) {
			c.reject("logs.access", "needs a bucket, and AWS reserves names of buckets that begin with "+reserved, "begin the project name with another word, or remove access")
		}
	}
}
