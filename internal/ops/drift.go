package ops

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/config"
)

// drift returns the differences between what is deployed and what the fleet file and the schedule require. It
// skips what could not be observed. A deploy removes all drift except the desired count, which the schedule
// owns in weekend mode, and the capacity.
func (r *Region) drift(o *observed, expected config.Expected) (found []Problem) {
	if is := int(o.service.DesiredCount); !expected.Tasks.Contains(is) && (!expected.Lead || is != 0) {
		found = append(found, Problem{Drift, fmt.Sprintf("desired count is %d, not %s", is, expected.Tasks), r.wake(expected)})
	}
	if text := r.boundsDrift(o, expected); text != "" {
		found = append(found, Problem{Drift, text, r.wake(expected)})
	}
	found = append(found, r.capacityDrift(o)...)
	for _, text := range r.configurationDrift(o, expected) {
		found = append(found, Problem{Drift, text, r.deploy()})
	}
	return found
}

func (r *Region) configurationDrift(o *observed, expected config.Expected) (drift []string) {
	differs := func(what string, is, should any) {
		if is != should {
			drift = append(drift, fmt.Sprintf("%s is %v, not %v", what, is, should))
		}
	}
	if o.task != nil {
		differs("cpu", value(o.task.Cpu), strconv.Itoa(r.Container.CPU))
		differs("memory", value(o.task.Memory), strconv.Itoa(r.Container.Memory))
		differs("architecture", architecture(o.task), r.Container.Architecture)
	}
	if o.task != nil && len(o.task.ContainerDefinitions) > 0 {
		container := o.task.ContainerDefinitions[0]
		differs("image", value(container.Image), r.Container.Image)
		differs("port", containerPort(container), r.Container.Port)
		drift = append(drift, mapDrift("variable", environment(container), r.Container.Environment)...)
		drift = append(drift, mapDrift("secret variable", secretVariables(container), r.Container.Secrets)...)
	}
	drift = append(drift, r.loadBalancerDrift(o, expected)...)
	return append(drift, r.scalingDrift(o, expected)...)
}

func (r *Region) loadBalancerDrift(o *observed, expected config.Expected) []string {
	if o.balancerUnknown || expected.Lead {
		return nil
	}
	switch should := expected.LoadBalancer; {
	case should && o.balancer == nil:
		return []string{"the load balancer is missing"}
	case !should && o.balancer != nil:
		return []string{"the load balancer still exists"}
	}
	return nil
}

// mapDrift reports keys only: values may be long or confidential.
func mapDrift(what string, is, should map[string]string) (drift []string) {
	all := maps.Clone(is)
	maps.Copy(all, should)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		isValue, isThere := is[key]
		shouldValue, shouldBe := should[key]
		switch {
		case !isThere:
			drift = append(drift, what+" "+key+" is missing")
		case !shouldBe:
			drift = append(drift, what+" "+key+" is not in the fleet file")
		case isValue != shouldValue:
			drift = append(drift, what+" "+key+" differs")
		}
	}
	return drift
}

// architecture returns the CPU architecture in the spelling of the fleet file. Without a platform, ECS runs tasks
// on x86.
func architecture(task *ecstypes.TaskDefinition) string {
	if task.RuntimePlatform == nil || task.RuntimePlatform.CpuArchitecture == "" {
		return "x86_64"
	}
	return strings.ToLower(string(task.RuntimePlatform.CpuArchitecture))
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

// secretVariables returns the variables that come from the JSON secret, each with its key. A reference is the
// secret's ARN followed by the key: arn:aws:secretsmanager:region:account:secret:name:key::
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
