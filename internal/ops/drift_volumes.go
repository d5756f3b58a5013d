package ops

import (
	"fmt"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/config"
)

// volumeDrift compares what the server mounts, and where. The IDs of the region's own file system are not in the fleet
// file.
func (r *Region) volumeDrift(task *ecstypes.TaskDefinition, server ecstypes.ContainerDefinition) []string {
	on := map[string]config.ExistingVolume{}
	for _, volume := range task.Volumes {
		if name := value(volume.Name); r.Volumes[name].IsExisting() {
			on[name] = accessPoint(volume)
		}
	}
	is, should := map[string]string{}, map[string]string{}
	for _, mount := range server.MountPoints {
		name := value(mount.SourceVolume)
		is[name] = fmt.Sprint(value(mount.ContainerPath), value(mount.ReadOnly), on[name])
	}
	for name, volume := range r.Volumes {
		should[name] = fmt.Sprint(volume.Path, volume.ReadOnly, volume.Existing)
	}
	return mapDrift("volume", is, should)
}

// accessPoint returns what a volume of a task is on.
func accessPoint(volume ecstypes.Volume) (on config.ExistingVolume) {
	if efs := volume.EfsVolumeConfiguration; efs != nil {
		on.FileSystemID = value(efs.FileSystemId)
		if efs.AuthorizationConfig != nil {
			on.AccessPointID = value(efs.AuthorizationConfig.AccessPointId)
		}
	}
	return on
}
