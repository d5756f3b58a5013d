package inventory

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (s *survey) readTask(ctx context.Context) error {
	output, err := ecs.NewFromConfig(s.cfg).DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: s.service.TaskDefinition})
	if err != nil {
		return err
	}
	task := output.TaskDefinition
	s.task = task
	attributes := values{
		"container_definitions": containerDefinitions(task.ContainerDefinitions), "cpu": task.Cpu, "memory": task.Memory,
		"execution_role_arn": task.ExecutionRoleArn, "task_role_arn": task.TaskRoleArn, "network_mode": task.NetworkMode, "ipc_mode": task.IpcMode, "pid_mode": task.PidMode,
		"volume": task.Volumes, "placement_constraints": task.PlacementConstraints,
	}
	if platform := task.RuntimePlatform; platform != nil {
		attributes["runtime_platform"] = []values{{"cpu_architecture": platform.CpuArchitecture, "operating_system_family": platform.OperatingSystemFamily}}
	}
	if task.EphemeralStorage != nil {
		attributes["ephemeral_storage"] = []values{{"size_in_gib": task.EphemeralStorage.SizeInGiB}}
	}
	if task.ProxyConfiguration != nil {
		attributes["proxy_configuration"] = []values{{"type": task.ProxyConfiguration.Type}}
	}
	family, _, _ := strings.Cut(lastPart(aws.ToString(task.TaskDefinitionArn)), ":")
	s.add("aws_ecs_task_definition", family, attributes)
	return nil
}

// containerDefinitions returns containers in the JSON of the API, whose keys are those of the SDK with a small letter at the
// beginning, except for those that are the user's own.
func containerDefinitions(containers []ecstypes.ContainerDefinition) string {
	encode := func(value any) []byte {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err) // they came as JSON
		}
		return text
	}
	var decoded any
	if err := json.Unmarshal(encode(containers), &decoded); err != nil {
		panic(err) // it was just encoded
	}
	return string(encode(lowered(decoded)))
}

// ownKeys are the objects whose keys are the user's own.
var ownKeys = map[string]bool{"Options": true, "DockerLabels": true}

func lowered(value any) any {
	switch typed := value.(type) {
	case []any:
		for i := range typed {
			typed[i] = lowered(typed[i])
		}
	case map[string]any:
		renamed := map[string]any{}
		for key, below := range typed {
			if below != nil && !ownKeys[key] {
				below = lowered(below)
			}
			if below != nil {
				renamed[strings.ToLower(key[:1])+key[1:]] = below
			}
		}
		return renamed
	}
	return value
}

// readScaling reads what changes the number of tasks.
func (s *survey) readScaling(ctx context.Context) error {
	id := "service/" + s.names.Cluster() + "/" + s.names.Service()
	output, err := applicationautoscaling.NewFromConfig(s.cfg).DescribeScalableTargets(ctx, &applicationautoscaling.DescribeScalableTargetsInput{
		ServiceNamespace: types.ServiceNamespaceEcs, ResourceIds: []string{id},
	})
	if err != nil {
		return err
	}
	for range output.ScalableTargets {
		s.add("aws_appautoscaling_target", id, values{"resource_id": id})
	}
	return nil
}

// readLogs reads the log group of the first container.
func (s *survey) readLogs(ctx context.Context) error {
	logs := s.task.ContainerDefinitions[0].LogConfiguration
	if logs == nil || logs.Options["awslogs-group"] == "" {
		return nil
	}
	name := logs.Options["awslogs-group"]
	for pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(s.cfg), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, each := range page.LogGroups {
			if *each.LogGroupName == name {
				s.add("aws_cloudwatch_log_group", name, values{"name": name, "retention_in_days": aws.ToInt32(each.RetentionInDays), "kms_key_id": each.KmsKeyId, "log_group_class": each.LogGroupClass})
			}
		}
	}
	return nil
}

func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
