package standin

import (
	"encoding/json"
	"fmt"
	"strings"
)

// unique are the names that AWS gives once in a region, and what it says of a second.
var unique = map[string]struct{ attribute, refusal string }{
	"aws_lb":                    {"name", "DuplicateLoadBalancerName: A load balancer with the same name '%s' exists"},
	"aws_lb_target_group":       {"name", "DuplicateTargetGroupName: A target group with the same name '%s' exists, but with different settings"},
	"aws_ecs_service":           {"name", "InvalidParameterException: Creation of service was not idempotent: %s"},
	"aws_iam_role":              {"name", "EntityAlreadyExists: Role with name %s already exists"},
	"aws_secretsmanager_secret": {"name", "ResourceExistsException: The operation failed because the secret %s already exists"},
	"aws_cloudwatch_log_group":  {"name", "ResourceAlreadyExistsException: The specified log group already exists: %s"},
}

// held says which types keep a thing from being deleted while they refer to it, and what AWS says.
var held = map[string]struct{ by, refusal string }{
	"aws_vpc":              {"aws_subnet aws_internet_gateway aws_security_group aws_route_table aws_service_discovery_private_dns_namespace", "DependencyViolation: The vpc '%s' has dependencies and cannot be deleted"},
	"aws_subnet":           {"aws_lb aws_ecs_service", "DependencyViolation: The subnet '%s' has dependencies and cannot be deleted"},
	"aws_security_group":   {"aws_lb aws_ecs_service", "DependencyViolation: resource %s has a dependent object"},
	"aws_internet_gateway": {"aws_route", "DependencyViolation: internetGateway '%s' has dependencies"},
	"aws_lb_target_group":  {"aws_lb_listener", "ResourceInUse: Target group '%s' is currently in use by a listener or a rule"},
	"aws_ecs_cluster":      {"aws_ecs_service", "ClusterContainsServicesException: The Cluster %s cannot be deleted while Services are active"},
	"aws_service_discovery_private_dns_namespace": {"aws_service_discovery_service", "ResourceInUse: Namespace %s has associated services"},
	"aws_service_discovery_service":               {"aws_ecs_service", "ResourceInUse: Service %s contains registered instances"},
	"aws_iam_role":                                {"aws_iam_role_policy", "DeleteConflict: Cannot delete entity %s, must delete policies first"},
}

// refuse answers with what AWS would say against an operation.
func (w World) refuse(action string, thing Thing) error {
	if action == "delete" {
		return w.refuseDelete(thing)
	}
	if rule, limited := unique[thing.Type]; limited {
		for _, other := range w.Things(thing.Region, thing.Type) {
			if other.ID != thing.ID && other.Attributes[rule.attribute] == thing.Attributes[rule.attribute] {
				return fmt.Errorf(rule.refusal, thing.Attributes[rule.attribute])
			}
		}
	}
	switch thing.Type {
	case "aws_lb":
		if len(w.Things(thing.Region, "aws_internet_gateway")) == 0 {
			return fmt.Errorf("InvalidSubnet: VPC has no internet gateway")
		}
	case "aws_ecs_service":
		return w.refuseService(thing)
	case "aws_appautoscaling_target":
		for _, service := range w.Things(thing.Region, "aws_ecs_service") {
			if strings.HasSuffix(fmt.Sprint(thing.Attributes["resource_id"]), "/"+fmt.Sprint(service.Attributes["name"])) {
				return nil
			}
		}
		return fmt.Errorf("ValidationException: ECS service doesn't exist: %v", thing.Attributes["resource_id"])
	}
	return nil
}

// refuseService refuses a target group that no listener leads to, and a grace period without one.
func (w World) refuseService(service Thing) error {
	balancers, _ := service.Attributes["load_balancer"].([]any)
	if len(balancers) == 0 && service.Attributes["health_check_grace_period_seconds"] != nil {
		return fmt.Errorf("InvalidParameterException: Health check grace period is only valid for services configured to use load balancers")
	}
	for _, each := range balancers {
		group := each.(map[string]any)["target_group_arn"]
		led := false
		for _, listener := range w.Things(service.Region, "aws_lb_listener") {
			led = led || listener.mentions(fmt.Sprint(group))
		}
		if !led {
			return fmt.Errorf("InvalidParameterException: The target group %v does not have an associated load balancer", group)
		}
	}
	return nil
}

func (w World) refuseDelete(thing Thing) error {
	rule, limited := held[thing.Type]
	if !limited {
		return nil
	}
	for _, holder := range w.Things(thing.Region, strings.Fields(rule.by)...) {
		if holder.mentions(thing.ID) {
			return fmt.Errorf(rule.refusal+" (%s %s)", thing.ID, holder.Type, holder.ID)
		}
	}
	return nil
}

func (t Thing) mentions(id string) bool {
	text, err := json.Marshal(t.Attributes)
	return err == nil && strings.Contains(string(text), `"`+id+`"`)
}

// follow is what AWS does by itself after an operation: a scalable target moves the service's count
// within its bounds at once.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func (w World) follow(action string, thing Thing) error {
	if thing.Type != "aws_appautoscaling_target" || action == "delete" {
		return nil
	}
	for _, service := range w.Things(thing.Region, "aws_ecs_service") {
		if !strings.HasSuffix(fmt.Sprint(thing.Attributes["resource_id"]), "/"+fmt.Sprint(service.Attributes["name"])) {
			continue
		}
		count, _ := service.Attributes["desired_count"].(float64)
		least, _ := thing.Attributes["min_capacity"].(float64)
		most, _ := thing.Attributes["max_capacity"].(float64)
		service.Attributes["desired_count"] = max(least, min(most, count))
		if err := w.put(service); err != nil {
			return err
		}
	}
	return nil
}

// drifting are the attributes that AWS changes by itself; a refresh reads them from the world.
var drifting = map[string]string{
	"aws_ecs_service":           "desired_count",
	"aws_appautoscaling_target": "min_capacity max_capacity",
}
