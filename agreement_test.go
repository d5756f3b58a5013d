package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// edgeCases is a fleet with leads, skipped and extra dates, and time zones with daylight saving changes by an
// hour and by half an hour.
const edgeCases = `
project: agree
environment: dev
defaults:
  container: {image: "registry.example/agree:1"}
  weekend: {enabled: true, destroy_albs: true, lead_minutes: 45}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}, weekend: {skip: [2026-11-28], extra: [2026-11-25]}}
  eu-west-2: {network: {cidr: 10.1.0.0/16}, weekend: {timezone: Europe/London, start_hour: 1, end_hour: 2}}
  us-east-1: {network: {cidr: 10.2.0.0/16}, weekend: {timezone: America/New_York, start_hour: 22, end_hour: 2, skip: [2026-10-31], extra: [2026-03-09]}}
  ap-southeast-2: {network: {cidr: 10.3.0.0/16}, weekend: {timezone: Australia/Lord_Howe, start_hour: 2, end_hour: 3, lead_minutes: 20}}
  ap-southeast-6: {network: {cidr: 10.4.0.0/16}, weekend: {timezone: Pacific/Chatham, start_hour: 0, end_hour: 24, skip: [2026-09-27]}}
  eu-west-3: {network: {cidr: 10.5.0.0/16}, weekend: {timezone: Europe/Paris, destroy_albs: false, start_hour: 3, end_hour: 2}}
  eu-north-1: {network: {cidr: 10.6.0.0/16}, weekend: {active: false}}
  eu-south-1: {network: {cidr: 10.7.0.0/16}, weekend: {active: false, destroy_albs: false}}
  eu-central-1: {network: {cidr: 10.8.0.0/16}, weekend: {enabled: false}}
`

// changeDates are the dates of daylight saving changes by time zone.
var changeDates = map[string][]string{
	"Europe/London": {"2026-03-29", "2026-10-25"}, "Europe/Paris": {"2026-03-29", "2026-10-25"}, "America/New_York": {"2026-03-08", "2026-11-01"},
	"Australia/Lord_Howe": {"2026-04-05", "2026-10-04"}, "Pacific/Chatham": {"2026-04-05", "2026-09-27"},
}

// datesOf returns the dates to check: a regular weekend, the region's skipped and extra dates, and those of
// daylight saving changes.
func datesOf(region config.Region) []string {
	return slices.Concat([]string{"2026-01-17", "2026-01-18"}, region.Weekend.Skip, region.Weekend.Extra, changeDates[region.Weekend.Timezone])
}

// TestStateAgreement checks minute by minute that the stacks' locals, package config, the CLI, and the weeks
// of cost and diagram agree on when a region is awake and has a load balancer.
func TestStateAgreement(t *testing.T) {
	eachRegion(t, edgeCases, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		locals := parseLocals(t, stack)
		zone, err := time.LoadLocation(region.Weekend.Timezone)
		if err != nil {
			t.Fatal(err)
		}
		for _, date := range datesOf(region) {
			day, err := time.ParseInLocation(time.DateOnly, date, zone)
			if err != nil {
				t.Fatal(err)
			}
			for _, hour := range []int{region.Weekend.StartHour, region.Weekend.EndHour} {
				edge := time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, zone)
				for minute := -50; minute <= 65; minute++ {
					if skipMinute(minute) {
						continue
					}
					checkInstant(t, region, locals, edge.Add(time.Duration(minute)*time.Minute), config.OverrideAuto)
				}
			}
			checkInstant(t, region, locals, day.Add(12*time.Hour), config.OverrideUp)
			checkInstant(t, region, locals, day.Add(12*time.Hour), config.OverrideDown)
		}
		checkWeek(t, region, zone)
	})
}

func checkInstant(t *testing.T, region config.Region, locals locals, at time.Time, override config.Override) {
	t.Helper()
	expected := region.ExpectedAt(at, override)
	values := &evaluator{locals: locals, now: at, override: override, cache: map[string]cty.Value{}}
	if awake := values.local(t, "awake").True(); awake != expected.Awake {
		t.Fatalf("%s at %s, %s: awake after an apply: %t; expected %+v", region.Name, at, override, awake, expected)
	}
	if present := values.local(t, "load_balancer").True(); present != expected.LoadBalancer {
		t.Fatalf("%s at %s, %s: load balancer after an apply: %t; expected %+v", region.Name, at, override, present, expected)
	}
	if override != config.OverrideAuto {
		return
	}
	timing := ops.TimingAt(region, at)
	if asleep := timing.State == ops.Asleep; asleep == expected.Awake {
		t.Fatalf("%s at %s: ops.TimingAt returns %q; expected %+v", region.Name, at, timing.Text, expected)
	}
	if text := ops.NextCountChange(region, expected.Tasks, at); strings.Contains(text, "apply") {
		t.Fatalf("%s at %s: ops.NextCountChange returns %q for the expected %s tasks", region.Name, at, text, expected.Tasks)
	}
	// Outside the lead, the scheduled actions put tasks to sleep and wake them with the window.
	if region.Weekend.Enabled && region.Weekend.Active && !expected.Lead && expected.Awake != region.Schedule.Awake(at) {
		t.Fatalf("%s at %s: expected %+v; awake by the window: %t", region.Name, at, expected, region.Schedule.Awake(at))
	}
}

// eachRegion runs a test on every region of a fleet and its stack.
func eachRegion(t *testing.T, fleetFile string, test func(*testing.T, config.Region, *tfjson.Stack)) {
	t.Helper()
	eachRegionOf(t, fleetFile, func(region config.Region, stack *tfjson.Stack) {
		t.Run(region.Name, func(t *testing.T) {
			t.Parallel()
			test(t, region, stack)
		})
	})
}

// eachRegionOf calls do for every region of a fleet and its stack, in order.
func eachRegionOf(t *testing.T, fleetFile string, do func(config.Region, *tfjson.Stack)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "regions.yaml")
	write(t, file, fleetFile)
	fleet, err := synthesizeFile(file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range fleet.fleet.Regions {
		stack, err := tfjson.Read(fleet.stacks[region.Names.Stack()])
		if err != nil {
			t.Fatal(err)
		}
		do(region, stack)
	}
}

// elastic is a fleet with autoscaling in five time zones.
const elastic = `
project: elastic
environment: dev
defaults:
  container: {image: "registry.example/elastic:1", environment: {STATELESS: "true"}}
  service: {autoscaling: {enabled: true, min: 3, max: 7}}
  weekend: {enabled: true, start_hour: 5, end_hour: 23}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}}
  eu-west-2: {network: {cidr: 10.1.0.0/16}, weekend: {timezone: Europe/London, start_hour: 1, end_hour: 2}}
  us-east-1: {network: {cidr: 10.2.0.0/16}, weekend: {timezone: America/New_York, start_hour: 22, end_hour: 2}}
  ap-southeast-2: {network: {cidr: 10.3.0.0/16}, weekend: {timezone: Australia/Lord_Howe, destroy_albs: true, lead_minutes: 0}}
  ap-southeast-6: {network: {cidr: 10.4.0.0/16}, weekend: {timezone: Pacific/Chatham, days: [wed], extra: [2026-12-24]}}
`

// TestBoundsOfAutoscalingAgree checks for every hour of a year that a plan sets the bounds of the scalable target
// to those that the scheduled actions have set by then, and that the commands expect the same.
func TestBoundsOfAutoscalingAgree(t *testing.T) {
	eachRegion(t, elastic, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		byAction := map[bool]config.TaskRange{true: boundsOfActions(t, stack, "up"), false: boundsOfActions(t, stack, "down")}
		if region.Weekend.DestroyALBs {
			byAction[true] = config.TaskRange{Min: 3, Max: 7} // an apply sets them
		}
		locals, target := parseLocals(t, stack), stack.Resource("aws_appautoscaling_target.main")
		least, most := parseExpression(t, target["min_capacity"]), parseExpression(t, target["max_capacity"])
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == 2026; at = at.Add(time.Hour) {
			values := &evaluator{locals: locals, now: at, override: config.OverrideAuto, cache: map[string]cty.Value{}}
			planned := config.TaskRange{Min: values.number(t, least), Max: values.number(t, most)}
			if want := byAction[region.Schedule.Awake(at)]; planned != want {
				t.Fatalf("%s: a plan sets %s, the schedule has set %s", at, planned, want)
			}
			if expected := region.ExpectedAt(at, config.OverrideAuto).Tasks; planned != expected {
				t.Fatalf("%s: a plan sets %s, the commands expect %s", at, planned, expected)
			}
		}
	})
}

// boundsOfActions returns the bounds that all scheduled actions of one direction set.
func boundsOfActions(t *testing.T, stack *tfjson.Stack, direction string) (bounds config.TaskRange) {
	t.Helper()
	for name, action := range stack.Resources["aws_appautoscaling_scheduled_action"] {
		if !strings.HasPrefix(name, direction) {
			continue
		}
		sets, values := action["scalable_target_action"].(map[string]any), &evaluator{}
		each := config.TaskRange{Min: values.number(t, parseExpression(t, sets["min_capacity"])), Max: values.number(t, parseExpression(t, sets["max_capacity"]))}
		if bounds != (config.TaskRange{}) && bounds != each {
			t.Fatalf("%s sets %s, another action %s", name, each, bounds)
		}
		bounds = each
	}
	return bounds
}

// checkWeek checks a week without skipped or extra dates and without daylight saving changes. AWS bills a
// load balancer for each partial hour.
func checkWeek(t *testing.T, region config.Region, zone *time.Location) {
	t.Helper()
	monday := time.Date(2026, 1, 12, 0, 0, 0, 0, zone)
	tasks, balancer := region.TaskWeek(), region.LoadBalancerWeek()
	for hour := range len(tasks) {
		at := monday.Add(time.Duration(hour) * time.Hour)
		first, last := region.ExpectedAt(at, config.OverrideAuto), region.ExpectedAt(at.Add(59*time.Minute), config.OverrideAuto)
		if awake := first.Awake && !first.Lead; awake != tasks[hour] {
			t.Errorf("%s in hour %d of the week: tasks %t, in cost and diagram %t", region.Name, hour, awake, tasks[hour])
		}
		if present := first.LoadBalancer || last.LoadBalancer; present != balancer[hour] {
			t.Errorf("%s in hour %d of the week: load balancer %t, in cost and diagram %t", region.Name, hour, present, balancer[hour])
		}
	}
}

// locals are the parsed locals of a stack.
type locals map[string]hcl.Expression

func parseLocals(t *testing.T, stack *tfjson.Stack) locals {
	t.Helper()
	parsed := locals{}
	for name, value := range stack.Locals {
		source, ok := value.(string)
		if !ok {
			var entries []string
			for key, entry := range value.(map[string]any) {
				entries = append(entries, fmt.Sprintf("%q = %q", key, entry))
			}
			source = "${{" + strings.Join(entries, ", ") + "}}"
		}
		parsed[name] = parseExpression(t, source)
	}
	return parsed
}

// parseExpression parses a string of a stack that is one expression.
func parseExpression(t *testing.T, source any) hcl.Expression {
	t.Helper()
	text, _ := source.(string)
	expression, problems := hclsyntax.ParseExpression([]byte(strings.TrimSuffix(strings.TrimPrefix(text, "${"), "}")), text, hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return expression
}

// evaluator evaluates locals at a time.
type evaluator struct {
	locals   locals
	now      time.Time
	override config.Override
	cache    map[string]cty.Value
}

func (e *evaluator) local(t *testing.T, name string) cty.Value {
	t.Helper()
	if value, ok := e.cache[name]; ok {
		return value
	}
	value := e.value(t, e.locals[name])
	e.cache[name] = value
	return value
}

func (e *evaluator) number(t *testing.T, expression hcl.Expression) int {
	t.Helper()
	number, _ := e.value(t, expression).AsBigFloat().Int64()
	return int(number)
}

// value evaluates an expression, with the counts of the fleets elastic and simulated as variables.
func (e *evaluator) value(t *testing.T, expression hcl.Expression) cty.Value {
	t.Helper()
	references := map[string]cty.Value{}
	for _, reference := range expression.Variables() {
		if reference.RootName() == "local" {
			attribute := reference[1].(hcl.TraverseAttr).Name
			references[attribute] = e.local(t, attribute)
		}
	}
	value, problems := expression.Value(&hcl.EvalContext{
		Functions: functions(e.now),
		Variables: map[string]cty.Value{
			"local": cty.ObjectVal(references),
			"var": cty.ObjectVal(map[string]cty.Value{
				"weekend_state": cty.StringVal(string(e.override)), "min_count": cty.NumberIntVal(3), "max_count": cty.NumberIntVal(7),
				"desired_count": cty.NumberIntVal(2),
			}),
		},
	})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return value
}

// functions returns the Terraform functions that the locals call. Most are from the library that Terraform
// uses. The tests of package schedule evaluate the expressions with Terraform.
func functions(now time.Time) map[string]function.Function {
	return map[string]function.Function{
		"timeadd": stdlib.TimeAddFunc, "formatdate": stdlib.FormatDateFunc, "contains": stdlib.ContainsFunc, "reverse": stdlib.ReverseListFunc,
		"plantimestamp": function.New(&function.Spec{
			Type: function.StaticReturnType(cty.String),
			Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
				return cty.StringVal(now.UTC().Format(time.RFC3339)), nil
			},
		}),
		"timecmp": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "a", Type: cty.String}, {Name: "b", Type: cty.String}},
			Type:   function.StaticReturnType(cty.Number),
			Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
				a, err := time.Parse(time.RFC3339, arguments[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				b, err := time.Parse(time.RFC3339, arguments[1].AsString())
				return cty.NumberIntVal(int64(a.Compare(b))), err
			},
		}),
		"anytrue": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
			Type:   function.StaticReturnType(cty.Bool),
			Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
				for _, each := range arguments[0].AsValueSlice() {
					if each.True() {
						return cty.True, nil
					}
				}
				return cty.False, nil
			},
		}),
	}
}
