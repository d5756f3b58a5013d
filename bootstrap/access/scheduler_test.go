package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// testScheduler is the scheduler of the tests. Its builds read a bundle.
var testScheduler = Scheduler{
	Project: "fmp-mcp-prod-weekend", LogGroup: "/codebuild/fmp-mcp-prod-weekend", Bundle: "fmp-mcp/source.prod.zip",
	BuildRole: "arn:aws:iam::123456789012:role/ci/fmp-mcp-prod-weekend-build", ApplyRole: "arn:aws:iam::123456789012:role/ci/fmp-mcp-prod-apply",
}

func actionsOf(document awspolicy.Document) (actions []string) {
	for _, statement := range document.Statement {
		actions = append(actions, statement.Action...)
	}
	slices.Sort(actions)
	return actions
}

// TestRolesOfSchedulerNameTheirResources holds that no statement covers all resources or actions, so that the roles have
// nothing of other fleets.
func TestRolesOfSchedulerNameTheirResources(t *testing.T) {
	fleet := fleetOf(t, "../../examples/s3-state.yaml")
	withConnection := testScheduler
	withConnection.Bundle, withConnection.Connection = "", "arn:aws:codeconnections:eu-west-1:123456789012:connection/12345678-90ab-cdef-1234-567890abcdef"
	for name, each := range map[string]struct {
		document awspolicy.Document
		actions  string
	}{
		"builds of a bundle":     {fleet.PolicyOfBuilds(testScheduler), "kms:Decrypt logs:CreateLogStream logs:PutLogEvents s3:GetBucketAcl s3:GetBucketLocation s3:GetObject s3:GetObjectVersion sts:AssumeRole"},
		"builds of a repository": {fleet.PolicyOfBuilds(withConnection), "codeconnections:GetConnection codeconnections:GetConnectionToken codeconnections:UseConnection codestar-connections:GetConnection codestar-connections:GetConnectionToken codestar-connections:UseConnection logs:CreateLogStream logs:PutLogEvents sts:AssumeRole"},
		"schedules":              {fleet.PolicyOfSchedules(testScheduler), "codebuild:StartBuild sqs:SendMessage"},
	} {
		if got := strings.Join(actionsOf(each.document), " "); got != each.actions {
			t.Errorf("%s: got %s", name, got)
		}
		for _, statement := range each.document.Statement {
			for _, resource := range statement.Resource {
				// A KMS alias cannot be a policy's resource.
				if statement.Sid != "KeyOfTheSource" && strings.Contains(strings.TrimSuffix(string(resource), ":*"), "*") {
					t.Errorf("%s: %s covers %s", name, statement.Sid, resource)
				}
			}
		}
	}
}

// TestPipelinesCannotReplaceTheSource holds that only who has more permissions than the pipelines' roles decides what the
// builds apply.
func TestPipelinesCannotReplaceTheSource(t *testing.T) {
	fleet := fleetOf(t, "../../examples/s3-state.yaml")
	source := "arn:aws:s3:::" + fleet.State.Bucket + "/" + fleet.State.Prefix + "/source." + fleet.Environment + ".zip"
	for _, policy := range Policies(fleet) {
		for _, statement := range policy.Document.Statement {
			if statement.Effect != "Allow" || !slices.Contains(statement.Action, "s3:PutObject") {
				continue
			}
			for _, resource := range statement.Resource {
				if prefix, _, _ := strings.Cut(string(resource), "*"); strings.HasPrefix(source, prefix) {
					t.Errorf("%s: %s allows %s", policy.Name, statement.Sid, source)
				}
			}
		}
	}
}

func TestServicesOfSchedulerAreTrustedForTheirResourceOnly(t *testing.T) {
	fleet := fleetOf(t, "../../examples/s3-state.yaml")
	for want, document := range map[string]awspolicy.Document{
		"codebuild.amazonaws.com arn:aws:codebuild:eu-west-1:" + fleet.Account + ":project/fmp-mcp-prod-weekend":        fleet.TrustOfBuilds(testScheduler),
		"scheduler.amazonaws.com arn:aws:scheduler:eu-west-1:" + fleet.Account + ":schedule-group/fmp-mcp-prod-weekend": fleet.TrustOfSchedules(testScheduler),
	} {
		service, arn, _ := strings.Cut(want, " ")
		for _, statement := range document.Statement {
			source, account := statement.Condition["ArnLike"]["aws:SourceArn"], statement.Condition["StringEquals"]["aws:SourceAccount"]
			if statement.Principal.Name != service || fmt.Sprint(source) != arn || fmt.Sprint(account) != fleet.Account {
				t.Errorf("%s: got %+v", want, statement)
			}
		}
	}
}
