package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/metrictest"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// world is a region over time, as CloudWatch sees it.
type world struct {
	region config.Region
	// broken begins what the functions below change; nothing is broken if it is zero.
	broken time.Time
	// running changes the number of tasks, and metric the value of a metric, from then on.
	running func(int) int
	metric  map[string]float64
}

// startTime is how long tasks take to start.
const startTime = 3 * time.Minute

// tasks returns how many tasks run.
func (w world) tasks(at time.Time) int {
	count := 0
	if expected := w.region.ExpectedAt(at.Add(-startTime), config.OverrideAuto); expected.Awake && w.region.ExpectedAt(at, config.OverrideAuto).Awake {
		count = w.region.Service.TaskRange().Min
	}
	if w.running != nil && !at.Before(w.broken) {
		return w.running(count)
	}
	return count
}

func (w world) value(metric metrictest.Metric, start time.Time, _ time.Duration) metrictest.Value {
	if value, changed := w.metric[metric.Name]; changed && !start.Before(w.broken) && (w.tasks(start) > 0 || metric.Name == "DaysToExpiry") {
		return &value
	}
	tasks, balancer := w.tasks(start), w.region.ExpectedAt(start, config.OverrideAuto).LoadBalancer
	serving := map[string]float64{"UnHealthyHostCount": 0, "RequestCount": 1000, "TargetResponseTime": 0.4}
	switch value, ofServing := serving[metric.Name]; {
	case metric.Name == "DaysToExpiry":
		return new(200.0)
	case metric.Name == "CPUUtilization" && tasks > 0:
		return new(float64(tasks))
	case ofServing && tasks > 0 && balancer:
		return &value
	case metric.Name == "HTTPCode_ELB_5XX_Count" && tasks == 0 && balancer:
		return new(600.0) // the load balancer responds with 503
	}
	return nil
}

// stackAlarms returns the alarms of a stack by address, evaluated like Terraform for weekend_state.
func stackAlarms(t *testing.T, region config.Region, stack *tfjson.Stack, state string) map[string]*metrictest.Alarm {
	t.Helper()
	all := map[string]*metrictest.Alarm{}
	for name, resource := range stack.Resources["aws_cloudwatch_metric_alarm"] {
		plain, _ := evaluated(t, map[string]any(resource), map[string]cty.Value{
			"weekend_state": cty.StringVal(state), "desired_count": cty.NumberIntVal(int64(region.Service.DesiredCount)), "min_count": cty.NumberIntVal(int64(region.Service.TaskRange().Min)),
		}).(map[string]any)
		alarm, err := metrictest.New(plain)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = alarm
	}
	return all
}

// evaluated returns a value of a stack with the variables in it. Other references stay as they are.
func evaluated(t *testing.T, value any, variables map[string]cty.Value) any {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		result := map[string]any{}
		for key, each := range value {
			result[key] = evaluated(t, each, variables)
		}
		return result
	case []any:
		result := []any{}
		for _, each := range value {
			result = append(result, evaluated(t, each, variables))
		}
		return result
	case string:
		if !strings.Contains(value, "${") || !strings.Contains(value, "var.") {
			return value
		}
		template, diagnostics := hclsyntax.ParseTemplate([]byte(value), "alarm", hcl.InitialPos)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		result, diagnostics := template.Value(&hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(variables)}})
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		return result.AsString()
	}
	return value
}

// firing returns the alarms that go off between two times, each with how long after the start it did.
func (w world) firing(t *testing.T, alarms map[string]*metrictest.Alarm, from, to time.Time) map[string]time.Duration {
	t.Helper()
	fired := map[string]time.Duration{}
	for name, alarm := range alarms {
		breaching := 0
		for start := from.Truncate(alarm.Period); start.Before(to); start = start.Add(alarm.Period) {
			// The alarms of the load balancer exist as long as it does.
			gone := name != "tasks" && name != "certificate" && !w.region.ExpectedAt(start, config.OverrideAuto).LoadBalancer
			breaches, err := alarm.Breaches(start, w.value)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if breaching++; gone || !breaches {
				breaching = 0
			}
			if breaching >= alarm.Periods {
				fired[name] = start.Add(alarm.Period).Sub(from)
				break
			}
		}
	}
	return fired
}

// weekendFleets are fleets with alarms that sleep in both modes, and one that does not sleep. Clocks change on
// 28 March 2027, and the window crosses midnight.
var weekendFleets = map[string]string{
	"keep":      "  weekend: {enabled: true, days: [fri, sat], start_hour: 20, end_hour: 2, timezone: Europe/Dublin, skip: [\"2027-03-26\"], extra: [\"2027-03-24\"]}\n",
	"destroy":   "  weekend: {enabled: true, destroy_albs: true, lead_minutes: 20, days: [fri, sat], start_hour: 20, end_hour: 2, timezone: Europe/Dublin, skip: [\"2027-03-26\"], extra: [\"2027-03-24\"]}\n",
	"always on": "",
	"never on":  "  weekend: {enabled: true, active: false}\n",
}

func eachWeekendFleet(t *testing.T, test func(t *testing.T, w world, alarms func(state string) map[string]*metrictest.Alarm)) {
	t.Helper()
	text, err := os.ReadFile("examples/alarms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, weekend := range weekendFleets {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "regions.yaml")
			lines := slices.DeleteFunc(strings.SplitAfter(string(text), "\n"), func(line string) bool { return strings.HasPrefix(line, "  weekend:") })
			write(t, file, strings.Replace(strings.Join(lines, ""), "regions:\n", weekend+"regions:\n", 1))
			synthesized, err := synthesizeFile(file, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			region := synthesized.fleet.Regions[0]
			stack, err := tfjson.Read(synthesized.stacks[region.Names.Stack()])
			if err != nil {
				t.Fatal(err)
			}
			test(t, world{region: region}, func(state string) map[string]*metrictest.Alarm { return stackAlarms(t, region, stack, state) })
		})
	}
}

// fortnight begins on a Monday. It has two windows a week, one that is skipped, one extra, and a change of clocks.
var fortnight = time.Date(2027, time.March, 15, 0, 0, 0, 0, time.UTC)

func TestNoAlarmGoesOffBecauseARegionSleeps(t *testing.T) {
	eachWeekendFleet(t, func(t *testing.T, w world, alarms func(string) map[string]*metrictest.Alarm) {
		t.Parallel()
		if fired := w.firing(t, alarms("auto"), fortnight, fortnight.AddDate(0, 0, 14)); len(fired) > 0 {
			t.Errorf("fired: %v", fired)
		}
	})
}

// awakeHours returns the first whole hour in the fortnight in which a region is awake and healthy, and the time at which
// it woke.
func awakeHours(w world) (opened, healthy time.Time, ok bool) {
	for at := fortnight; at.Before(fortnight.AddDate(0, 0, 14)); at = at.Add(time.Minute) {
		switch awake := w.region.Schedule.Awake(at) || !w.region.Weekend.Enabled; {
		case !w.region.Weekend.Active && w.region.Weekend.Enabled:
			return opened, healthy, false
		case awake:
			return at, at.Add(time.Hour), true
		}
	}
	return opened, healthy, false
}

// TestAlarmsGoOff breaks a region while it is awake, and expects the alarm within half an hour.
func TestAlarmsGoOff(t *testing.T) {
	const soon = 30 * time.Minute
	eachWeekendFleet(t, func(t *testing.T, w world, alarms func(string) map[string]*metrictest.Alarm) {
		opened, healthy, ok := awakeHours(w)
		if !ok {
			return
		}
		for name, each := range map[string]struct {
			broken  time.Time
			running func(int) int
			metric  map[string]float64
			want    string
		}{
			"dead":            {healthy, func(int) int { return 0 }, nil, "tasks load_balancer_errors"},
			"one task":        {healthy, func(int) int { return 1 }, nil, "tasks"},
			"never woke":      {opened.Add(-time.Hour), func(int) int { return 0 }, nil, "tasks load_balancer_errors"},
			"unhealthy":       {healthy, nil, map[string]float64{"UnHealthyHostCount": 1}, "unhealthy_targets"},
			"failing":         {healthy, nil, map[string]float64{"HTTPCode_Target_5XX_Count": 20}, "target_errors"},
			"failing once":    {healthy, nil, map[string]float64{"HTTPCode_Target_5XX_Count": 4, "RequestCount": 4}, ""},
			"failing a bit":   {healthy, nil, map[string]float64{"HTTPCode_Target_5XX_Count": 19}, ""},
			"refusing":        {healthy, nil, map[string]float64{"HTTPCode_ELB_5XX_Count": 30}, "load_balancer_errors"},
			"slow":            {healthy, nil, map[string]float64{"TargetResponseTime": 10.5}, "response_time"},
			"not slow enough": {healthy, nil, map[string]float64{"TargetResponseTime": 10}, ""},
			"certificate":     {opened.Add(-48 * time.Hour), nil, map[string]float64{"DaysToExpiry": 29}, "certificate"},
		} {
			w.broken, w.running, w.metric = each.broken, each.running, each.metric
			from := healthy
			if each.broken.Before(opened) {
				from = opened
			}
			fired := w.firing(t, alarms("auto"), from, from.Add(soon))
			var names []string
			for name := range fired {
				names = append(names, name)
			}
			slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
			if got := strings.Join(names, " "); got != each.want {
				t.Errorf("%s: %s went off, want %s", name, got, each.want)
			}
		}
	})
}

// TestAnOverrideAppliesToTheAlarms holds a sleeping region awake, and one that is awake asleep.
func TestAnOverrideAppliesToTheAlarms(t *testing.T) {
	eachWeekendFleet(t, func(t *testing.T, w world, alarms func(string) map[string]*metrictest.Alarm) {
		w.running = func(int) int { return 0 }
		for state, want := range map[string]bool{"up": true, "down": false} {
			for _, at := range []time.Time{fortnight, fortnight.AddDate(0, 0, 4).Add(21 * time.Hour)} {
				if _, fired := w.firing(t, alarms(state), at, at.Add(time.Hour))["tasks"]; fired != want {
					t.Errorf("%s at %s: the alarm on the tasks went off: %t", state, at, fired)
				}
			}
		}
	})
}

// TestTheStackHasTheAlarmsOfTheRegion compares the stacks with the list that the commands look for.
func TestTheStackHasTheAlarmsOfTheRegion(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		always, withLoadBalancer := region.AlarmIDs()
		want := map[string]bool{}
		for _, id := range always {
			want[string(id)] = false
		}
		for _, id := range withLoadBalancer {
			want[string(id)] = true
		}
		got := map[string]bool{}
		for name, alarm := range stack.Resources["aws_cloudwatch_metric_alarm"] {
			if name == "idle" && region.WakesOnRequest() {
				continue // calls a function, and nobody
			}
			got[name] = alarm["count"] != nil
			if wanted := region.Names.Alarm(name); alarm.Text("alarm_name") != wanted {
				t.Errorf("%s is named %s, want %s", name, alarm.Text("alarm_name"), wanted)
			}
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("alarms, and whether they depend on the load balancer (- want, + got)\n%s", difference)
		}
	})
}
