package iam

import (
	"slices"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// Volume is a directory on EFS that the server may mount.
type Volume struct {
	FileSystemARN, AccessPointARN string
	ReadOnly                      bool
}

// volumePolicy allows the server to mount the volumes, through their access points only, and to write to those that are not
// read-only. Nothing allows it to act as root on a file system.
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func volumePolicy(volumes []Volume) awspolicy.Document {
	statements := []awspolicy.Statement{useOfVolumes("MountVolumes", "elasticfilesystem:ClientMount", volumes)}
	writable := slices.DeleteFunc(slices.Clone(volumes), func(volume Volume) bool { return volume.ReadOnly })
	if len(writable) > 0 {
		statements = append(statements, useOfVolumes("WriteToVolumes", "elasticfilesystem:ClientWrite", writable))
	}
	return awspolicy.New(statements...)
}

// useOfVolumes allows an action through the access points of the volumes. Each belongs to one of the file systems.
func useOfVolumes(sid, action string, volumes []Volume) awspolicy.Statement {
	var fileSystems, points []string
	for _, volume := range volumes {
		fileSystems = append(fileSystems, volume.FileSystemARN)
		points = append(points, volume.AccessPointARN)
	}
	slices.Sort(fileSystems)
	statement := awspolicy.Allow(sid, slices.Compact(fileSystems), action)
	statement.Condition = awspolicy.Condition{"StringEquals": {"elasticfilesystem:AccessPointArn": awspolicy.References(points...)}}
	return statement
}
