package ops

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// drift is where what runs differs from what the fleet file and the schedule say. What could not be
// seen is not called different.
func (r *Region) drift(o *observed, now time.Time) (drift []string) {
	differs := func(what string, is, should any) {
		if is != should {
			drift = append(drift, fmt.Sprintf("%s is %v, not %v", what, is, should))
		}
	}
	differs("desired count", int(o.service.DesiredCount), ShouldRun(r.Region, now))
	if o.task != nil {
		differs("cpu", value(o.task.Cpu), strconv.Itoa(r.Container.CPU))
		differs("memory", value(o.task.Memory), strconv.Itoa(r.Container.Memory))
	}
	if o.task != nil && len(o.task.ContainerDefinitions) > 0 {
		container := o.task.ContainerDefinitions[0]
		differs("image", value(container.Image), r.Container.Image)
		differs("port", containerPort(container), r.Container.Port)
		drift = append(drift, mapDrift("variable", environment(container), r.Container.Environment)...)
		drift = append(drift, mapDrift("secret variable", secretVariables(container), r.Container.Secrets)...)
	}
	drift = append(drift, r.loadBalancerDrift(o, now)...)
	return append(drift, r.scheduleDrift(o)...)
}

func (r *Region) loadBalancerDrift(o *observed, now time.Time) []string {
	if o.balancerUnseen {
		return nil
	}
	switch should := ShouldHaveLoadBalancer(r.Region, now); {
	case should && o.balancer == nil:
		return []string{"there is no load balancer"}
	case !should && o.balancer != nil:
		return []string{"the load balancer is still there"}
	}
	return nil
}

func (r *Region) scheduleDrift(o *observed) (drift []string) {
	if o.scheduleUnseen {
		return nil
	}
	if !r.Weekend.Enabled {
		if o.scalable != nil {
			return []string{"weekend mode is on in AWS, off in the fleet file"}
		}
		return nil
	}
	if o.scalable == nil {
		return []string{"weekend mode is off in AWS, on in the fleet file"}
	}
	return r.actionDrift(o.actions)
}

func (r *Region) actionDrift(actions []scalingtypes.ScheduledAction) (drift []string) {
	there := map[string]scalingtypes.ScheduledAction{}
	for _, action := range actions {
		there[value(action.ScheduledActionName)] = action
	}
	for _, should := range r.ScheduledActions() {
		name := r.Names.ScheduledAction(should.Name)
		action, ok := there[name]
		delete(there, name)
		count := 0
		if should.Up {
			count = r.Service.DesiredCount
		}
		switch {
		case !ok:
			drift = append(drift, "scheduled action "+should.Name+" is not there")
		case value(action.Schedule) != should.Expression || value(action.Timezone) != r.Weekend.Timezone:
			drift = append(drift, fmt.Sprintf("scheduled action %s is %s %s, not %s %s",
				should.Name, value(action.Schedule), value(action.Timezone), should.Expression, r.Weekend.Timezone))
		case action.ScalableTargetAction != nil && int(value(action.ScalableTargetAction.MinCapacity)) != count:
			drift = append(drift, fmt.Sprintf("scheduled action %s sets %d tasks, not %d", should.Name, value(action.ScalableTargetAction.MinCapacity), count))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		drift = append(drift, "scheduled action "+strings.TrimPrefix(name, r.Names.Weekend()+"-")+" is not in the fleet file")
	}
	return drift
}

// mapDrift names keys only: a value may be long, or nobody's business.
func mapDrift(what string, is, should map[string]string) (drift []string) {
	all := maps.Clone(is)
	maps.Copy(all, should)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		isValue, isThere := is[key]
		shouldValue, shouldBe := should[key]
		switch {
		case !isThere:
			drift = append(drift, what+" "+key+" is not there")
		case !shouldBe:
			drift = append(drift, what+" "+key+" is not in the fleet file")
		case isValue != shouldValue:
			drift = append(drift, what+" "+key+" differs")
		}
	}
	return drift
}

func containerPort(container ecstypes.ContainerDefinition) int {
	if len(container.PortMappings) == 0 {
		return 0
	}
	return int(value(container.PortMappings[0].ContainerPort))
}

func environment(container ecstypes.ContainerDefinition) map[string]string {
	variables := map[string]string{}
	for _, pair := range container.Environment {
		variables[value(pair.Name)] = value(pair.Value)
	}
	return variables
}

// secretVariables are the variables with the keys of the JSON secret, which a reference holds after
// the secret's ARN: arn:aws:secretsmanager:region:account:secret:name:key::
func secretVariables(container ecstypes.ContainerDefinition) map[string]string {
	variables := map[string]string{}
	for _, secret := range container.Secrets {
		parts := strings.Split(value(secret.ValueFrom), ":")
		key := ""
		if len(parts) > 7 {
			key = parts[7]
		}
		variables[value(secret.Name)] = key
	}
	return variables
}
