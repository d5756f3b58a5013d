package ops

import (
	"fmt"
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
		"disk":            {define(object{"ephemeralStorage": object{"sizeInGiB": 50}}, nil), []string{"ephemeral storage is 50, not 20"}},
		"program":         {define(nil, object{"entryPoint": []string{"/app/other"}, "command": []string{"serve"}}), []string{"entrypoint differs", "command differs"}},
		"user":            {define(nil, object{"user": "root"}), []string{"user differs"}},
		"registry login":  {define(nil, object{"repositoryCredentials": object{"credentialsParameter": secretARN}}), []string{"secret of the registry's login differs"}},
		"directory":       {define(nil, object{"workingDirectory": "/srv"}), []string{"working directory differs"}},
		"writable":        {define(nil, object{"readonlyRootFilesystem": false}), []string{"read-only root file system is false, not true"}},
		"larger /tmp":     {define(nil, object{"linuxParameters": object{"tmpfs": []object{{"containerPath": "/run", "size": 8}, tmp(128)}}}), []string{"size of /tmp is 128 MiB, not 64"}},
		"no /tmp":         {define(nil, object{"linuxParameters": nil}), []string{"size of /tmp is 0 MiB, not 64"}},
		"health check":    {define(nil, object{"healthCheck": object{"command": []string{"CMD", "/app/check"}}}), []string{"command of the container's health check differs"}},
		"no program":      {define(nil, object{"healthCheck": object{"command": []string{}}, "command": []string{}, "user": ""}), nil},
		"key of a secret": {define(nil, object{"secrets": []object{{"name": "API_KEY", "valueFrom": secretARN + ":OTHER::"}}}), []string{"secret variable API_KEY differs"}},
		"weekend mode": {map[string]response{"DescribeScalableTargets": body(`{"ScalableTargets": [{"MinCapacity": 2, "MaxCapacity": 2}]}`)},
			[]string{"weekend mode or autoscaling is on in AWS but off in the fleet file"}},
	} {
		t.Run(name, func(t *testing.T) {
			status := newFakeAWS(t, each.aws).region("", saturday).Status(t.Context())
			if drift := messages(status.Drift); !slices.Equal(drift, each.want) {
				t.Errorf("got %q", drift)
			}
		})
	}
}

func TestContainerOfTheFleetFileIsNoDrift(t *testing.T) {
	definition := task(t, object{"ephemeralStorage": object{"sizeInGiB": 50}}, object{
		"entryPoint": []string{"/app/server"}, "command": []string{"--port", "8001"}, "user": "1000", "workingDirectory": "/app",
		"readonlyRootFilesystem": false, "linuxParameters": object{}, "healthCheck": object{"command": []string{"CMD", "/app/check"}},
	})
	region := newFakeAWS(t, map[string]response{"DescribeTaskDefinition": body(definition)}).region("", saturday)
	container := &region.Container
	container.Entrypoint, container.Command, container.User, container.WorkingDirectory = []string{"/app/server"}, []string{"--port", "8001"}, "1000", "/app"
	container.ReadOnly, container.TmpSize, container.EphemeralStorage, container.HealthCheck.Command = false, 0, 50, []string{"/app/check"}
	if drift := messages(region.Status(t.Context()).Drift); len(drift) != 0 {
		t.Errorf("got %q", drift)
	}
}

func TestDriftOfVolumes(t *testing.T) {
	volume := func(name, fileSystem, point string) object {
		return object{"name": name, "efsVolumeConfiguration": object{"fileSystemId": fileSystem, "authorizationConfig": object{"accessPointId": point}}}
	}
	mount := func(name, path string, readOnly bool) object {
		return object{"sourceVolume": name, "containerPath": path, "readOnly": readOnly}
	}
	volumes := []object{volume("data", "fs-own", "fsap-own"), volume("models", "fs-01234567", "fsap-01234567")}
	mounts := []object{mount("data", "/data", false), mount("models", "/models", true)}
	for name, each := range map[string]struct {
		volumes, mounts []object
		want            []string
	}{
		"none":                 {volumes, mounts, []string{}},
		"no volume":            {nil, nil, []string{"volume data is missing", "volume models is missing"}},
		"another path":         {volumes, []object{mount("data", "/other", false), mounts[1]}, []string{"volume data differs"}},
		"writable":             {volumes, []object{mounts[0], mount("models", "/models", false)}, []string{"volume models differs"}},
		"another file system":  {[]object{volumes[0], volume("models", "fs-76543210", "fsap-01234567")}, mounts, []string{"volume models differs"}},
		"another access point": {[]object{volumes[0], volume("models", "fs-01234567", "fsap-76543210")}, mounts, []string{"volume models differs"}},
		"one more":             {volumes, append(slices.Clone(mounts), mount("more", "/more", false)), []string{"volume more is not in the fleet file"}},
	} {
		t.Run(name, func(t *testing.T) {
			definition := task(t, object{"volumes": each.volumes}, object{"mountPoints": each.mounts})
			region := newFakeAWS(t, map[string]response{"DescribeTaskDefinition": body(definition)}).region("", saturday)
			region.Volumes = map[string]config.Volume{
				"data":   {Path: "/data", Owner: "1000:1000"},
				"models": {Path: "/models", ReadOnly: true, Existing: config.ExistingVolume{FileSystemID: "fs-01234567", AccessPointID: "fsap-01234567"}},
			}
			if drift := messages(region.Status(t.Context()).Drift); !slices.Equal(drift, each.want) {
				t.Errorf("got %q, want %q", drift, each.want)
			}
		})
	}
}

// addSidecars adds a proxy in front of the server, and a collector that tasks go on without.
func addSidecars(region *Region) {
	container := &region.Container
	container.DependsOn, container.Ingress = map[string]string{"collector": "start"}, "proxy"
	container.Sidecars = []config.Sidecar{
		{Name: "proxy", Essential: true, Port: 4180, CPU: 64, Memory: 128, LogPrefix: "ecs"},
		{Name: "collector", LogPrefix: "traces"},
	}
	for i := range container.Sidecars {
		container.Sidecars[i].Image, container.Sidecars[i].ReadOnly = "example/"+container.Sidecars[i].Name+":1", true
	}
	container.Sidecars[0].DependsOn = map[string]string{config.ServerContainer: "start"}
}

func TestDriftOfSidecars(t *testing.T) {
	proxy := object{
		"name": "proxy", "image": "example/proxy:1", "essential": true, "cpu": 64, "memory": 128, "readonlyRootFilesystem": true,
		"portMappings": []object{{"containerPort": 4180}}, "dependsOn": []object{{"containerName": "demo", "condition": "START"}},
	}
	collector := object{"name": "collector", "image": "example/collector:1", "essential": false, "readonlyRootFilesystem": true}
	with := func(container, fields object) object {
		changed := maps.Clone(container)
		maps.Copy(changed, fields)
		return changed
	}
	for name, each := range map[string]struct {
		sidecars []object
		want     []string
	}{
		"none":            {[]object{proxy, collector}, []string{}},
		"another order":   {[]object{collector, proxy}, []string{}},
		"missing":         {[]object{proxy}, []string{"sidecar collector is missing"}},
		"unknown":         {[]object{proxy, collector, with(collector, object{"name": "agent"})}, []string{"container agent is not in the fleet file"}},
		"image":           {[]object{with(proxy, object{"image": "example/proxy:2"}), collector}, []string{"sidecar proxy: image is example/proxy:2, not example/proxy:1"}},
		"port":            {[]object{with(proxy, object{"portMappings": []object{}}), collector}, []string{"sidecar proxy: port is 0, not 4180"}},
		"shares":          {[]object{with(proxy, object{"cpu": 0, "memory": nil}), collector}, []string{"sidecar proxy: cpu is 0, not 64", "sidecar proxy: memory is 0, not 128"}},
		"essential":       {[]object{proxy, with(collector, object{"essential": true})}, []string{"sidecar collector: essential is true, not false"}},
		"condition":       {[]object{with(proxy, object{"dependsOn": []object{{"containerName": "demo", "condition": "HEALTHY"}}}), collector}, []string{"sidecar proxy: dependency on demo differs"}},
		"more variables":  {[]object{proxy, with(collector, object{"environment": []object{{"name": "TOKEN", "value": "s3cr3t"}}})}, []string{"sidecar collector: variable TOKEN is not in the fleet file"}},
		"another program": {[]object{proxy, with(collector, object{"command": []string{"other"}})}, []string{"sidecar collector: command differs"}},
	} {
		t.Run(name, func(t *testing.T) {
			definition := task(t, nil, object{"dependsOn": []object{{"containerName": "collector", "condition": "START"}}}, each.sidecars...)
			region := newFakeAWS(t, map[string]response{"DescribeTaskDefinition": body(definition)}).region("", saturday)
			addSidecars(region)
			if drift := messages(region.Status(t.Context()).Drift); !slices.Equal(drift, each.want) {
				t.Errorf("got %q", drift)
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
			if drift := messages(newFakeAWS(t, aws).region(weekendMode, saturday).Status(t.Context()).Drift); len(drift) != each.want {
				t.Errorf("got %q", drift)
			}
		})
	}
}

// autoscaled has two targets, one of which needs the load balancer.
const autoscaled = "  service: {autoscaling: {enabled: true, min: 2, max: 8, targets: {cpu: 60, requests: 600}}}"

// policy is a scaling policy that tracks a target of autoscaled.
func policy(target string, fields object) object {
	configuration := object{"TargetValue": map[string]int{"cpu": 60, "requests": 600}[target], "ScaleOutCooldown": 300, "ScaleInCooldown": 300}
	maps.Copy(configuration, fields)
	return object{"PolicyName": prefix + "-autoscaling-" + target, "TargetTrackingScalingPolicyConfiguration": configuration}
}

func TestDriftOfAutoscaling(t *testing.T) {
	const bounds = `{"ScalableTargets": [{"MinCapacity": %d, "MaxCapacity": %d}]}`
	for name, each := range map[string]struct {
		least, most, desired int
		policies             []object
		settings             string
		want                 []string
	}{
		"none":            {2, 8, 5, []object{policy("cpu", nil), policy("requests", nil)}, autoscaled, []string{}},
		"another target":  {2, 8, 2, []object{policy("cpu", object{"TargetValue": 80}), policy("requests", nil)}, autoscaled, []string{"the scaling policy for cpu keeps 80, not 60"}},
		"other cooldowns": {2, 8, 2, []object{policy("cpu", object{"ScaleInCooldown": 60}), policy("requests", nil)}, autoscaled, []string{"the scaling policy for cpu waits 300 s after scaling out and 60 s after scaling in, not 300 s and 300 s"}},
		"no policy":       {2, 8, 8, []object{policy("cpu", nil)}, autoscaled, []string{"the scaling policy for requests is missing"}},
		"another policy":  {2, 8, 8, []object{policy("cpu", nil), policy("requests", nil), policy("memory", nil)}, autoscaled, []string{"scaling policy " + prefix + "-autoscaling-memory is not in the fleet file"}},
		"held by scale":   {4, 4, 4, []object{policy("cpu", nil), policy("requests", nil)}, autoscaled, []string{"autoscaling keeps 4 tasks, not 2 to 8 tasks"}},
		"not deployed":    {0, 0, 2, nil, autoscaled, []string{"autoscaling is off in AWS but on in the fleet file"}},
		"out of range":    {2, 8, 9, []object{policy("cpu", nil), policy("requests", nil)}, autoscaled, []string{"desired count is 9, not 2 to 8"}},
		"turned off":      {2, 8, 2, nil, "", []string{"weekend mode or autoscaling is on in AWS but off in the fleet file"}},
	} {
		t.Run(name, func(t *testing.T) {
			aws := serviceFields(t, object{"desiredCount": each.desired, "runningCount": each.desired})
			if each.most > 0 {
				aws["DescribeScalableTargets"] = body(fmt.Sprintf(bounds, each.least, each.most))
			}
			aws["DescribeScalingPolicies"] = body(mustJSON(t, object{"ScalingPolicies": each.policies}))
			if drift := messages(newFakeAWS(t, aws).region(each.settings, saturday).Status(t.Context()).Drift); !slices.Equal(drift, each.want) {
				t.Errorf("got %q", drift)
			}
		})
	}
}

// TestTheRangeOfAutoscalingIsRestoredByWeekendUp holds that no fix pins the number of tasks.
func TestTheRangeOfAutoscalingIsRestoredByWeekendUp(t *testing.T) {
	aws := serviceFields(t, object{"desiredCount": 0, "runningCount": 0})
	aws["DescribeScalableTargets"] = body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0}]}`)
	aws["DescribeScalingPolicies"] = body(mustJSON(t, object{"ScalingPolicies": []object{policy("cpu", nil), policy("requests", nil)}}))
	problems := newFakeAWS(t, aws).region(autoscaled, saturday).Status(t.Context()).Problems
	if len(problems) != 1 || problems[0].Code != DesiredCountZero || problems[0].Fix.Verb != VerbWeekendUp {
		t.Errorf("got %+v", problems)
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
	if drift := messages(newFakeAWS(t, aws).region(weekendMode, saturday).Status(t.Context()).Drift); len(drift) > 0 {
		t.Errorf("got %q", drift)
	}
}
