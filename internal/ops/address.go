package ops

import (
	"context"

	"github.com/cdtait/mcpfleet/config"
)

// Address is the address of something in a region, for a browser.
type Address struct {
	Region string `json:"-"`
	// URL is absent if the region has none.
	URL      string    `json:"address,omitempty"`
	Problems []Problem `json:"-"`
}

// ServiceAddress returns the address of the ECS service in the AWS console. The service may not be deployed.
func ServiceAddress(region config.Region) Address {
	return Address{Region: region.Name, URL: region.Names.ConsoleService()}
}

// LogGroupAddress returns the address of the tasks' log group in the AWS console.
func LogGroupAddress(region config.Region) Address {
	return Address{Region: region.Name, URL: region.Names.ConsoleLogGroup()}
}

// DashboardAddress returns the address of the dashboard in the AWS console.
func DashboardAddress(region config.Region) Address {
	if !region.Dashboard {
		return noAddress(region, "the fleet file has no dashboard for the region", advice("set dashboard: true, then deploy"))
	}
	return Address{Region: region.Name, URL: region.Names.ConsoleDashboard()}
}

// URLAddress returns the URL by which clients reach a region. It returns false if that has the name of the load balancer,
// which only AWS knows.
func URLAddress(region config.Region) (address Address, known bool) {
	switch {
	case !region.LoadBalancer.Enabled:
		return noAddress(region, "the fleet file has no load balancer for the region", advice("set load_balancer.enabled: true, then deploy")), true
	case region.ClientDomain() != "":
		return Address{Region: region.Name, URL: region.Address("")}, true
	}
	return Address{}, false
}

// URLAddress returns the URL by which clients reach the region, also if only AWS knows it.
func (r *Region) URLAddress(ctx context.Context) Address {
	if address, known := URLAddress(r.Region); known {
		return address
	}
	balancer, err := r.loadBalancer(ctx)
	if err == nil && balancer == nil {
		err = r.noLoadBalancer(ctx)
	}
	if err != nil {
		return Address{Region: r.Name, Problems: []Problem{ProblemOf(err)}}
	}
	return Address{Region: r.Name, URL: r.Address(value(balancer.DNSName))}
}

// noLoadBalancer returns why the region has no load balancer.
func (r *Region) noLoadBalancer(ctx context.Context) error {
	if expected, o := r.expectedNow(ctx); !expected.Awake {
		return failure{Problem{NoAddress, "no load balancer: " + r.timing(o, r.Now()).Text, r.fix(VerbWeekendUp)}}
	}
	return r.notDeployed("load balancer " + r.LoadBalancerName())
}

func noAddress(region config.Region, message string, fix Fix) Address {
	return Address{Region: region.Name, Problems: []Problem{{NoAddress, message, fix}}}
}
