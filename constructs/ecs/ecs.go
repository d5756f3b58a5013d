// Package ecs makes the cluster, the task definition and the service of a region.
package ecs

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecscluster"

	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config describes what runs.
type Config struct {
	ClusterName string
	Task        Task
	Service     Service
}

// ECS is a service that is there.
type ECS struct {
	ClusterID         string
	ClusterName       string
	ServiceID         string
	ServiceName       string
	TaskDefinitionARN string
}

// New makes the service and what it needs.
func New(scope constructs.Construct, id string, cfg Config) *ECS {
	scope = constructs.NewConstruct(scope, &id)
	cluster := ecscluster.NewEcsCluster(scope, new("cluster"), &ecscluster.EcsClusterConfig{
		Name: &cfg.ClusterName,
		Tags: pointer.NameTag(cfg.ClusterName),
	})
	cluster.OverrideLogicalId(new("main"))
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
