package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// mounted is a volume of a task, and where a container mounts it.
type mounted struct {
	Path                        string
	ReadOnly                    bool
	FileSystemID, AccessPointID string
}

// TestVolumesAreMounted compares what the server mounts with the fleet file. Volumes and mount points that AWS would not
// understand do not decode.
func TestVolumesAreMounted(t *testing.T) {
	found := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		want := map[string]mounted{}
		for name, volume := range region.Volumes {
			each := mounted{volume.Path, volume.ReadOnly, volume.Existing.FileSystemID, volume.Existing.AccessPointID}
			if !volume.IsExisting() {
				each.FileSystemID, each.AccessPointID = "${aws_efs_file_system.main.id}", "${aws_efs_access_point."+name+".id}"
			}
			want[name] = each
		}
		volumes := taskVolumes(t, stack)
		got := map[string]mounted{}
		for i, container := range containerDefinitions(t, stack) {
			if i > 0 && len(container.MountPoints) > 0 {
				t.Errorf("the sidecar %s mounts %v", *container.Name, container.MountPoints)
			}
			for _, point := range container.MountPoints {
				efs := volumes[*point.SourceVolume].EfsVolumeConfiguration
				if efs.TransitEncryption != ecstypes.EFSTransitEncryptionEnabled || efs.AuthorizationConfig.Iam != ecstypes.EFSAuthorizationConfigIAMEnabled || efs.RootDirectory != nil {
					t.Errorf("%s is mounted without TLS or the task role, or has a root directory: %+v", *point.SourceVolume, efs)
				}
				got[*point.SourceVolume] = mounted{*point.ContainerPath, aws.ToBool(point.ReadOnly), *efs.FileSystemId, *efs.AuthorizationConfig.AccessPointId}
				found++
			}
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("mounts (- want, + got)\n%s", difference)
		}
		if len(volumes) != len(got) {
			t.Errorf("the task has %d volumes, of which %d are mounted", len(volumes), len(got))
		}
	})
	if found < 5 {
		t.Errorf("only %d volumes are under test", found)
	}
}

// taskVolumes decodes the volumes of the task definition as the API does, by name. The argument names of Terraform are
// those of the API in snake case.
func taskVolumes(t *testing.T, stack *tfjson.Stack) map[string]ecstypes.Volume {
	t.Helper()
	arguments := regexp.MustCompile(`"[a-z_]+":`).ReplaceAllStringFunc(tfText(t, stack.Resource("aws_ecs_task_definition.main")["volume"]), func(name string) string {
		return strings.ReplaceAll(name, "_", "")
	})
	var list []ecstypes.Volume
	decoder := json.NewDecoder(bytes.NewReader([]byte(arguments)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		t.Fatalf("%v: %s", err, arguments)
	}
	volumes := map[string]ecstypes.Volume{}
	for _, volume := range list {
		volumes[*volume.Name] = volume
	}
	return volumes
}

// fileSystemTypes are the types of which a file system is made.
var fileSystemTypes = []string{"aws_efs_file_system", "aws_efs_file_system_policy", "aws_efs_backup_policy", "aws_efs_access_point", "aws_efs_mount_target"}

// TestFileSystemOutlivesTheNight holds that nothing of a file system depends on the time, and that the tasks wait for
// all of it, and are gone before it is.
func TestFileSystemOutlivesTheNight(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		var waitsFor []any
		for _, kind := range fileSystemTypes {
			if exists := len(stack.Resources[kind]) > 0; exists != (len(region.OwnVolumes()) > 0) {
				t.Errorf("the stack has %s: %t", kind, exists)
			}
			for name, resource := range stack.Resources[kind] {
				if text := tfText(t, resource); resource["count"] != nil || strings.Contains(text, "local.") || strings.Contains(text, "var.") {
					t.Errorf("%s.%s comes and goes: %s", kind, name, text)
				}
				if lifecycle, _ := resource["lifecycle"].(map[string]any); kind != "aws_efs_backup_policy" && lifecycle["create_before_destroy"] != true {
					t.Errorf("%s.%s is destroyed before the tasks are moved", kind, name)
				}
				if kind == "aws_efs_mount_target" || kind == "aws_efs_file_system_policy" {
					waitsFor = append(waitsFor, kind+"."+name)
				}
			}
		}
		dependencies := stack.Resource("aws_ecs_service.main")["depends_on"].([]any)
		if len(waitsFor) > 0 {
			waitsFor = append(waitsFor, "aws_vpc_security_group_ingress_rule.efs_tasks")
		}
		if len(region.Volumes) > 0 {
			waitsFor = append(waitsFor, volumePermissions)
		}
		for _, address := range waitsFor {
			if !slices.Contains(dependencies, address) {
				t.Errorf("the service does not wait for %v", address)
			}
		}
	})
}

// TestFileSystemIsClosed holds that a file system is encrypted, at rest and in transit, and that only tasks connect to it.
func TestFileSystemIsClosed(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		if len(region.OwnVolumes()) == 0 {
			return
		}
		if stack.Resource("aws_efs_file_system.main")["encrypted"] != true {
			t.Error("the file system is not encrypted")
		}
		if policy := stack.Resource("aws_efs_file_system_policy.main").Text("policy"); !strings.Contains(policy, `"Effect":"Deny"`) || !strings.Contains(policy, `{"Bool":{"aws:SecureTransport":"false"}}`) {
			t.Errorf("the policy is %s", policy)
		}
		const group = "${aws_security_group.efs.id}"
		for name, rule := range stack.Resources["aws_vpc_security_group_ingress_rule"] {
			if rule.Text("security_group_id") == group && (rule.Text("referenced_security_group_id") != "${aws_security_group.ecs_tasks.id}" || rule["from_port"] != 2049.0 || rule["to_port"] != 2049.0) {
				t.Errorf("%s is %v", name, rule)
			}
		}
		for name, target := range stack.Resources["aws_efs_mount_target"] {
			if groups := tfText(t, target["security_groups"]); groups != `["`+group+`"]` {
				t.Errorf("the mount target %s is in %s", name, groups)
			}
		}
	})
}

const volumePermissions = "aws_iam_role_policy.ecs_task_volumes"

// TestVolumePermissions holds that the server may mount its volumes through their access points, write to those that are
// not read-only, and nothing else; and that config leaves room for that in the role's policies.
func TestVolumePermissions(t *testing.T) {
	ids := regexp.MustCompile(`\$\{[^}]+\}`)
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		text := stack.Resource(volumePermissions).Text("policy")
		if len(region.Volumes) == 0 {
			if text != "" {
				t.Errorf("a server without volumes may use %s", text)
			}
			return
		}
		var policy struct {
			Statement []struct {
				Effect           string
				Action, Resource []string
				Condition        map[string]map[string][]string
			}
		}
		if err := json.Unmarshal([]byte(text), &policy); err != nil {
			t.Fatal(err)
		}
		allowed := map[string][]string{}
		for _, statement := range policy.Statement {
			points := statement.Condition["StringEquals"]["elasticfilesystem:AccessPointArn"]
			if statement.Effect != "Allow" || len(statement.Condition) != 1 || len(points) == 0 {
				t.Errorf("the statement is %+v", statement)
			}
			for _, action := range statement.Action {
				for _, point := range points {
					allowed[action] = append(allowed[action], point[strings.LastIndexAny(point, "/.")+1:])
				}
			}
		}
		want := map[string][]string{}
		for _, name := range region.VolumeNames() {
			point := region.Volumes[name].Existing.AccessPointID
			if point == "" {
				point = "arn}"
			}
			want["elasticfilesystem:ClientMount"] = append(want["elasticfilesystem:ClientMount"], point)
			if !region.Volumes[name].ReadOnly {
				want["elasticfilesystem:ClientWrite"] = append(want["elasticfilesystem:ClientWrite"], point)
			}
		}
		if !maps.EqualFunc(want, allowed, slices.Equal) {
			t.Errorf("the server may use %v, want %v", allowed, want)
		}
		// A reference stands for an account ID, or for the longest ARN that EFS has.
		longest := ids.ReplaceAllStringFunc(text, func(reference string) string {
			if strings.Contains(reference, "account_id") {
				return "123456789012"
			}
			return "arn:aws:elasticfilesystem:ap-southeast-1:123456789012:access-point/fsap-0123456789abcdef0"
		})
		if len(longest) > region.VolumePermissions() {
			t.Errorf("the policy has %d characters, but config leaves room for %d", len(longest), region.VolumePermissions())
		}
	})
}
