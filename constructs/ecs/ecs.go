// Package ecs creates the ECS cluster, task definition and service of a region.
package ecs

import (
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cdtait/mcpfleet/internal/checkov"
)

// Config configures the cluster, the tasks and the service.
type Config struct {
	Cluster Cluster
	Task    Task
	Service Service
}

// ECS holds references to the created resources.
type ECS struct {
	ClusterID         string
	ClusterName       string
	ServiceID         string
	ServiceName       string
	TaskDefinitionARN string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_65", Address: "aws_ecs_cluster.main", Reason: "Only without logs.insights: Container Insights is billed per metric, in every region. The free ECS metrics remain."},
	{Check: "CKV_AWS_224", Address: "aws_ecs_cluster.main", Reason: "Only with logs.exec: Session Manager encrypts sessions with TLS. A customer managed key on top is billed per month, in every region."},
	{Check: "CKV_AWS_333", Address: "aws_ecs_service.main", Reason: "Only in network.mode public: without a NAT gateway, a task without a public IP could not pull its image. Its security group only allows the load balancer in."},
	{Check: "CKV_AWS_336", Address: "aws_ecs_task_definition.main", Reason: "Only if read_only is false for a container: some images write outside of /tmp."},
}

// New creates the cluster, the task definition and the service.
func New(scope constructs.Construct, id string, cfg Config) *ECS {
	scope = constructs.NewConstruct(scope, &id)
	cluster := newCluster(scope, cfg.Cluster)
	task := newTaskDefinition(scope, cfg.Task)
	service := newService(scope, cfg, *cluster.Id(), *task.Arn())
	return &ECS{
		ClusterID:         *cluster.Id(),
		ClusterName:       *cluster.Name(),
		ServiceID:         *service.Id(),
		ServiceName:       *service.Name(),
		TaskDefinitionARN: *task.Arn(),
	}
}
