package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// callEFS calls an operation of EFS and returns its output, none for an empty response.
func (a *account) callEFS(method, path, input string) (status int, output map[string]any) {
	a.t.Helper()
	request := httptest.NewRequestWithContext(a.t.Context(), method, "/2015-02-01/"+path, strings.NewReader(input))
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=test/20260101/%s/elasticfilesystem/aws4_request, SignedHeaders=host, Signature=0", region))
	response := httptest.NewRecorder()
	a.ServeHTTP(response, request)
	_ = json.Unmarshal(response.Body.Bytes(), &output)
	return response.Code, output
}

func TestFileSystem(t *testing.T) {
	a := newAccount(t)
	_, created := a.callEFS(http.MethodPost, "file-systems", `{"CreationToken": "`+a.names+`"}`)
	id := created["FileSystemId"].(string)

	for _, status := range []string{"ENABLED", "DISABLED"} {
		a.callEFS(http.MethodPut, "file-systems/"+id+"/backup-policy", `{"BackupPolicy": {"Status": "`+status+`"}}`)
		if _, got := a.callEFS(http.MethodGet, "file-systems/"+id+"/backup-policy", ""); fmt.Sprint(got) != "map[BackupPolicy:map[Status:"+status+"]]" {
			t.Errorf("the backup policy is %v, want %s", got, status)
		}
	}
	a.callEFS(http.MethodPut, "file-systems/"+id+"/policy", `{"Policy": "{}"}`)
	if status, _ := a.callEFS(http.MethodDelete, "file-systems/"+id+"/policy", ""); status != http.StatusOK {
		t.Errorf("deleting the policy responds with %d", status)
	}
	if status, got := a.callEFS(http.MethodGet, "file-systems/"+id+"/policy", ""); status != http.StatusNotFound {
		t.Errorf("after the delete, the policy is %d: %v", status, got)
	}

	client := ec2.NewFromConfig(a.config())
	subnet := must[*ec2.DescribeSubnetsOutput](t)(client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{})).Subnets[0].SubnetId
	_, target := a.callEFS(http.MethodPost, "mount-targets", `{"FileSystemId": "`+id+`", "SubnetId": "`+*subnet+`"}`)
	found := must[*ec2.DescribeNetworkInterfacesOutput](t)(client.DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{
		NetworkInterfaceIds: []string{target["NetworkInterfaceId"].(string)},
	})).NetworkInterfaces
	if want := fmt.Sprintf("Mount target %s for file system %s", target["MountTargetId"], id); len(found) != 1 || *found[0].Description != want {
		t.Errorf("the network interfaces are %+v, want one of %s", found, want)
	}
	want := []string{"elasticfilesystem.CreateFileSystem", "elasticfilesystem.PutBackupPolicy", "elasticfilesystem.PutBackupPolicy", "elasticfilesystem.PutFileSystemPolicy", "elasticfilesystem.DeleteFileSystemPolicy", "elasticfilesystem.CreateMountTarget"}
	if log := a.Log(); !slices.Equal(log, want) {
		t.Errorf("the log is %v, want %v", log, want)
	}
}
