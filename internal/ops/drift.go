package ops

import (
	"cmp"
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
	found = append(found, r.alarmDrift(o, expected)...)
	found = append(found, r.keyDrift(o)...)
	for _, text := range r.configurationDrift(o, expected) {
		found = append(found, Problem{Drift, text, r.deploy()})
	}
	return found
}

func (r *Region) configurationDrift(o *observed, expected config.Expected) (drift []string) {
	differs := func(what string, is, should any) {
		drift = append(drift, differences(what, is, should)...)
	}
	if o.task != nil {
		differs("cpu", value(o.task.Cpu), strconv.Itoa(r.Container.CPU))
		differs("memory", value(o.task.Memory), strconv.Itoa(r.Container.Memory))
		differs("architecture", architecture(o.task), r.Container.Architecture)
		differs("ephemeral storage", ephemeralStorage(o.task), r.Container.EphemeralStorage)
		drift = append(drift, r.containerDrift(o.task)...)
	}
	if cfg := o.service.DeploymentConfiguration; cfg != nil {
		differs("minimum_healthy_percent", int(value(cfg.MinimumHealthyPercent)), r.Service.Deployment.MinimumHealthyPercent)
		differs("maximum_percent", int(value(cfg.MaximumPercent)), r.Service.Deployment.MaximumPercent)
	}
	if network := o.network(); network != nil && network.PublicIP != "" {
		differs("assigning public addresses to tasks", network.PublicIP, assignPublicIP[r.Network.PublicTasks()])
	}
	differs("ECS Exec", onOrOff[o.service.EnableExecuteCommand], onOrOff[r.Settings.Logs.ExecEnabled()])
	drift = append(drift, r.subnetDrift(o)...)
	drift = append(drift, r.loadBalancerDrift(o, expected)...)
	return append(drift, r.scalingDrift(o, expected)...)
}

// alarmDrift compares the alarms that fail a deployment. Those of a fleet file that names none are left as they are by
// every deploy.
func (r *Region) alarmDrift(o *observed, expected config.Expected) []Problem {
	is := []string{}
	rollback := false
	if cfg := o.service.DeploymentConfiguration; cfg != nil && cfg.Alarms != nil && cfg.Alarms.Enable {
		is, rollback = slices.Sorted(slices.Values(cfg.Alarms.AlarmNames)), cfg.Alarms.Rollback
	}
	alarms := r.Service.Deployment.Alarms
	should := slices.Sorted(slices.Values(alarms.Watched()))
	switch {
	case expected.Lead:
		return nil
	case r.Rules().Overridable && !expected.LoadBalancer:
		should = []string{} // nothing may roll falling asleep back
	}
	switch {
	case len(is) > 0 && len(alarms.Names) == 0:
		return []Problem{{Drift, "deployments fail by the alarms " + strings.Join(is, ", ") + ", which the fleet file does not name",
			advice("name them in service.deployment.alarms, with enabled: false to stop that, then deploy")}}
	case !slices.Equal(is, should):
		return []Problem{{Drift, fmt.Sprintf("deployments fail by the alarms %s, not %s", cmp.Or(strings.Join(is, ", "), "(none)"), cmp.Or(strings.Join(should, ", "), "(none)")), r.deploy()}}
	case len(is) > 0 && rollback != alarms.Rollback:
		return []Problem{{Drift, fmt.Sprintf("rollback by an alarm is %t, not %t", rollback, alarms.Rollback), r.deploy()}}
	}
	return nil
}

// keyDrift compares the key that encrypts the secret. Terraform cannot return a secret to AWS's key by leaving the key
// out.
// https://github.com/hashicorp/terraform-provider-aws/issues/21623
func (r *Region) keyDrift(o *observed) []Problem {
	if o.secret.state == "" || o.secret.state == KeyNotDeployed {
		return nil
	}
	const own = "alias/aws/secretsmanager"
	is, should := cmp.Or(o.secret.key, own), cmp.Or(r.Secrets.KMSKey, own)
	switch {
	case is == should:
		return nil
	case r.Secrets.KMSKey == "":
		return []Problem{{Drift, "the secret is encrypted with " + is + ", which the fleet file does not name", advice("set secrets.kms_key to it, or to " + own + ", then deploy")}}
	}
	return []Problem{{Drift, fmt.Sprintf("the secret is encrypted with %s, not %s", is, should), r.deploy()}}
}

// assignPublicIP maps whether tasks have public addresses to the setting of the service.
var assignPublicIP = map[bool]ecstypes.AssignPublicIp{true: ecstypes.AssignPublicIpEnabled, false: ecstypes.AssignPublicIpDisabled}

// subnetDrift compares the tasks' subnets in an existing VPC. The IDs of the stack's own are not in the fleet file.
func (r *Region) subnetDrift(o *observed) []string {
	network := o.network()
	if network == nil || !r.HasExistingVPC() {
		return nil
	}
	is, should := slices.Sorted(slices.Values(network.Subnets)), slices.Sorted(slices.Values(r.Network.Existing.TaskSubnets))
	if slices.Equal(is, should) {
		return nil
	}
	return []string{fmt.Sprintf("the tasks are in %s, not in %s", strings.Join(is, ", "), strings.Join(should, ", "))}
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

// ephemeralStorage returns the ephemeral storage of a task in GiB. ECS names no size for the default of Fargate:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
func ephemeralStorage(task *ecstypes.TaskDefinition) int {
	const standard = 20
	if task.EphemeralStorage == nil {
		return standard
	}
	return int(task.EphemeralStorage.SizeInGiB)
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

// secretVariables returns the variables that come from secrets and parameters, each with its reference: the key of the
// region's JSON secret, the name of a parameter, or what the task definition has for others. A reference is an ARN,
// followed by the key if it is a secret's: arn:aws:secretsmanager:region:account:secret:name:key::
func (r *Region) secretVariables(container ecstypes.ContainerDefinition) map[string]string {
	variables := map[string]string{}
	for _, secret := range container.Secrets {
		reference := value(secret.ValueFrom)
		parts := strings.Split(reference, ":")
		switch {
		case len(parts) > 7 && r.ownsSecret(parts[6]):
			reference = parts[7]
		case len(parts) == 6 && parts[2] == "ssm":
			reference = strings.TrimPrefix(parts[5], "parameter")
		}
		variables[value(secret.Name)] = reference
	}
	return variables
}

// ownsSecret reports whether a name in an ARN is that of the region's secret: Secrets Manager adds a hyphen and six
// characters.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html
func (r *Region) ownsSecret(name string) bool {
	prefix := r.Names.Secret() + "-"
	return strings.HasPrefix(name, prefix) && len(name) == len(prefix)+6
}

// wantedSecrets is what the fleet file sets for secretVariables.
func (r *Region) wantedSecrets(container config.ContainerDefinition) map[string]string {
	variables := map[string]string{}
	maps.Copy(variables, container.Secrets)
	for name, secret := range container.ExternalSecrets {
		variables[name] = cmp.Or(secret.Parameter, secret.Reference(r.Name, ""))
	}
	return variables
}
