package stacks

import (
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/flowlogs"
	"github.com/cdtait/mcpfleet/constructs/network"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
)

// addNetwork creates the VPC, or looks up an existing one, which brings its own ways to the internet.
func (r *resources) addNetwork(stack cdktf.TerraformStack, region config.Region) {
	if region.HasExistingVPC() {
		r.network = network.Find(stack, "network", existingNetwork(region))
		r.taskSubnetIDs = region.Network.Existing.TaskSubnets
		return
	}
	r.network = network.New(stack, "network", networkConfig(region))
	r.taskSubnetIDs = r.network.PublicSubnetIDs
	r.egress = []string{network.DefaultRoute}
}

func existingNetwork(region config.Region) network.Existing {
	existing, tags := region.Network.Existing, region.Names.Tags()
	tags["Name"] = region.Names.VPC()
	return network.Existing{
		VPCID:           existing.VPCID,
		PublicSubnetIDs: existing.PublicSubnets,
		TaskSubnetIDs:   existing.TaskSubnets,
		LoadBalancer:    region.LoadBalancer.Enabled,
		DNS:             region.Discovery.Enabled,
		Volumes:         len(region.Volumes) > 0,
		IPv6:            region.IPv6(),
		OwnTags:         tags,
	}
}

func flowLogsConfig(region config.Region, r resources) flowlogs.Config {
	return flowlogs.Config{
		Name:          region.Names.FlowLog(),
		LogGroupName:  region.Names.FlowLogGroup(),
		RoleName:      region.Names.FlowLogRole(),
		VPCID:         r.network.VPCID,
		Region:        region.Name,
		AccountID:     awsprovider.AccountID,
		Traffic:       strings.ToUpper(region.Network.FlowLogs.Traffic),
		RetentionDays: region.Network.FlowLogs.RetentionDays,
		KMSKeyARN:     region.Logs.KMSKey,

		PermissionsBoundary: permissionsBoundary(region, awsprovider.AccountID),
	}
}
