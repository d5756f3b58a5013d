package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

const adoptedState = "../adopt/testdata/original-state.json"

func TestAdoptWritesAndRemovesItsFiles(t *testing.T) {
	state, err := filepath.Abs(adoptedState)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	t.Chdir(folder)
	file, adoption := filepath.Join(folder, "regions.yaml"), filepath.Join(folder, "adopt", "dev-eu-west-1.json")
	got := run(t, saturday, file, "adopt", "--state", state)
	want(t, got, 0, "aws_ecs_service.main  ", "keeps its value: no version of it is in the stack",
		"dev-eu-west-1: aws_security_group.ecs_tasks: after the first apply: aws ec2 revoke-security-group-ingress --group-id sg-32193e21237bad60e --ip-permissions 'IpProtocol=tcp,FromPort=8001,ToPort=8001,IpRanges=[{CidrIp=0.0.0.0/0}]' --region eu-west-1",
		"wrote "+file+" and "+adoption+"; review them, then plan: MCPFLEET_CONFIG="+file+" make plan")
	want(t, run(t, saturday, file, "check"), 0, "is valid: fmp-mcp dev, 1 region")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want(t, run(t, saturday, file, "adopt", "--state", state), 2, file+" exists; name another fleet file with --config, or remove this one")
	if again, err := os.ReadFile(file); err != nil || string(again) != string(text) {
		t.Errorf("the fleet file changed: %v", err)
	}
	want(t, run(t, saturday, filepath.Join(folder, "other.yaml"), "adopt", "--state", state), 2, adoption+" exists; remove it, or write to another folder with --config")
	const applied = "terraform.dev-eu-west-1.tfstate"
	if err := os.WriteFile(applied, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, saturday, file, "adopt", "--undo"), 1, "dev-eu-west-1 has been applied: "+applied+" exists")
	t.Chdir(t.TempDir())
	want(t, run(t, saturday, file, "adopt", "--undo"), 1, "dev-eu-west-1 has been applied: "+filepath.Join(folder, applied)+" exists")
	t.Chdir(folder)
	if err := os.Remove(applied); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, saturday, file, "adopt", "--undo"), 2, "Remove "+file+", "+adoption+"? This is not a terminal; pass --yes")
	want(t, run(t, saturday, file, "adopt", "--undo", "--yes"), 0, "removed "+file+"\nremoved "+adoption+"\n")
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestAdoptReports(t *testing.T) {
	t.Parallel()
	got := run(t, saturday, filepath.Join(t.TempDir(), "regions.yaml"), "adopt", "--state", adoptedState, "--json")
	want(t, got, 0)
	checkResult(t, "adopt", got)
	var document adoptDocument
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	if region := document.Regions[0]; region.Imports != 24 || len(region.Differences) == 0 || region.Adopt != "adopt/dev-eu-west-1.json" {
		t.Errorf("got %+v", region)
	}
	want(t, run(t, saturday, filepath.Join(t.TempDir(), "regions.yaml"), "adopt", "--state", adoptedState, "--markdown"), 0, "| RESOURCE | THE FIRST APPLY |\n|---|---|\n| aws_ecs_task_definition.main |")
}

// TestAdoptWritesNothing if anything is wrong.
func TestAdoptWritesNothing(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(adoptedState)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	queue := write("queue.tfstate", strings.Replace(string(text), `"type": "aws_ecs_cluster"`, `"type": "aws_sqs_queue"`, 1))
	for name, each := range map[string]struct {
		arguments []string
		status    int
		text      string
	}{
		"no state":          {nil, 2, "pass the state of each region, such as mcpfleet adopt --state eu-west-1.tfstate, or --from-aws"},
		"a missing state":   {[]string{"--state", filepath.Join(folder, "missing")}, 2, "missing: no such file or directory"},
		"an empty state":    {[]string{"--state", write("empty", "")}, 2, "is not a Terraform state"},
		"a state twice":     {[]string{"--state", adoptedState, "--state", adoptedState}, 2, "are states of the same region, eu-west-1"},
		"what has no place": {[]string{"--state", queue}, 1, queue + ": the state has no aws_ecs_cluster, which every region has\nnothing is written; change these first, or leave a resource as it is with --leave ADDRESS"},
		"undo of nothing":   {[]string{"--undo"}, 2, "no such file"},
		"undo and a state":  {[]string{"--undo", "--state", adoptedState}, 2, "--state and --undo are mutually exclusive"},
		"no object":         {[]string{"--state", "s3://bucket"}, 2, "--state: s3://bucket is not an object in S3; write s3://BUCKET/KEY"},
		"a typo in --leave": {[]string{"--state", adoptedState, "--leave", "aws_sqs_queue.job"}, 2, "--leave: there is no aws_sqs_queue.job; terraform state list shows the addresses of a state"},
		"a region":          {[]string{"--state", adoptedState, "--region", "eu-west-1"}, 2, "--region says what --from-aws looks for; a state says it itself"},
		"no region":         {[]string{"--from-aws"}, 2, "pass the regions to look in, such as mcpfleet adopt --from-aws --region eu-west-1"},
		"both":              {[]string{"--from-aws", "--state", adoptedState}, 2, "--state and --from-aws are mutually exclusive"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(folder, "fleet", "regions.yaml")
			want(t, run(t, saturday, file, append([]string{"adopt"}, each.arguments...)...), each.status, each.text)
			if _, err := os.Stat(filepath.Dir(file)); err == nil {
				t.Error("something was written")
			}
		})
	}
	fleet := fleetFile(t, fleetText("adopt-a", "{}", oneRegion))
	want(t, run(t, saturday, fleet, "adopt", "--undo"), 2, fleet+" does not begin with the comment of mcpfleet adopt, so that did not write it; remove the files by hand")
}

func TestAdoptReadsAStateInS3(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	cfg, err := opstest.Config(t.Context(), url, "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	state, err := os.Open(adoptedState)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = state.Close() }()
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new("adopted-states")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: new("adopted-states"), Key: new("mcp/eu-west-1.tfstate"), Body: state}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "regions.yaml")
	want(t, run(t, saturday, file, "adopt", "--state", "s3://adopted-states/mcp/missing"), 1, "s3://adopted-states/mcp/missing: GetObject: NoSuchKey")
	want(t, run(t, saturday, file, "adopt", "--state", "s3://adopted-states/mcp/eu-west-1.tfstate"), 0, "wrote "+file)
}

// TestAdoptFindsTheCluster by its tags, unless the project and the environment are given.
func TestAdoptFindsTheCluster(t *testing.T) {
	t.Parallel()
	cfg, err := opstest.Config(t.Context(), awsURL(t), "sa-east-1")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "regions.yaml")
	ask := func(more ...string) result {
		t.Helper()
		return run(t, saturday, file, append([]string{"adopt", "--from-aws", "--region", "sa-east-1"}, more...)...)
	}
	want(t, ask(), 1, "sa-east-1: no cluster is named <project>-<environment>-sa-east-1-cluster after its tags Project and Environment; pass --project and --environment")
	want(t, ask("--project", "adopt-b", "--environment", "dev"), 1, "sa-east-1: there is no cluster adopt-b-dev-sa-east-1-cluster")
	for _, project := range []string{"adopt-b", "adopt-c"} {
		_, err := ecs.NewFromConfig(cfg).CreateCluster(t.Context(), &ecs.CreateClusterInput{
			ClusterName: new(project + "-dev-sa-east-1-cluster"),
			Tags:        []ecstypes.Tag{{Key: new("Project"), Value: &project}, {Key: new("Environment"), Value: new("dev")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if project == "adopt-b" {
			want(t, ask(), 1, "sa-east-1: the cluster adopt-b-dev-sa-east-1-cluster has no service adopt-b-dev-sa-east-1-service")
		}
	}
	want(t, ask(), 1, "sa-east-1: there are several clusters, adopt-b-dev-sa-east-1-cluster, adopt-c-dev-sa-east-1-cluster; pass --project and --environment")
	want(t, ask("--project", "adopt-c"), 1, "sa-east-1: the cluster adopt-c-dev-sa-east-1-cluster has no service")
	want(t, ask("--region", "no-such-region-1"), 1, "no-such-region-1: ", "sa-east-1: there are several clusters")
}
