package ecs

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecstaskdefinition"
)

// Volume is a directory on EFS that containers of the task can mount.
type Volume struct {
	Name                        string
	FileSystemID, AccessPointID string
}

// Mount is where a container mounts a volume of its task.
type Mount struct {
	Volume   string
	Path     string
	ReadOnly bool
}

// mountPoint is the JSON of a mount point.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html
type mountPoint struct {
	SourceVolume  string `json:"sourceVolume"`
	ContainerPath string `json:"containerPath"`
	ReadOnly      bool   `json:"readOnly"`
}

// mountPoints returns an empty list instead of nil, as ECS does.
func mountPoints(mounts []Mount) []mountPoint {
	points := []mountPoint{}
	for _, mount := range mounts {
		points = append(points, mountPoint{SourceVolume: mount.Volume, ContainerPath: mount.Path, ReadOnly: mount.ReadOnly})
	}
	return points
}

// taskVolumes returns volumes that ECS mounts with TLS, as the task role. Authorization by a role requires TLS.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html
func taskVolumes(volumes []Volume) *[]*ecstaskdefinition.EcsTaskDefinitionVolume {
	list := make([]*ecstaskdefinition.EcsTaskDefinitionVolume, len(volumes))
	for i, volume := range volumes {
		list[i] = &ecstaskdefinition.EcsTaskDefinitionVolume{
			Name: &volume.Name,
			EfsVolumeConfiguration: &ecstaskdefinition.EcsTaskDefinitionVolumeEfsVolumeConfiguration{
				FileSystemId:        &volume.FileSystemID,
				TransitEncryption:   new("ENABLED"),
				AuthorizationConfig: &ecstaskdefinition.EcsTaskDefinitionVolumeEfsVolumeConfigurationAuthorizationConfig{AccessPointId: &volume.AccessPointID, Iam: new("ENABLED")},
			},
		}
	}
	return &list
}
