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

// disputed is a fleet whose regions see their edges move: windows with a lead, dates of their own, and
// changes of the clocks forward and back, by an hour and by half of one.
const disputed = `
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

// changeDates are those on which zones change their clocks.
var changeDates = map[string][]string{
	"Europe/London": {"2026-03-29", "2026-10-25"}, "Europe/Paris": {"2026-03-29", "2026-10-25"}, "America/New_York": {"2026-03-08", "2026-11-01"},
	"Australia/Lord_Howe": {"2026-04-05", "2026-10-04"}, "Pacific/Chatham": {"2026-04-05", "2026-09-27"},
}

// datesOf are an ordinary weekend, the region's own dates, and those on which its zone changes its clocks.
func datesOf(region config.Region) []string {
	return slices.Concat([]string{"2026-01-17", "2026-01-18"}, region.Weekend.Skip, region.Weekend.Extra, changeDates[region.Weekend.Timezone])
}

// TestEverybodyAgreesOnWhatBelongsInARegion holds the stacks' locals, the one answer of config, the words
// of the operations CLI, and the week that cost and diagram show against each other, minute by minute.
func TestEverybodyAgreesOnWhatBelongsInARegion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "regions.yaml")
	write(t, file, disputed)
	fleet, err := synthesizeFile(file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range fleet.fleet.Regions {
		t.Run(region.Name, func(t *testing.T) {
			stack, err := tfjson.Read(fleet.stacks[region.Names.Stack()])
			if err != nil {
				t.Fatal(err)
			}
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
						if skips(minute) {
							continue
						}
						agree(t, region, locals, edge.Add(time.Duration(minute)*time.Minute), config.Auto)
					}
				}
				agree(t, region, locals, day.Add(12*time.Hour), config.Up)
				agree(t, region, locals, day.Add(12*time.Hour), config.Down)
			}
			agreeOnTheWeek(t, region, zone)
		})
	}
}

func agree(t *testing.T, region config.Region, locals locals, at time.Time, override config.Override) {
	t.Helper()
	expected := region.ExpectedAt(at, override)
	values := &instant{locals: locals, now: at, override: override, known: map[string]cty.Value{}}
	if awake := values.local(t, "awake").True(); awake != expected.Awake {
		t.Fatalf("%s at %s, %s: an apply makes it awake: %t; expected %+v", region.Name, at, override, awake, expected)
	}
	if present := values.local(t, "load_balancer").True(); present != expected.LoadBalancer {
		t.Fatalf("%s at %s, %s: an apply makes its load balancer: %t; expected %+v", region.Name, at, override, present, expected)
	}
	if override != config.Auto {
		return
	}
	timing := ops.TimingAt(region, at)
	if asleep := timing.State == ops.Asleep; asleep == expected.Awake {
		t.Fatalf("%s at %s: ops says %q; expected %+v", region.Name, at, timing.Text, expected)
	}
	if text := ops.UndoneBy(region, expected.Tasks, at); strings.Contains(text, "apply") {
		t.Fatalf("%s at %s: ops says %q of the %d tasks that are expected", region.Name, at, text, expected.Tasks)
	}
	// Whatever sleeps by the window, but for its lead, is asleep in AWS as well: the scheduled actions see to it.
	if region.Weekend.Enabled && region.Weekend.Active && !expected.Lead && expected.Awake != region.Schedule.Awake(at) {
		t.Fatalf("%s at %s: expected %+v; the window says %t", region.Name, at, expected, region.Schedule.Awake(at))
	}
}

// agreeOnTheWeek takes a week without exceptions, in which no zone changes its clocks. A part of an hour
// that a load balancer is there for is billed as one.
func agreeOnTheWeek(t *testing.T, region config.Region, zone *time.Location) {
	t.Helper()
	monday := time.Date(2026, 1, 12, 0, 0, 0, 0, zone)
	tasks, balancer := region.TaskWeek(), region.LoadBalancerWeek()
	for hour := range len(tasks) {
		at := monday.Add(time.Duration(hour) * time.Hour)
		first, last := region.ExpectedAt(at, config.Auto), region.ExpectedAt(at.Add(59*time.Minute), config.Auto)
		if awake := first.Awake && !first.Lead; awake != tasks[hour] {
			t.Errorf("%s in hour %d of the week: tasks %t, cost and diagram say %t", region.Name, hour, awake, tasks[hour])
		}
		if there := first.LoadBalancer || last.LoadBalancer; there != balancer[hour] {
			t.Errorf("%s in hour %d of the week: load balancer %t, cost and diagram say %t", region.Name, hour, there, balancer[hour])
		}
	}
}

// locals are a stack's, ready to be evaluated.
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
		expression, problems := hclsyntax.ParseExpression([]byte(strings.TrimSuffix(strings.TrimPrefix(source, "${"), "}")), name, hcl.InitialPos)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		parsed[name] = expression
	}
	return parsed
}

// instant is what the locals are at one time.
type instant struct {
	locals   locals
	now      time.Time
	override config.Override
	known    map[string]cty.Value
}

func (i *instant) local(t *testing.T, name string) cty.Value {
	t.Helper()
	if known, ok := i.known[name]; ok {
		return known
	}
	expression := i.locals[name]
	below := map[string]cty.Value{}
	for _, reference := range expression.Variables() {
		if reference.RootName() == "local" {
			attribute := reference[1].(hcl.TraverseAttr).Name
			below[attribute] = i.local(t, attribute)
		}
	}
	value, problems := expression.Value(&hcl.EvalContext{
		Functions: functions(i.now),
		Variables: map[string]cty.Value{
			"local": cty.ObjectVal(below),
			"var":   cty.ObjectVal(map[string]cty.Value{"weekend_state": cty.StringVal(string(i.override))}),
		},
	})
	if problems.HasErrors() {
		t.Fatalf("local.%s: %v", name, problems)
	}
	i.known[name] = value
	return value
}

// functions are those of Terraform's that the locals call. Most are the library's that Terraform itself
// takes; package schedule holds the expressions against Terraform.
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
