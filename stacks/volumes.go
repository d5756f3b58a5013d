package stacks

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/ecs"
	"github.com/cdtait/mcpfleet/constructs/filesystem"
	"github.com/cdtait/mcpfleet/constructs/iam"
	"github.com/cdtait/mcpfleet/constructs/orphans"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// volume is a directory on EFS with references to what it is on.
type volume struct {
	name                          string
	path                          string
	readOnly                      bool
	fileSystemID, fileSystemARN   string
	accessPointID, accessPointARN string
}

// addVolumes adds the region's own file system, if a volume is on it, and collects all volumes.
func (r *resources) addVolumes(stack cdktf.TerraformStack, region config.Region) {
	if len(region.OwnVolumes()) > 0 {
		r.fileSystem = filesystem.New(stack, "file_system", fileSystemConfig(region, *r))
	}
	for _, name := range region.VolumeNames() {
		settings := region.Volumes[name]
		each := volume{name: name, path: settings.Path, readOnly: settings.ReadOnly}
		if settings.IsExisting() {
			arn := "arn:aws:elasticfilesystem:" + region.Name + ":" + awsprovider.AccountID + ":"
			each.fileSystemID, each.accessPointID = settings.Existing.FileSystemID, settings.Existing.AccessPointID
			each.fileSystemARN, each.accessPointARN = arn+"file-system/"+each.fileSystemID, arn+"access-point/"+each.accessPointID
		} else {
			point := r.fileSystem.AccessPoints[name]
			each.fileSystemID, each.fileSystemARN = r.fileSystem.ID, r.fileSystem.ARN
			each.accessPointID, each.accessPointARN = point.ID, point.ARN
		}
		r.volumes = append(r.volumes, each)
	}
}

// fileSystemConfig puts the mount targets in the public subnets in every mode of the network, so that a change of the mode
// does not replace them. They have private addresses only, and each serves its whole zone.
func fileSystemConfig(region config.Region, r resources) filesystem.Config {
	cfg := filesystem.Config{
		Name:              region.Names.FileSystem(),
		VPCID:             r.network.VPCID,
		SecurityGroupName: region.Names.FileSystemSecurityGroup(),
		TasksID:           r.security.TasksID,
		SubnetByZone:      r.network.TaskSubnetByZone,
		Backup:            region.FileSystem.Backup,
	}
	for i, subnet := range region.Subnets {
		cfg.Subnets = append(cfg.Subnets, filesystem.Subnet{ID: subnet.Zone, SubnetID: r.network.PublicSubnetIDs[i]})
	}
	for _, name := range region.OwnVolumes() {
		user, group := region.Volumes[name].OwnerIDs()
		cfg.Volumes = append(cfg.Volumes, filesystem.Volume{ID: name, Name: region.Names.Volume(name), UserID: number(user), GroupID: number(group)})
	}
	return cfg
}

// number returns the value of an ID that config has validated.
func number(id string) float64 {
	value, _ := strconv.ParseUint(id, 10, 32)
	return float64(value)
}

// volumePermissions are what the task role needs to mount the volumes.
func (r resources) volumePermissions() (list []iam.Volume) {
	for _, each := range r.volumes {
		list = append(list, iam.Volume{FileSystemARN: each.fileSystemARN, AccessPointARN: each.accessPointARN, ReadOnly: each.readOnly})
	}
	return list
}

// taskVolumes are the volumes of a task.
func (r resources) taskVolumes() (list []ecs.Volume) {
	for _, each := range r.volumes {
		list = append(list, ecs.Volume{Name: each.name, FileSystemID: each.fileSystemID, AccessPointID: each.accessPointID})
	}
	return list
}

// mounts are where the server's container mounts the volumes.
func (r resources) mounts() (list []ecs.Mount) {
	for _, each := range r.volumes {
		list = append(list, ecs.Mount{Volume: each.name, Path: each.path, ReadOnly: each.readOnly})
	}
	return list
}

// orphanedFileSystem is the region's own file system and what belongs to it.
func orphanedFileSystem(region config.Region) []orphans.Resource {
	names := region.Names
	list := []orphans.Resource{
		{Address: filesystem.SecurityGroup, Name: names.FileSystemSecurityGroup()},
		{Address: "aws_vpc_security_group_ingress_rule.efs_tasks", Name: ruleOf("efs", "rule.referenced_security_group_id == "+groupID("ecs_tasks"))},
		{Address: "aws_efs_file_system.main", Name: names.FileSystem()},
	}
	for _, subnet := range region.Subnets {
		list = append(list, orphans.Resource{Address: "aws_efs_mount_target." + subnet.Zone, Name: fmt.Sprintf("interface.availability_zone == %q", region.Name+subnet.Zone)})
	}
	if region.HasExistingVPC() {
		zones := fmt.Sprintf("[for id in %s : data.aws_subnet.main[id].availability_zone]", hcl.Document(region.Network.Existing.TaskSubnets))
		list = append(list, orphans.Resource{Address: "aws_efs_mount_target.main[each.key]", Name: "contains(" + zones + ", interface.availability_zone)"})
	}
	for _, name := range region.OwnVolumes() {
		list = append(list, orphans.Resource{Address: "aws_efs_access_point." + name, Name: names.Volume(name)})
	}
	return list
}
