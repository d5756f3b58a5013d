package config

import (
	"maps"
	"slices"
	"strings"
)

// Volume is a directory on Amazon EFS that the container mounts.
type Volume struct {
	Path     string `yaml:"path" required:"true" pattern:"^(/[A-Za-z0-9_.-]+)+$" maxlen:"255" is:"an absolute path other than / (letters, digits, and _ . - between single slashes)" example:"/data" doc:"Where the container mounts the volume."`
	ReadOnly bool   `yaml:"read_only" default:"false" example:"true" doc:"Whether the server can only read the volume."`
	// Without elasticfilesystem:ClientRootAccess, EFS treats user 0 as nobody:
	// https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html
	Owner    string         `yaml:"owner" default:"1000:1000" pattern:"^[1-9][0-9]{0,9}:(0|[1-9][0-9]{0,9})$" is:"a user ID other than 0 and a group ID, as numbers" example:"\"10001:10001\"" doc:"User and group that own the volume's directory. Whatever user runs the container, it reads and writes as these. A change does not apply to what is already in the directory."`
	Existing ExistingVolume `yaml:"existing" optional:"true" doc:"A file system that already exists, instead of the region's own. The stack neither changes nor deletes it."`
}

// ExistingVolume is an access point of a file system that is not the stack's.
//
// Source of the patterns: https://docs.aws.amazon.com/efs/latest/ug/API_AccessPointDescription.html
type ExistingVolume struct {
	FileSystemID  string `yaml:"file_system_id" required:"true" pattern:"^fs-[0-9a-f]{8,40}$" is:"the ID of an EFS file system" example:"fs-0123456789abcdef0" doc:"ID of the file system, in the same account and region. Its mount targets must be in the VPC of the tasks, in each zone that has tasks, and let their security group connect to port 2049."`
	AccessPointID string `yaml:"access_point_id" required:"true" pattern:"^fsap-[0-9a-f]{8,40}$" is:"the ID of an EFS access point" example:"fsap-0123456789abcdef0" doc:"ID of the file system's access point: the directory to mount, and the user as whom the server reads and writes."`
}

// FileSystem is the region's own file system, on which every volume without existing has a directory.
type FileSystem struct {
	Backup bool `yaml:"backup" default:"true" example:"false" doc:"Whether AWS Backup backs up the region's own file system every day and keeps each backup for 35 days. AWS bills backups. They outlive the file system."`
}

// IsExisting reports whether the volume is on a file system that is not the stack's.
func (v Volume) IsExisting() bool { return v.Existing.FileSystemID != "" }

// OwnerIDs returns the IDs of the user and of the group that own the directory.
func (v Volume) OwnerIDs() (user, group string) {
	user, group, _ = strings.Cut(v.Owner, ":")
	return user, group
}

// VolumeNames returns the names of all volumes, sorted.
func (r Region) VolumeNames() []string { return slices.Sorted(maps.Keys(r.Volumes)) }

// OwnVolumes returns the names of the volumes on the region's own file system, sorted. Without one there is no such file
// system.
func (r Region) OwnVolumes() []string {
	return slices.DeleteFunc(r.VolumeNames(), func(name string) bool { return r.Volumes[name].IsExisting() })
}
