package config

func checkWAF(c checker, region *Region) {
	if !c.valid("waf.enabled", "load_balancer.enabled") {
		return
	}
	if region.WAF.Enabled && !region.LoadBalancer.Enabled {
		c.warn("waf.enabled", "has no effect, because the region has no load balancer", "enable load_balancer, or disable waf")
		region.WAF.Enabled = false
	}
}
