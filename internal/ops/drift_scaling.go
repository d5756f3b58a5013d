package ops

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/cdtait/mcpfleet/config"
)

// scalingDrift returns the differences in what changes the number of tasks between two applies.
func (r *Region) scalingDrift(o *observed, expected config.Expected) []string {
	switch {
	case o.scheduleUnknown, o.scalable == nil && !r.Scaled():
		return nil
	case !r.Scaled():
		return []string{"weekend mode or autoscaling is on in AWS but off in the fleet file"}
	case o.scalable == nil && r.Weekend.Enabled:
		return []string{"weekend mode is off in AWS but on in the fleet file"}
	case o.scalable == nil:
		return []string{"autoscaling is off in AWS but on in the fleet file"}
	}
	return slices.Concat(r.actionDrift(o.actions, r.override(o)), r.policyDrift(o.policies, expected))
}

// boundsDrift returns how the bounds of autoscaling differ, empty if they are as expected or there is no
// autoscaling: without it, the desired count tells.
func (r *Region) boundsDrift(o *observed, expected config.Expected) string {
	if o.scalable == nil || !r.Service.Autoscaling.Enabled || expected.Lead {
		return ""
	}
	is := boundsOf(o.scalable.MinCapacity, o.scalable.MaxCapacity)
	if is == expected.Tasks {
		return ""
	}
	return fmt.Sprintf("autoscaling keeps %s, not %s", is.Describe(), expected.Tasks.Describe())
}

// policyDrift compares the scaling policies with the targets of the fleet file. The policy that counts requests
// exists only while the load balancer does.
func (r *Region) policyDrift(policies []scalingtypes.ScalingPolicy, expected config.Expected) (drift []string) {
	there := map[string]scalingtypes.ScalingPolicy{}
	for _, policy := range policies {
		there[value(policy.PolicyName)] = policy
	}
	for _, should := range r.Service.Autoscaling.PresentTargets(expected.LoadBalancer) {
		policy, ok := there[r.Names.ScalingPolicy(should.Name)]
		delete(there, r.Names.ScalingPolicy(should.Name))
		if !ok {
			drift = append(drift, "the scaling policy for "+should.Name+" is missing")
			continue
		}
		drift = append(drift, r.targetDrift(should, policy.TargetTrackingScalingPolicyConfiguration)...)
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		drift = append(drift, "scaling policy "+name+" is not in the fleet file")
	}
	return drift
}

func (r *Region) targetDrift(should config.Target, is *scalingtypes.TargetTrackingScalingPolicyConfiguration) (drift []string) {
	if is == nil {
		return []string{"the scaling policy for " + should.Name + " does not track a target"}
	}
	if target := value(is.TargetValue); target != float64(should.Value) {
		drift = append(drift, fmt.Sprintf("the scaling policy for %s keeps %v, not %d", should.Name, target, should.Value))
	}
	scaling := r.Service.Autoscaling
	if out, in := int(value(is.ScaleOutCooldown)), int(value(is.ScaleInCooldown)); out != scaling.ScaleOutCooldown || in != scaling.ScaleInCooldown {
		drift = append(drift, fmt.Sprintf("the scaling policy for %s waits %d s after scaling out and %d s after scaling in, not %d s and %d s",
			should.Name, out, in, scaling.ScaleOutCooldown, scaling.ScaleInCooldown))
	}
	return drift
}

// boundsOf returns the range of two bounds in the API's type.
func boundsOf(least, most *int32) config.TaskRange {
	return config.TaskRange{Min: int(value(least)), Max: int(value(most))}
}

// overrideOmitting maps the direction of a scheduled action (true is up) to the override that omits it.
var overrideOmitting = map[bool]config.Override{true: config.OverrideDown, false: config.OverrideUp}

// override infers the override of the last apply: weekend_state=up omits the scheduled actions that put the
// region to sleep, and weekend_state=down those that wake it.
func (r *Region) override(o *observed) config.Override {
	if !r.Weekend.Enabled || o.scheduleUnknown || o.scalable == nil {
		return config.OverrideAuto
	}
	missing := map[bool]bool{}
	for _, should := range r.ScheduledActions() {
		name := r.Names.ScheduledAction(should.Name)
		there := slices.ContainsFunc(o.actions, func(action scalingtypes.ScheduledAction) bool { return value(action.ScheduledActionName) == name })
		before, known := missing[should.Up]
		missing[should.Up] = !there && (before || !known)
	}
	switch {
	case missing[false] && !missing[true] && value(o.scalable.MinCapacity) > 0:
		return config.OverrideUp
	case missing[true] && !missing[false] && value(o.scalable.MaxCapacity) == 0:
		return config.OverrideDown
	}
	return config.OverrideAuto
}

func (r *Region) actionDrift(actions []scalingtypes.ScheduledAction, override config.Override) (drift []string) {
	there := map[string]scalingtypes.ScheduledAction{}
	for _, action := range actions {
		there[value(action.ScheduledActionName)] = action
	}
	for _, should := range r.ScheduledActions() {
		name := r.Names.ScheduledAction(should.Name)
		action, ok := there[name]
		delete(there, name)
		tasks := config.TaskRange{}
		if should.Up {
			tasks = r.Service.TaskRange()
		}
		switch {
		case !ok && override == overrideOmitting[should.Up]:
		case !ok:
			drift = append(drift, "scheduled action "+should.Name+" is missing")
		case value(action.Schedule) != should.Expression || value(action.Timezone) != r.Weekend.Timezone:
			drift = append(drift, fmt.Sprintf("scheduled action %s is %s %s, not %s %s",
				should.Name, value(action.Schedule), value(action.Timezone), should.Expression, r.Weekend.Timezone))
		case action.ScalableTargetAction != nil && boundsOf(action.ScalableTargetAction.MinCapacity, action.ScalableTargetAction.MaxCapacity) != tasks:
			is := boundsOf(action.ScalableTargetAction.MinCapacity, action.ScalableTargetAction.MaxCapacity)
			drift = append(drift, fmt.Sprintf("scheduled action %s sets %s, not %s", should.Name, is.Describe(), tasks))
		}
	}
	if r.WakesOnRequest() {
		delete(there, r.Names.WakeEnd()) // which the function creates
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		drift = append(drift, "scheduled action "+strings.TrimPrefix(name, r.Names.Weekend()+"-")+" is not in the fleet file")
	}
	return drift
}
