package ops

import (
	"maps"
	"slices"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

const (
	weekendMode = "  weekend: {enabled: true}"
	destroyMode = "  weekend: {enabled: true, destroy_albs: true}"
)

// scheduledActions is the DescribeScheduledActions response for the actions of a region. Change may alter or
// drop each (by returning nil).
func scheduledActions(t *testing.T, region config.Region, change func(object) object) string {
	t.Helper()
	actions := []object{}
	for _, each := range region.ScheduledActions() {
		count := 0
		if each.Up {
			count = region.Service.DesiredCount
		}
		action := object{
			"ScheduledActionName": region.Names.ScheduledAction(each.Name), "Schedule": each.Expression, "Timezone": region.Weekend.Timezone,
			"ScalableTargetAction": object{"MinCapacity": count, "MaxCapacity": count},
		}
		if change != nil {
			action = change(action)
		}
		if action != nil {
			actions = append(actions, action)
		}
	}
	return mustJSON(t, object{"ScheduledActions": actions})
}

func TestDriftIsFoundInEverySetting(t *testing.T) {
	define := func(definition, container object) map[string]response {
		return map[string]response{"DescribeTaskDefinition": body(task(t, definition, container))}
	}
	for name, each := range map[string]struct {
		aws  map[string]response
		want []string
	}{
		"count":           {serviceFields(t, object{"desiredCount": 3, "runningCount": 3}), []string{"desired count is 3, not 2"}},
		"cpu":             {define(object{"cpu": "512"}, nil), []string{"cpu is 512, not 256"}},
		"memory":          {define(object{"memory": "1024"}, nil), []string{"memory is 1024, not 512"}},
		"architecture":    {define(object{"runtimePlatform": object{"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}, nil), []string{"architecture is arm64, not x86_64"}},
		"named default":   {define(object{"runtimePlatform": object{"cpuArchitecture": "X86_64"}}, nil), nil},
		"image":           {define(nil, object{"image": "example/server:2"}), []string{"image is example/server:2, not example/server:1"}},
		"port":            {define(nil, object{"portMappings": []object{{"containerPort": 80}}}), []string{"port is 80, not 8001"}},
		"variable":        {define(nil, object{"environment": []object{{"name": "PORT", "value": "80"}}}), []string{"variable PORT differs"}},
		"other variables": {define(nil, object{"environment": []object{{"name": "MORE", "value": "s3cr3t"}}}), []string{"variable MORE is not in the fleet file", "variable PORT is missing"}},
		"key of a secret": {define(nil, object{"secrets": []object{{"name": "API_KEY", "valueFrom": secretARN + ":OTHER::"}}}), []string{"secret variable API_KEY differs"}},
		"weekend mode": {map[string]response{"DescribeScalableTargets": body(`{"ScalableTargets": [{"MinCapacity": 2, "MaxCapacity": 2}]}`)},
			[]string{"weekend mode is on in AWS but off in the fleet file"}},
	} {
		t.Run(name, func(t *testing.T) {
			status := newFakeAWS(t, each.aws).region("", saturday).Status(t.Context())
			if !slices.Equal(status.Drift, each.want) {
				t.Errorf("got %q", status.Drift)
			}
		})
	}
}

func TestDriftOfTheSchedule(t *testing.T) {
	region := fleet(t, weekendMode)
	set := func(fields object) func(object) object {
		return func(action object) object {
			maps.Copy(action, fields)
			return action
		}
	}
	awake := body(`{"ScalableTargets": [{"MinCapacity": 2, "MaxCapacity": 2}]}`)
	for name, each := range map[string]struct {
		target response
		change func(object) object
		want   int
	}{
		"none":               {awake, nil, 0},
		"no scalable target": {body(`{"ScalableTargets": []}`), nil, 1},
		"another time":       {awake, set(object{"Schedule": "cron(0 7 ? * SAT *)"}), 2},
		"another time zone":  {awake, set(object{"Timezone": "Europe/London"}), 2},
		"other counts":       {awake, set(object{"ScalableTargetAction": object{"MinCapacity": 9, "MaxCapacity": 9}}), 2},
		"another name":       {awake, set(object{"ScheduledActionName": region.Names.Weekend() + "-other"}), 3},
	} {
		t.Run(name, func(t *testing.T) {
			aws := map[string]response{"DescribeScalableTargets": each.target, "DescribeScheduledActions": body(scheduledActions(t, region, each.change))}
			if drift := newFakeAWS(t, aws).region(weekendMode, saturday).Status(t.Context()).Drift; len(drift) != each.want {
				t.Errorf("got %q", drift)
			}
		})
	}
}

// TestAnOverrideIsRecognised has what an apply with -var weekend_state leaves: it omits the actions that would
// undo it.
func TestAnOverrideIsRecognised(t *testing.T) {
	region := fleet(t, weekendMode)
	keep := func(up bool) string {
		return scheduledActions(t, region, func(action object) object {
			if wakes := action["ScalableTargetAction"].(object)["MinCapacity"] != 0; wakes != up {
				return nil
			}
			return action
		})
	}
	for name, each := range map[string]struct {
		bounds, actions string
		want            config.Override
	}{
		"auto":              {`{"MinCapacity": 2, "MaxCapacity": 2}`, scheduledActions(t, region, nil), config.OverrideAuto},
		"held awake":        {`{"MinCapacity": 2, "MaxCapacity": 2}`, keep(true), config.OverrideUp},
		"held asleep":       {`{"MinCapacity": 0, "MaxCapacity": 0}`, keep(false), config.OverrideDown},
		"an action missing": {`{"MinCapacity": 0, "MaxCapacity": 0}`, keep(true), config.OverrideAuto},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFakeAWS(t, map[string]response{
				"DescribeScalableTargets": body(`{"ScalableTargets": [` + each.bounds + `]}`), "DescribeScheduledActions": body(each.actions),
			}).region(weekendMode, saturday)
			if got := r.override(r.observe(t.Context())); got != each.want {
				t.Errorf("got %v, want %v", got, each.want)
			}
		})
	}
}

// TestWhatCannotBeSeenIsNoDrift denies the requests that drift is told from.
func TestWhatCannotBeSeenIsNoDrift(t *testing.T) {
	denied := refuse(400, "AccessDeniedException", "no")
	aws := map[string]response{"DescribeLoadBalancers": denied, "DescribeScalableTargets": denied, "DescribeTaskDefinition": denied}
	if drift := newFakeAWS(t, aws).region(weekendMode, saturday).Status(t.Context()).Drift; len(drift) > 0 {
		t.Errorf("got %q", drift)
	}
}
