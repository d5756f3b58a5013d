// Package ecs creates the ECS cluster, task definition and service of a region.
package ecs

import (
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

const (
	cluster        = "aws_ecs_cluster.main"
	service        = "aws_ecs_service.main"
	taskDefinition = "aws_ecs_task_definition.main"
)

var (
	clusterID         = hcl.Attribute(cluster, "id")
	taskDefinitionARN = hcl.Attribute(taskDefinition, "arn")
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
	{Check: "CKV_AWS_65", Address: cluster, Reason: "Only without logs.insights: Container Insights is billed per metric, in every region. The free ECS metrics remain."},
	{Check: "CKV_AWS_224", Address: cluster, Reason: "Only with logs.exec: Session Manager encrypts sessions with TLS. A customer managed key on top is billed per month, in every region."},
	{Check: "CKV_AWS_333", Address: service, Reason: "Only in network.mode public: without a NAT gateway, a task without a public IP could not pull its image. Its security group only allows the load balancer in."},
	{Check: "CKV_AWS_336", Address: taskDefinition, Reason: "Only if read_only is false for a container: some images write outside of /tmp."},
}

// New creates the cluster, the task definition and the service.
func New(scope constructs.Construct, id string, cfg Config) *ECS {
	scope = constructs.NewConstruct(scope, &id)
	newCluster(scope, cfg.Cluster)
	newTaskDefinition(scope, cfg.Task)
	newService(scope, cfg.Service)
	return &ECS{
		ClusterID:         clusterID,
		ClusterName:       hcl.Attribute(cluster, "name"),
		ServiceID:         hcl.Attribute(service, "id"),
		ServiceName:       hcl.Attribute(service, "name"),
		TaskDefinitionARN: taskDefinitionARN,
	}
}
