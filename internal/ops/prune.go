package ops

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Unneeded returns the revisions that nothing needs, the highest first, and how many others there are: the newest, as many
// as keep says, what the service and its tasks run, and what a rollback would run.
func (r *Region) Unneeded(ctx context.Context, keep int) (unneeded []Revision, kept int, err error) {
	service, described, err := r.running(ctx)
	if err != nil {
		return nil, 0, err
	}
	needed := map[string]bool{value(service.TaskDefinition): true}
	for _, deployment := range service.Deployments {
		needed[value(deployment.TaskDefinition)] = true
	}
	tasks, err := r.runningTasks(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, task := range tasks {
		needed[value(task.TaskDefinitionArn)] = true
	}
	previous, err := r.previous(ctx, r.revisionOf(described.TaskDefinition))
	if err != nil && !isMissingRevision(err) {
		return nil, 0, err
	}
	needed[previous.ARN] = true
	arns, err := r.revisionARNs(ctx)
	if err != nil {
		return nil, 0, err
	}
	for i, arn := range arns {
		if i >= keep && !needed[arn] {
			unneeded = append(unneeded, Revision{Number: revision(arn), ARN: arn})
		}
	}
	return unneeded, len(arns) - len(unneeded), nil
}

// Deregister makes a revision unusable for new tasks. ECS keeps it, and tasks that run it go on.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
func (r *Region) Deregister(ctx context.Context, revision Revision) error {
	_, err := r.ecs.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &revision.ARN})
	return err
}
