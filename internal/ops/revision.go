package ops

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/config"
)

// Replacement is a change of the revision that a service runs.
type Replacement struct {
	From, To Revision
	// Tasks is the number of tasks to wait for. Its maximum is 0 if none is wanted.
	Tasks config.TaskRange
}

// Changed reports whether the service runs another revision than before.
func (r Replacement) Changed() bool { return r.From.ARN != r.To.ARN }

// Revision is a revision of the task definition.
type Revision struct {
	Number int `json:"revision"`
	// Image is that of the server's container.
	Image string `json:"image"`
	// Registered is when, and By is who registered it, as the last part of an ARN.
	Registered *time.Time `json:"registered,omitempty"`
	By         string     `json:"by,omitempty"`

	ARN string `json:"-"`
}

func (r *Region) revisionOf(task *ecstypes.TaskDefinition) Revision {
	result := Revision{Number: int(task.Revision), Registered: task.RegisteredAt, By: Identity{ARN: value(task.RegisteredBy)}.Name(), ARN: value(task.TaskDefinitionArn)}
	if server := r.serverOf(task); server != nil {
		result.Image = value(server.Image)
	}
	return result
}

// serverOf returns the definition of the server's container, nil if there is none of its name.
func (r *Region) serverOf(task *ecstypes.TaskDefinition) *ecstypes.ContainerDefinition {
	for i := range task.ContainerDefinitions {
		if value(task.ContainerDefinitions[i].Name) == r.Names.Container() {
			return &task.ContainerDefinitions[i]
		}
	}
	return nil
}

// running returns the service, and the task definition that it runs with its tags.
func (r *Region) running(ctx context.Context) (*ecstypes.Service, *ecs.DescribeTaskDefinitionOutput, error) {
	service, err := r.service(ctx)
	if err != nil {
		return nil, nil, err
	}
	task, err := r.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: service.TaskDefinition, Include: []ecstypes.TaskDefinitionField{ecstypes.TaskDefinitionFieldTags},
	})
	return service, task, err
}

// DeployImage registers a revision with another image of the server and nothing else changed, and makes the service run
// it. A service that runs the image is left alone.
func (r *Region) DeployImage(ctx context.Context, image string) (Replacement, error) {
	service, described, err := r.running(ctx)
	if err != nil {
		return Replacement{}, err
	}
	task := described.TaskDefinition
	server := r.serverOf(task)
	if server == nil {
		return Replacement{}, failure{Problem{Drift, fmt.Sprintf("revision %d has no container %s", task.Revision, r.Names.Container()), r.deploy()}}
	}
	from := r.revisionOf(task)
	if from.Image == image {
		return Replacement{From: from, To: from, Tasks: r.RangeOf(int(service.DesiredCount))}, nil
	}
	server.Image = &image
	registered, err := r.ecs.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		ContainerDefinitions: task.ContainerDefinitions, Family: task.Family, Cpu: task.Cpu, EnableFaultInjection: task.EnableFaultInjection,
		EphemeralStorage: task.EphemeralStorage, ExecutionRoleArn: task.ExecutionRoleArn,
		IpcMode: task.IpcMode, Memory: task.Memory, NetworkMode: task.NetworkMode, PidMode: task.PidMode, PlacementConstraints: task.PlacementConstraints,
		ProxyConfiguration: task.ProxyConfiguration, RequiresCompatibilities: task.RequiresCompatibilities, RuntimePlatform: task.RuntimePlatform,
		TaskRoleArn: task.TaskRoleArn, Volumes: task.Volumes, Tags: described.Tags,
	})
	if err != nil {
		return Replacement{}, err
	}
	to := r.revisionOf(registered.TaskDefinition)
	return r.replace(ctx, service, from, to)
}

// replace makes the service run a revision.
func (r *Region) replace(ctx context.Context, service *ecstypes.Service, from, to Revision) (Replacement, error) {
	result := Replacement{From: from, To: to, Tasks: r.RangeOf(int(service.DesiredCount))}
	return result, r.update(ctx, &ecs.UpdateServiceInput{TaskDefinition: &to.ARN})
}

// RollBack makes the service run an earlier revision: the given one, or for 0 the one that ran before.
func (r *Region) RollBack(ctx context.Context, number int) (Replacement, error) {
	service, described, err := r.running(ctx)
	if err != nil {
		return Replacement{}, err
	}
	from := r.revisionOf(described.TaskDefinition)
	to := from
	switch {
	case number == 0:
		to, err = r.previous(ctx, from)
	case number != from.Number:
		to, err = r.registered(ctx, fmt.Sprintf("%s:%d", r.Names.TaskDefinition(), number))
	}
	if err != nil {
		return Replacement{}, err
	}
	if to.ARN == from.ARN {
		return Replacement{From: from, To: from, Tasks: r.RangeOf(int(service.DesiredCount))}, nil
	}
	return r.replace(ctx, service, from, to)
}

// Runs returns an error if the service runs another revision.
func (r *Region) Runs(ctx context.Context, wanted Revision) error {
	service, err := r.service(ctx)
	if err != nil {
		return err
	}
	return r.replacedMeanwhile(service, wanted)
}

// replacedMeanwhile returns an error if the service runs none of the revisions.
func (r *Region) replacedMeanwhile(service *ecstypes.Service, expected ...Revision) error {
	arn := value(service.TaskDefinition)
	if slices.ContainsFunc(expected, func(each Revision) bool { return each.ARN == arn }) {
		return nil
	}
	return failure{Problem{RevisionReplaced, fmt.Sprintf("somebody else has deployed revision %d meanwhile", revision(arn)), r.fix(VerbHistory)}}
}

// Undo makes the service run the revision from before a replacement, unless ECS has rolled it back already.
func (r *Region) Undo(ctx context.Context, replaced Replacement) (byECS bool, err error) {
	service, err := r.service(ctx)
	if err != nil {
		return false, err
	}
	if value(service.TaskDefinition) == replaced.From.ARN {
		return true, nil
	}
	if err := r.replacedMeanwhile(service, replaced.To); err != nil {
		return false, err
	}
	return false, r.update(ctx, &ecs.UpdateServiceInput{TaskDefinition: &replaced.From.ARN})
}

// registered returns a revision that a service can run, named by its ARN or by family:revision.
func (r *Region) registered(ctx context.Context, name string) (Revision, error) {
	task, err := r.taskDefinition(ctx, &name)
	if hasCode(err, "ClientException", "InvalidParameterException") {
		return Revision{}, failure{Problem{RevisionMissing, "there is no revision " + name, r.fix(VerbHistory)}}
	}
	if err != nil {
		return Revision{}, err
	}
	if task.Status != ecstypes.TaskDefinitionStatusActive {
		return Revision{}, failure{Problem{RevisionMissing, "revision " + name + " was deregistered", r.fix(VerbHistory)}}
	}
	return r.revisionOf(task), nil
}

// previous returns the lower revision that last ran successfully, or if ECS does not remember that, the highest lower one.
// A higher one that ran is one that was rolled back.
func (r *Region) previous(ctx context.Context, current Revision) (Revision, error) {
	deployments, err := r.described(ctx, MaxDeployments)
	if err != nil {
		return Revision{}, err
	}
	for _, each := range deployments {
		if each.Status == string(ecstypes.ServiceDeploymentStatusSuccessful) && each.ARN != "" && each.Number < current.Number {
			if found, err := r.registered(ctx, each.ARN); !isMissingRevision(err) {
				return found, err
			}
		}
	}
	arns, err := r.revisionARNs(ctx)
	if err != nil {
		return Revision{}, err
	}
	for _, arn := range arns {
		if revision(arn) < current.Number {
			return r.registered(ctx, arn)
		}
	}
	return Revision{}, failure{Problem{RevisionMissing, fmt.Sprintf("there is no revision before %d", current.Number), r.fix(VerbHistory)}}
}

func isMissingRevision(err error) bool { return err != nil && ProblemOf(err).Code == RevisionMissing }

// revisionARNs returns the revisions that a service can run, the highest first.
func (r *Region) revisionARNs(ctx context.Context) ([]string, error) {
	pages := ecs.NewListTaskDefinitionsPaginator(r.ecs, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: new(r.Names.TaskDefinition()), Status: ecstypes.TaskDefinitionStatusActive, Sort: ecstypes.SortOrderDesc,
	})
	arns, err := collect(ctx, pages, func(page *ecs.ListTaskDefinitionsOutput) []string { return page.TaskDefinitionArns })
	if err != nil {
		return nil, err
	}
	// A family prefix also finds the families that it is a prefix of.
	arns = slices.DeleteFunc(arns, func(arn string) bool { return family(arn) != r.Names.TaskDefinition() })
	slices.SortFunc(arns, func(a, b string) int { return cmp.Compare(revision(b), revision(a)) })
	return arns, nil
}

// family returns the family in the ARN of a task definition.
func family(arn string) string {
	name, _, _ := strings.Cut(lastSegment(arn), ":")
	return name
}
