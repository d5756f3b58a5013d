package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
)

// fileSystemOperations are the operations of EFS that the stacks call, by method and path.
// https://docs.aws.amazon.com/efs/latest/ug/API_Operations.html
var fileSystemOperations = []struct {
	method, operation string
	path              *regexp.Regexp
}{
	{http.MethodPost, "CreateFileSystem", efsPath("file-systems")},
	{http.MethodPut, "UpdateFileSystem", efsPath("file-systems/[^/]+")},
	{http.MethodDelete, "DeleteFileSystem", efsPath("file-systems/[^/]+")},
	{http.MethodPut, "PutFileSystemPolicy", efsPath("file-systems/[^/]+/policy")},
	{http.MethodDelete, "DeleteFileSystemPolicy", efsPath("file-systems/[^/]+/policy")},
	{http.MethodGet, "DescribeBackupPolicy", efsPath("file-systems/[^/]+/backup-policy")},
	{http.MethodPut, "PutBackupPolicy", efsPath("file-systems/[^/]+/backup-policy")},
	{http.MethodPost, "CreateMountTarget", efsPath("mount-targets")},
	{http.MethodDelete, "DeleteMountTarget", efsPath("mount-targets/[^/]+")},
	{http.MethodPut, "ModifyMountTargetSecurityGroups", efsPath("mount-targets/[^/]+/security-groups")},
	{http.MethodPost, "CreateAccessPoint", efsPath("access-points")},
	{http.MethodDelete, "DeleteAccessPoint", efsPath("access-points/[^/]+")},
}

func efsPath(pattern string) *regexp.Regexp {
	return regexp.MustCompile("^/2015-02-01/" + pattern + "$")
}

// fileSystemOperation returns the operation of a request to EFS, "" for one that only reads.
func fileSystemOperation(request *http.Request) string {
	for _, each := range fileSystemOperations {
		if each.method == request.Method && each.path.MatchString(request.URL.Path) {
			return each.operation
		}
	}
	return ""
}

// fileSystemID returns the ID of the file system in the path of a request.
func fileSystemID(c call) string { return strings.Split(c.request.URL.Path, "/")[3] }

// putBackupPolicy stores the policy of a file system, which moto only takes from CloudFormation.
// https://docs.aws.amazon.com/efs/latest/ug/API_PutBackupPolicy.html
func (g *Gateway) putBackupPolicy(c call, response *httptest.ResponseRecorder) bool {
	var input struct{ BackupPolicy map[string]string }
	_ = json.Unmarshal(c.body, &input)
	g.lock.Lock()
	g.memory.set(fileSystemID(c), "BackupPolicy", input.BackupPolicy)
	g.lock.Unlock()
	writeJSON(response, http.StatusOK, input)
	return true
}

// describeBackupPolicy returns the stored policy.
// https://docs.aws.amazon.com/efs/latest/ug/API_DescribeBackupPolicy.html
func (g *Gateway) describeBackupPolicy(c call, response *httptest.ResponseRecorder) bool {
	g.lock.Lock()
	policy, found := g.memory[fileSystemID(c)]["BackupPolicy"]
	g.lock.Unlock()
	if found {
		writeJSON(response, http.StatusOK, map[string]any{"BackupPolicy": policy})
	}
	return found
}

// deleteFileSystemPolicy removes the policy of a file system. moto can only put another one, but reads an empty one as
// none.
// https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystemPolicy.html
func (g *Gateway) deleteFileSystemPolicy(c call, response *httptest.ResponseRecorder) bool {
	request := httptest.NewRequest(http.MethodPut, c.request.URL.Path, strings.NewReader(`{"Policy": ""}`))
	send(g.moto, c.region, c.service, request)
	response.WriteHeader(http.StatusOK)
	return true
}

// rememberMountTarget stores the description of a mount target's network interface, which moto leaves empty.
// https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
func (g *Gateway) rememberMountTarget(_ call, response *httptest.ResponseRecorder) {
	var created struct {
		FileSystemID       string `json:"FileSystemId"`
		MountTargetID      string `json:"MountTargetId"`
		NetworkInterfaceID string `json:"NetworkInterfaceId"`
	}
	if json.Unmarshal(response.Body.Bytes(), &created) != nil || created.NetworkInterfaceID == "" {
		return
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.memory.set(created.NetworkInterfaceID, "description", fmt.Sprintf("Mount target %s for file system %s", created.MountTargetID, created.FileSystemID))
}

var networkInterfaceID = regexp.MustCompile(`<networkInterfaceId>([^<]+)</networkInterfaceId>`)

// describeMountTargets adds the stored descriptions to a list of network interfaces, after moto's own empty ones.
func (g *Gateway) describeMountTargets(_ call, response *httptest.ResponseRecorder) {
	g.lock.Lock()
	defer g.lock.Unlock()
	response.Body = bytes.NewBuffer(networkInterfaceID.ReplaceAllFunc(response.Body.Bytes(), func(element []byte) []byte {
		if description, stored := g.memory[string(networkInterfaceID.FindSubmatch(element)[1])]["description"]; stored {
			return fmt.Appendf(bytes.Clone(element), "<description>%v</description>", description)
		}
		return element
	}))
}
