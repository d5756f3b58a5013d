package config

import "fmt"

func checkLoadBalancer(c checker, lb LoadBalancer) {
	if c.sound("load_balancer.port", "load_balancer.enabled") && lb.Enabled && lb.Port == 443 {
		c.warn("load_balancer.port", "443 is where clients expect TLS, but the listener speaks HTTP, so they fail", "write 80")
	}
	check := lb.HealthCheck
	// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
	if c.sound("load_balancer.health_check.timeout", "load_balancer.health_check.interval") && check.Timeout >= check.Interval {
		c.refuse("load_balancer.health_check.timeout",
			fmt.Sprintf("%d seconds is not shorter than the interval of %d", check.Timeout, check.Interval),
			"write a timeout below interval")
	}
}
