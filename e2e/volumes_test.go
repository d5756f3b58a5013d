//go:build e2e

package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestVolumes deploys a region with volumes, after applies that were killed, and takes the volumes away again. The file
// system stays at night, and the tasks never lack what they mount.
func TestVolumes(t *testing.T) {
	t.Parallel()
	const (
		volumes    = "  volumes:\n    index: {path: /var/lib/library/index, owner: \"10001:10001\"}\n    uploads: {path: /srv/uploads, owner: \"10001:10001\"}\n"
		models     = "    models: {path: /models, existing: {file_system_id: fs-0123456789abcdef0, access_point_id: fsap-0123456789abcdef0}}\n"
		definition = "aws_ecs_task_definition.main"
		permission = "aws_iam_role_policy.ecs_task_volumes"
		index      = "aws_efs_access_point.index"
	)
	w := newWorkspace(t, "../examples/volumes.yaml")
	w.edit(t, "weekend: {enabled: true, destroy_albs: true}", weekend(openNow(), true))
	s := w.initialize(t, "prod-eu-west-1")
	if w.aws != nil {
		s.killApply(t, []string{"elasticfilesystem.CreateFileSystem"})
		s.killApply(t, []string{"elasticfilesystem.CreateMountTarget", "elasticfilesystem.CreateAccessPoint"})
	}
	s.apply(t)
	s.checkNoChanges(t)
	deployed := s.addresses(t)
	if difference := cmp.Diff(sorted(allAddresses(t, w.file(s.name))), deployed); difference != "" {
		t.Errorf("resources (- want, + got)\n%s", difference)
	}

	// A night.
	s.apply(t, asleep)
	s.checkAddresses(t, without(deployed, loadBalancerAddresses))
	w.checkNotCalled(t, "elasticfilesystem.DeleteFileSystem", "elasticfilesystem.DeleteMountTarget", "elasticfilesystem.DeleteAccessPoint")
	s.apply(t)
	s.checkNoChanges(t)

	// Another owner, and a file system that exists.
	w.edit(t, volumes, "  volumes:\n    index: {path: /var/lib/library/index}\n    uploads: {path: /srv/uploads, owner: \"10001:10001\"}\n"+models)
	if difference := cmp.Diff(map[string]string{index: "replace", definition: "replace", permission: "update", service: "update"}, s.apply(t)); difference != "" {
		t.Errorf("another owner (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t)
	w.checkCallOrder(t, "elasticfilesystem.CreateAccessPoint", "ecs.UpdateService", "elasticfilesystem.DeleteAccessPoint")

	// No volumes: the tasks move first.
	w.edit(t, "  volumes:\n    index: {path: /var/lib/library/index}\n    uploads: {path: /srv/uploads, owner: \"10001:10001\"}\n"+models, "")
	own := []string{permission, index, "aws_efs_access_point.uploads", "aws_efs_file_system.main", "aws_efs_file_system_policy.main", "aws_efs_backup_policy.main",
		"aws_efs_mount_target.a", "aws_efs_mount_target.b", "aws_efs_mount_target.c", "aws_security_group.efs", "aws_vpc_security_group_ingress_rule.efs_tasks"}
	want := changes(own, nil, service)
	want[definition] = "replace"
	if difference := cmp.Diff(want, s.apply(t)); difference != "" {
		t.Errorf("no volumes (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t)
	for _, operation := range []string{"DeleteMountTarget", "DeleteAccessPoint", "DeleteFileSystemPolicy"} {
		w.checkCalledBefore(t, "ecs.UpdateService", "elasticfilesystem."+operation)
	}
	s.checkAddresses(t, without(deployed, own))
	s.destroy(t)
}
