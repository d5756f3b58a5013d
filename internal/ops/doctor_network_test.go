package ops

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/cdtait/mcpfleet/config"
)

// TestADeploymentNeedsAddressesForItsExtraTasks has three subnets.
func TestADeploymentNeedsAddressesForItsExtraTasks(t *testing.T) {
	for settings, needed := range map[string]int{
		"desired_count: 6": 2,
		"desired_count: 6, deployment: {maximum_percent: 150}":                                                                    1,
		"desired_count: 6, deployment: {minimum_healthy_percent: 50, maximum_percent: 100}, availability_zone_rebalancing: false": 0,
	} {
		for _, free := range []int{needed, max(0, needed-1)} {
			aws := serviceFields(t, object{"desiredCount": 6, "runningCount": 6})
			aws["DescribeSubnets"] = body(subnets(free))
			found := newFakeAWS(t, aws).region("  service: {"+settings+"}", saturday).Doctor(t.Context()).Findings
			few := slices.ContainsFunc(found, func(finding Finding) bool { return finding.Code == FewAddresses })
			if few != (free < needed) {
				t.Errorf("%s, %d free addresses: %t", settings, free, few)
			}
		}
	}
}

func TestARangeIsOpenToWhatItHolds(t *testing.T) {
	vpc := netip.MustParsePrefix("172.31.0.0/16")
	tcp := func(rule ec2types.IpPermission) ec2types.IpPermission {
		rule.IpProtocol, rule.FromPort, rule.ToPort = aws.String("tcp"), aws.Int32(80), aws.Int32(80)
		return rule
	}
	from := func(block string) ec2types.IpPermission {
		return tcp(ec2types.IpPermission{IpRanges: []ec2types.IpRange{{CidrIp: &block}}})
	}
	group := tcp(ec2types.IpPermission{UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: aws.String("sg-1")}}})
	everything := ec2types.IpPermission{IpProtocol: aws.String("-1"), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}
	for name, each := range map[string]struct {
		rule  ec2types.IpPermission
		port  int
		whole netip.Prefix
		want  bool
	}{
		"anywhere, for the internet":          {from("0.0.0.0/0"), 80, config.AnyIPv4, true},
		"one range, for the internet":         {from("203.0.113.0/24"), 80, config.AnyIPv4, false},
		"half of it":                          {from("0.0.0.0/1"), 80, config.AnyIPv4, false},
		"anywhere, for the VPC":               {from("0.0.0.0/0"), 80, vpc, true},
		"the VPC, for the VPC":                {from("172.31.0.0/16"), 80, vpc, true},
		"a subnet, for the VPC":               {from("172.31.16.0/20"), 80, vpc, false},
		"another port":                        {from("0.0.0.0/0"), 443, config.AnyIPv4, false},
		"every protocol":                      {everything, 443, config.AnyIPv4, true},
		"the group":                           {group, 80, vpc, true},
		"what is no range":                    {from("nonsense"), 80, config.AnyIPv4, false},
		"anywhere over IPv6":                  {tcp(ec2types.IpPermission{Ipv6Ranges: []ec2types.Ipv6Range{{CidrIpv6: aws.String("::/0")}}}), 80, config.AnyIPv6, true},
		"anywhere over IPv4 alone":            {from("0.0.0.0/0"), 80, config.AnyIPv6, false},
		"a prefix list, which cannot be read": {tcp(ec2types.IpPermission{PrefixListIds: []ec2types.PrefixListId{{}}}), 80, config.AnyIPv4, true},
	} {
		if got := open([]ec2types.IpPermission{each.rule}, each.port, []string{"sg-1"}, each.whole); got != each.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
