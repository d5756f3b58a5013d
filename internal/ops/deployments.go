package ops

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Deployment is a deployment of the ECS service, and the revision that it deployed, as far as ECS knows that.
type Deployment struct {
	Started *time.Time `json:"started,omitempty"`
	// Finished is absent while the deployment is in progress.
	Finished *time.Time `json:"finished,omitempty"`
	// Status is that of the ECS API, such as SUCCESSFUL or ROLLBACK_SUCCESSFUL.
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentBrief.html
	Status string `json:"status"`
	// Reason is ECS's own, for example why it rolled back.
	Reason string `json:"reason,omitempty"`
	Revision
}

// State returns the status in words. A successful rollback is no success.
func (d Deployment) State() string {
	if d.Status == string(ecstypes.ServiceDeploymentStatusRollbackSuccessful) {
		return rolledBackState
	}
	return words(d.Status)
}

// MaxDeployments is the maximum number of deployments in one response, and so of those that are known.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
const MaxDeployments = 100

// Deployments returns the last deployments, at most limit, newest first, with who registered their revisions and when.
func (r *Region) Deployments(ctx context.Context, limit int) ([]Deployment, error) {
	deployments, err := r.described(ctx, limit)
	if err != nil {
		return nil, err
	}
	known := map[string]Revision{}
	for i, each := range deployments {
		if _, seen := known[each.ARN]; !seen && each.ARN != "" {
			task, err := r.taskDefinition(ctx, &each.ARN)
			switch {
			case hasCode(err, "ClientException"): // it was deleted
				known[each.ARN] = Revision{}
				continue
			case err != nil:
				return nil, err
			}
			known[each.ARN] = r.revisionOf(task)
		}
		deployments[i].Registered, deployments[i].By = known[each.ARN].Registered, known[each.ARN].By
	}
	return deployments, nil
}

// described returns the last deployments, at most limit, newest first.
func (r *Region) described(ctx context.Context, limit int) ([]Deployment, error) {
	listed, err := r.deployments(ctx, MaxDeployments)
	if hasCode(err, "ClusterNotFoundException", "ServiceNotFoundException") {
		return nil, r.notDeployed("service " + r.Names.Service())
	}
	if err != nil {
		return nil, err
	}
	return r.describeDeployments(ctx, listed[:min(limit, len(listed))])
}

// deployments returns the deployments of the last 90 days, at most limit, newest first.
func (r *Region) deployments(ctx context.Context, limit int32) ([]ecstypes.ServiceDeploymentBrief, error) {
	output, err := r.ecs.ListServiceDeployments(ctx, &ecs.ListServiceDeploymentsInput{
		Cluster: new(r.Names.Cluster()), Service: new(r.Names.Service()), MaxResults: &limit,
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(output.ServiceDeployments, func(a, b ecstypes.ServiceDeploymentBrief) int {
		return value(b.CreatedAt).Compare(value(a.CreatedAt))
	})
	return output.ServiceDeployments, nil
}

// latest returns the first of the deployments, nil if there is none.
func latest(deployments []ecstypes.ServiceDeploymentBrief) *ecstypes.ServiceDeploymentBrief {
	if len(deployments) == 0 {
		return nil
	}
	return &deployments[0]
}

// describeDeployments returns the deployments with their images and revisions. If these cannot be read, it returns
// the deployments without them, and the error.
func (r *Region) describeDeployments(ctx context.Context, listed []ecstypes.ServiceDeploymentBrief) ([]Deployment, error) {
	revisions, err := r.serviceRevisions(ctx, listed)
	var described []Deployment
	for _, each := range listed {
		deployed := revisions[value(each.TargetServiceRevisionArn)]
		arn := value(deployed.TaskDefinition)
		described = append(described, Deployment{
			Started: cmp.Or(each.StartedAt, each.CreatedAt), Finished: each.FinishedAt, Status: string(each.Status), Reason: oneLine(value(each.StatusReason)),
			Revision: Revision{Number: revision(arn), Image: r.imageOf(deployed), ARN: arn},
		})
	}
	return described, err
}

// maxServiceRevisions is the maximum number of service revisions in one request.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html
const maxServiceRevisions = 20

// serviceRevisions returns what the deployments deploy, by the ARN of the service revision.
func (r *Region) serviceRevisions(ctx context.Context, deployments []ecstypes.ServiceDeploymentBrief) (map[string]ecstypes.ServiceRevision, error) {
	var arns []string
	for _, each := range deployments {
		// A deployment that only starts the tasks again has the revision of the one before.
		if arn := value(each.TargetServiceRevisionArn); arn != "" && !slices.Contains(arns, arn) {
			arns = append(arns, arn)
		}
	}
	revisions := map[string]ecstypes.ServiceRevision{}
	for batch := range slices.Chunk(arns, maxServiceRevisions) {
		output, err := r.ecs.DescribeServiceRevisions(ctx, &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: batch})
		if err != nil {
			return nil, err
		}
		for _, each := range output.ServiceRevisions {
			revisions[value(each.ServiceRevisionArn)] = each
		}
	}
	return revisions, nil
}

// imageOf returns the image of the server's container.
func (r *Region) imageOf(revision ecstypes.ServiceRevision) string {
	for _, each := range revision.ContainerImages {
		if value(each.ContainerName) == r.Names.Container() {
			return value(each.Image)
		}
	}
	return ""
}
