package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxVolumes is how many volumes the permissions of a task role have room for, beside some statements of the fleet file.
// ECS has no maximum.
const maxVolumes = 20

// volumePermissions is an upper bound for the characters that each volume takes in the inline policies of the task role,
// and for those that all volumes share.
const volumePermissions = 400

// VolumePermissions returns an upper bound for the characters of the permissions that the volumes need.
func (r Region) VolumePermissions() int {
	if len(r.Volumes) == 0 {
		return 0
	}
	return (len(r.Volumes) + 1) * volumePermissions
}

// systemPaths are mounted by the container runtime.
// https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-filesystems
var systemPaths = []string{"/proc", "/sys", "/dev"}

// checkVolumes validates the volumes by name, so that the messages have the same order on every run.
func checkVolumes(c checker, region *Region) {
	if !c.valid("volumes") {
		return
	}
	names := region.VolumeNames()
	for i, name := range names {
		checkMount(c, *region, name, names[:i])
		checkOwner(c, join("volumes", name), region.Volumes[name])
	}
	if len(names) > maxVolumes {
		c.reject("volumes", fmt.Sprintf("lists %d volumes, but the task role has permissions for at most %d", len(names), maxVolumes), "mount a directory that contains several of them")
	}
	if c.changes("file_system.backup") && len(region.OwnVolumes()) == 0 {
		c.warn("file_system.backup", "has no effect, because no volume is on the region's own file system", "add a volume without existing, or remove backup")
	}
}

// checkMount validates where a volume is mounted. before are the names of the volumes that were checked already.
func checkMount(c checker, region Region, name string, before []string) {
	at, path := join(join("volumes", name), "path"), region.Volumes[name].Path
	if !c.valid(at) || path == "" {
		return
	}
	if parts := strings.Split(path, "/"); slices.Contains(parts, ".") || slices.Contains(parts, "..") {
		c.reject(at, path+" contains . or ..", "use the path without them")
		return
	}
	for _, system := range systemPaths {
		if overlaps(path, system) {
			c.reject(at, system+" belongs to the operating system", "use another path, such as /data")
		}
	}
	if region.Container.TmpSize > 0 && c.valid("container.tmp_size") && overlaps(path, "/tmp") {
		c.reject(at, "/tmp is in memory", "use another path, such as /data, or set container.tmp_size: 0")
	}
	for _, other := range before {
		if mounted := region.Volumes[other].Path; c.valid(join(join("volumes", other), "path")) && mounted != "" && overlaps(path, mounted) {
			c.reject(at, fmt.Sprintf("%s overlaps %s, where %s is mounted", path, mounted, other), "use a path of its own for each volume")
		}
	}
}

// overlaps reports whether one of two paths is the other or contains it.
func overlaps(a, b string) bool {
	return strings.HasPrefix(a+"/", b+"/") || strings.HasPrefix(b+"/", a+"/")
}

// checkOwner validates the IDs, which EFS stores in 32 bits.
// https://docs.aws.amazon.com/efs/latest/ug/API_PosixUser.html
func checkOwner(c checker, path string, volume Volume) {
	at := join(path, "owner")
	if !c.valid(at, join(path, "existing")) {
		return
	}
	if volume.IsExisting() {
		if c.changes(at) {
			c.reject(at, "applies only to the region's own file system", "remove it; the access point decides about the user")
		}
		return
	}
	user, group := volume.OwnerIDs()
	for _, id := range []string{user, group} {
		if number, err := strconv.ParseUint(id, 10, 64); err != nil || number > math.MaxUint32 {
			c.reject(at, id+" is not the ID of a user or group", fmt.Sprintf("use a number up to %d", uint32(math.MaxUint32)))
		}
	}
}
