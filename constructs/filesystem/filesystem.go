// Package filesystem creates the EFS file system of a region, with an access point for each volume on it and a mount
// target in each zone. Only the region's tasks can connect to it, with TLS and by their role.
//
// Nothing here is billed by the hour, and the file system holds data. So all of it stays while the region is asleep.
package filesystem

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/efsaccesspoint"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/efsbackuppolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/efsfilesystem"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/efsfilesystempolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/efsmounttarget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// SecurityGroup is the address of the mount targets' security group. The file system is created after and destroyed
// before it.
const SecurityGroup = "aws_security_group.efs"

// References to what the constructs of this package need of each other.
var (
	fileSystemID    = hcl.Attribute("aws_efs_file_system.main", "id")
	fileSystemARN   = hcl.Attribute("aws_efs_file_system.main", "arn")
	securityGroupID = hcl.Attribute(SecurityGroup, "id")
)

// nfs is the port of mount targets.
// https://docs.aws.amazon.com/efs/latest/ug/network-access.html
const nfs = 2049.0

// Config configures the file system.
type Config struct {
	// Name is also the token by which AWS creates the file system only once, up to 64 characters.
	Name              string
	VPCID             string
	SecurityGroupName string
	// TasksID is the security group that may connect.
	TasksID string
	// Subnets are the subnets of the mount targets, each in another zone.
	Subnets []Subnet
	// SubnetByZone is an HCL expression for a map of zones to subnet IDs, instead of Subnets, or "".
	SubnetByZone string
	// Backup reports whether AWS Backup backs up the file system.
	Backup  bool
	Volumes []Volume
}

// Subnet is the subnet of a mount target.
type Subnet struct {
	// ID is the last part of the mount target's Terraform address: a in aws_efs_mount_target.a.
	ID       string
	SubnetID string
}

// Volume configures a directory of the file system and the access point that leads to it.
type Volume struct {
	// ID is the last part of the access point's Terraform address, and the name of the directory.
	ID   string
	Name string
	// UserID and GroupID own the directory. Whoever mounts the volume reads and writes as these.
	UserID, GroupID float64
}

// FileSystem holds references to the created resources.
type FileSystem struct {
	ID, ARN string
	// AccessPoints are the access points by the ID of their volumes.
	AccessPoints map[string]AccessPoint
	// Ready are addresses for depends_on of what mounts the volumes.
	Ready []string
}

// AccessPoint holds references to an access point.
type AccessPoint struct{ ID, ARN string }

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_184", Address: "aws_efs_file_system.main", Reason: "AWS's own key encrypts it. A key of one's own is billed, and a file system cannot change its key."},
}

// New creates the file system.
func New(scope constructs.Construct, id string, cfg Config) *FileSystem {
	scope = constructs.NewConstruct(scope, &id)
	group := newGroup(scope, cfg)
	main := efsfilesystem.NewEfsFileSystem(scope, new("file_system"), &efsfilesystem.EfsFileSystemConfig{
		CreationToken: &cfg.Name,
		Encrypted:     true,
		Tags:          pointer.NameTag(cfg.Name),
		DependsOn:     &[]cdktf.ITerraformDependable{group},
		Lifecycle:     afterTheTasks(),
	})
	main.OverrideLogicalId(new("main"))
	newPolicies(scope, cfg)
	result := &FileSystem{
		ID: fileSystemID, ARN: fileSystemARN, AccessPoints: map[string]AccessPoint{},
		Ready: []string{"aws_efs_file_system_policy.main", "aws_vpc_security_group_ingress_rule.efs_tasks"},
	}
	for _, volume := range cfg.Volumes {
		result.AccessPoints[volume.ID] = newAccessPoint(scope, volume)
	}
	result.Ready = append(result.Ready, newMountTargets(scope, cfg)...)
	return result
}

// newPolicies creates the resource policy and the backup policy.
func newPolicies(scope constructs.Construct, cfg Config) {
	policy := efsfilesystempolicy.NewEfsFileSystemPolicy(scope, new("policy"), &efsfilesystempolicy.EfsFileSystemPolicyConfig{
		FileSystemId: &fileSystemID,
		Policy:       new(hcl.Document(awspolicy.New(onlyTLS(fileSystemARN)))),
		Lifecycle:    afterTheTasks(),
	})
	policy.OverrideLogicalId(new("main"))
	status := "DISABLED"
	if cfg.Backup {
		status = "ENABLED"
	}
	backup := efsbackuppolicy.NewEfsBackupPolicy(scope, new("backup_policy"), &efsbackuppolicy.EfsBackupPolicyConfig{
		FileSystemId: &fileSystemID,
		BackupPolicy: &efsbackuppolicy.EfsBackupPolicyBackupPolicy{Status: &status},
	})
	backup.OverrideLogicalId(new("main"))
}

// onlyTLS denies what is not encrypted in transit. A file system without a policy lets every client in its network
// mount it; one with a policy lets in only whom a policy allows to, such as the task role's.
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func onlyTLS(arn string) awspolicy.Statement {
	return awspolicy.Statement{
		Sid: "OnlyTLS", Effect: "Deny", Principal: awspolicy.Principal{Type: "AWS", Name: "*"}, Action: []string{"*"}, Resource: awspolicy.References(arn),
		Condition: awspolicy.Condition{"Bool": {"aws:SecureTransport": hcl.Reference("false")}},
	}
}

// newAccessPoint creates the access point of a volume. EFS creates the directory when a client first mounts it, and
// keeps it when the access point is deleted.
// https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html
func newAccessPoint(scope constructs.Construct, cfg Volume) AccessPoint {
	point := efsaccesspoint.NewEfsAccessPoint(scope, new("volume_"+cfg.ID), &efsaccesspoint.EfsAccessPointConfig{
		FileSystemId: &fileSystemID,
		PosixUser:    &efsaccesspoint.EfsAccessPointPosixUser{Uid: &cfg.UserID, Gid: &cfg.GroupID},
		RootDirectory: &efsaccesspoint.EfsAccessPointRootDirectory{
			Path:         new("/" + cfg.ID),
			CreationInfo: &efsaccesspoint.EfsAccessPointRootDirectoryCreationInfo{OwnerUid: &cfg.UserID, OwnerGid: &cfg.GroupID, Permissions: new("0750")},
		},
		Tags:      pointer.NameTag(cfg.Name),
		Lifecycle: afterTheTasks(),
	})
	point.OverrideLogicalId(&cfg.ID)
	address := "aws_efs_access_point." + cfg.ID
	return AccessPoint{ID: hcl.Attribute(address, "id"), ARN: hcl.Attribute(address, "arn")}
}

// newMountTargets creates a mount target in each zone and returns their addresses. EFS allows one in each zone of one
// VPC, which serves all subnets of the zone.
// https://docs.aws.amazon.com/efs/latest/ug/manage-fs-access.html
func newMountTargets(scope constructs.Construct, cfg Config) (addresses []string) {
	if cfg.SubnetByZone != "" {
		target := newMountTarget(scope, "main", "${each.value}")
		target.AddOverride(new("for_each"), hcl.Expression(cfg.SubnetByZone))
		// Another subnet of the zone would replace the mount target, and there cannot be two in a zone.
		target.AddOverride(new("lifecycle.ignore_changes"), []string{"subnet_id"})
		return []string{"aws_efs_mount_target.main"}
	}
	for _, subnet := range cfg.Subnets {
		newMountTarget(scope, subnet.ID, subnet.SubnetID)
		addresses = append(addresses, "aws_efs_mount_target."+subnet.ID)
	}
	return addresses
}

func newMountTarget(scope constructs.Construct, address, subnetID string) efsmounttarget.EfsMountTarget {
	target := efsmounttarget.NewEfsMountTarget(scope, new("mount_target_"+address), &efsmounttarget.EfsMountTargetConfig{
		FileSystemId:   &fileSystemID,
		SubnetId:       &subnetID,
		SecurityGroups: pointer.Strings(securityGroupID),
		Lifecycle:      afterTheTasks(),
	})
	target.OverrideLogicalId(&address)
	return target
}

// newGroup creates the security group of the mount targets. It has no egress rule: mount targets only respond.
func newGroup(scope constructs.Construct, cfg Config) securitygroup.SecurityGroup {
	group := securitygroup.NewSecurityGroup(scope, new("group"), &securitygroup.SecurityGroupConfig{
		NamePrefix:  new(cfg.SecurityGroupName + "-"),
		Description: new("EFS mount targets: in from the tasks only"),
		VpcId:       &cfg.VPCID,
		Tags:        pointer.NameTag(cfg.SecurityGroupName),
		Lifecycle:   afterTheTasks(),
	})
	group.OverrideLogicalId(new("efs"))
	rule := vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(scope, new("tasks"), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId:           &securityGroupID,
		Description:               new("NFS from the tasks"),
		IpProtocol:                new("tcp"),
		FromPort:                  new(nfs),
		ToPort:                    new(nfs),
		ReferencedSecurityGroupId: &cfg.TasksID,
		Tags:                      pointer.NameTag(cfg.SecurityGroupName + "-from-tasks"),
		Lifecycle:                 afterTheTasks(),
	})
	rule.OverrideLogicalId(new("efs_tasks"))
	return group
}

// afterTheTasks makes Terraform move the tasks to a definition without the volume before it destroys what they mount. By
// default it destroys first, and their requests to the file system would hang.
func afterTheTasks() *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}
}
