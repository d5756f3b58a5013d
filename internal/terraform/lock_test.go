package terraform

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/synth"
)

// Messages of Terraform 1.11.4: one through tfexec with -no-color, the other in a box.
const (
	localMessage = `exit status 1

Error: Error acquiring the state lock

Error message: resource temporarily unavailable
Lock Info:
  ID:        f87e8d91-2093-df1e-5a06-a9d9076764d3
  Path:      ../../../terraform.dev-eu-west-1.tfstate
  Operation: OperationTypeApply
  Who:       root@build-7
  Version:   1.11.4
  Created:   2026-11-25 09:43:20.767987124 +0000 UTC
  Info:      


Terraform acquires a state lock to protect the state from being written
by multiple users at the same time. Please resolve the issue above and try
again. For most commands, you can disable locking with the "-lock=false"
flag, but this is not recommended.
`
	bucketMessage = `╷
│ Error: Error acquiring the state lock
│ 
│ Error message: operation error S3: PutObject, https response error
│ StatusCode: 412, RequestID:
│ zEF2n94cCxUcA5yLkUPfDrNvBlbZ0yMZ2dorvhcuDrwcPH9grQHc, HostID:
│ 9Gjjt1m+cjU4OPvX9O9/8RuvnG41MRb/18Oux2o5H5MY7ISNTlXN+Dz9IG62/ILVxhAGI0qyPfg=,
│ api error PreconditionFailed: At least one of the pre-conditions you
│ specified did not hold
│ Lock Info:
│   ID:        1c133747-ba51-43ca-4362-0bb20c5e8ebb
│   Path:      acme/fmp-mcp/terraform.dev-eu-west-1.tfstate
│   Operation: OperationTypePlan
│   Who:       runner@fv-az1201
│   Version:   1.11.4
│   Created:   2026-11-25 07:40:00 +0000 UTC
│   Info:      
│ 
│ 
│ Terraform acquires a state lock to protect the state from being written
╵`
)

func TestLockMessage(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 45, 0, 0, time.UTC)
	for name, test := range map[string]struct{ backend, message, want string }{
		"local": {`{"local": {"path": "../../../terraform.dev-eu-west-1.tfstate"}}`, localMessage,
			"locked by root@build-7 for 2 min (apply); the process is still running, because a local lock ends with it: wait for it, or stop it"},
		"in a bucket": {`{"s3": {"bucket": "acme", "key": "fmp-mcp/terraform.dev-eu-west-1.tfstate"}}`, bucketMessage,
			"locked by runner@fv-az1201 for 2 h 5 min (plan); make sure that it is no longer running, then run " +
				"terraform -chdir=cdktf.out/stacks/dev-eu-west-1 force-unlock -force 1c133747-ba51-43ca-4362-0bb20c5e8ebb"},
	} {
		t.Run(name, func(t *testing.T) {
			install(t, "terraform")
			t.Setenv("TERRAFORM", "")
			t.Chdir(t.TempDir())
			folder := synth.Folder("dev-eu-west-1")
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "cdk.tf.json"), []byte(`{"terraform": {"backend": `+test.backend+`}}`), 0o644); err != nil {
				t.Fatal(err)
			}
			held, ok := parseLock(test.message)
			if !ok {
				t.Fatal("lock not found")
			}
			if got := held.message("dev-eu-west-1", now); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestReasonOfOtherErrors(t *testing.T) {
	for message, want := range map[string]string{
		"exit status 1\n\n╷\n│ Error: No valid credential sources found\n│":                           "No valid credential sources found",
		"exit status 1\n\nError: Error acquiring the state lock\n\nError message: 2 errors occurred:": "Error acquiring the state lock",
		"chdir: no such file or directory\n":                                                          "chdir: no such file or directory",
	} {
		if got := (&Stack{Name: "dev-eu-west-1"}).Reason(errors.New(message)); got != want {
			t.Errorf("%q: got %s", message, got)
		}
	}
}
