package main

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// deployed is what Terraform and AWS hold of a region, as far as weekend mode changes it.
type deployed struct {
	balancer, listener, attached bool
	record                       recordTarget
	// bounds are those of the scalable target.
	bounds config.TaskRange
	// wakes and sleeps report whether the scheduled actions in each direction exist.
	wakes, sleeps bool
}

// part is a resource that an apply changes.
type part struct {
	address string
	// minutes is how long AWS takes to create it. Any other change takes a minute, and nothing takes less, so that
	// every state between two steps is seen.
	minutes minute
	exists  func(deployed) bool
	change  func(to *deployed, planned deployed)
}

func always(deployed) bool { return true }

var parts = []part{
	{"aws_lb.main", 3, func(d deployed) bool { return d.balancer }, func(to *deployed, planned deployed) { to.balancer = planned.balancer }},
	{"aws_lb_listener.main", 1, func(d deployed) bool { return d.listener }, func(to *deployed, planned deployed) { to.listener = planned.listener }},
	{"aws_route53_record.main", 1, func(d deployed) bool { return d.record != noRecord }, func(to *deployed, planned deployed) { to.record = planned.record }},
	{"aws_ecs_service.main", 1, always, func(to *deployed, planned deployed) { to.attached = planned.attached }},
	{"aws_appautoscaling_target.main", 1, always, func(to *deployed, planned deployed) { to.bounds = planned.bounds }},
	{"aws_appautoscaling_scheduled_action.up", 1, func(d deployed) bool { return d.wakes }, func(to *deployed, planned deployed) { to.wakes = planned.wakes }},
	{"aws_appautoscaling_scheduled_action.down", 1, func(d deployed) bool { return d.sleeps }, func(to *deployed, planned deployed) { to.sleeps = planned.sleeps }},
}

// planMinutes is how long a plan takes.
const planMinutes = 1

// planner plans one stack, from its own expressions.
type planner struct {
	stack *tfjson.Stack
	*decider
	// after[i][j] reports whether parts[i] refers to parts[j], and replaced[i] whether Terraform destroys parts[i] after
	// it has changed what referred to it (create_before_destroy, which a resource hands to those it refers to).
	after    [][]bool
	replaced []bool

	plans sync.Map // from planKey to deployed
}

// planKey is all that a stack's resources depend on.
type planKey struct {
	decision
	override config.Override
}

// decision is the value of the locals awake and load_balancer.
type decision struct{ awake, balancer bool }

// decider evaluates the locals of a stack. Each evaluation takes long, and many runs plan at the same minutes.
type decider struct {
	locals  locals
	decided sync.Map // from minute and override to decision
}

func (d *decider) decide(t *testing.T, at minute, override config.Override) decision {
	t.Helper()
	if override != config.OverrideAuto {
		at = 0 // the time makes no difference
	}
	key := struct {
		minute
		config.Override
	}{at, override}
	if known, found := d.decided.Load(key); found {
		return known.(decision)
	}
	values := &evaluator{locals: d.locals, now: at.time(), override: override, cache: map[string]cty.Value{}}
	made := decision{values.local(t, "awake").True(), values.local(t, "load_balancer").True()}
	d.decided.Store(key, made)
	return made
}

func newPlanner(t *testing.T, stack *tfjson.Stack, decisions *decider) *planner {
	t.Helper()
	p := &planner{stack: stack, decider: decisions, replaced: make([]bool, len(parts))}
	references := stack.References()
	for _, from := range parts {
		var row []bool
		for _, to := range parts {
			row = append(row, references.Depends(from.address, to.address))
		}
		p.after = append(p.after, row)
	}
	for i, each := range parts {
		p.replaced[i] = createsBeforeDestroy(stack.Resource(each.address))
		stack.Each(func(kind, name string, resource tfjson.Block) {
			if createsBeforeDestroy(resource) && references.Depends(kind+"."+name, each.address) {
				p.replaced[i] = true
			}
		})
	}
	return p
}

func createsBeforeDestroy(resource tfjson.Block) bool {
	lifecycle, _ := resource["lifecycle"].(map[string]any)
	return lifecycle["create_before_destroy"] == true
}

func partIndex(address string) int {
	return slices.IndexFunc(parts, func(each part) bool { return each.address == address })
}

// plan returns what the stack describes at a time.
func (p *planner) plan(t *testing.T, at minute, override config.Override) deployed {
	t.Helper()
	key := planKey{p.decide(t, at, override), override}
	if known, found := p.plans.Load(key); found {
		return known.(deployed)
	}
	planned := p.evaluate(t, key)
	p.plans.Store(key, planned)
	return planned
}

// evaluate evaluates the resources. They may not depend on the time except by the two decisions.
func (p *planner) evaluate(t *testing.T, key planKey) (planned deployed) {
	t.Helper()
	values := &evaluator{override: key.override, cache: map[string]cty.Value{"awake": cty.BoolVal(key.awake), "load_balancer": cty.BoolVal(key.balancer)}}
	counted := func(address string) bool {
		resource := p.stack.Resource(address)
		if resource == nil {
			return false
		}
		count, isCounted := resource["count"]
		if number, isLiteral := count.(float64); isLiteral {
			return number == 1
		}
		return !isCounted || values.number(t, parseExpression(t, count)) == 1
	}
	planned.balancer, planned.listener = counted("aws_lb.main"), counted("aws_lb_listener.main")
	if counted("aws_route53_record.main") {
		planned.record = recordTargetOf(t, values, p.stack.Resource("aws_route53_record.main"))
	}
	service, target := p.stack.Resource("aws_ecs_service.main"), p.stack.Resource("aws_appautoscaling_target.main")
	if dynamic, isDynamic := service["dynamic"].(map[string]any); isDynamic {
		each := dynamic["load_balancer"].(map[string]any)["for_each"]
		planned.attached = values.value(t, parseExpression(t, each)).LengthInt() == 1
	} else {
		planned.attached = service["load_balancer"] != nil
	}
	count := func(argument any) int { return values.number(t, parseExpression(t, argument)) }
	if target == nil { // the service has its count from Terraform
		planned.bounds = config.TaskRange{Min: count(service["desired_count"]), Max: count(service["desired_count"])}
	} else {
		planned.bounds = config.TaskRange{Min: count(target["min_capacity"]), Max: count(target["max_capacity"])}
	}
	for name := range p.stack.Resources["aws_appautoscaling_scheduled_action"] {
		exists := counted("aws_appautoscaling_scheduled_action." + name)
		planned.wakes = planned.wakes || (exists && strings.HasPrefix(name, "up"))
		planned.sleeps = planned.sleeps || (exists && strings.HasPrefix(name, "down"))
	}
	return planned
}

// recordTargetOf returns what an alias leads to. Only a load balancer has a health of its own.
func recordTargetOf(t *testing.T, values *evaluator, record tfjson.Block) recordTarget {
	t.Helper()
	alias := record["alias"].(map[string]any)
	if literal, isLiteral := alias["evaluate_target_health"].(bool); isLiteral && literal || !isLiteral && values.value(t, parseExpression(t, alias["evaluate_target_health"])).True() {
		return toBalancer
	}
	if record["health_check_id"] == nil {
		return toUncheckedAPI
	}
	return toAPI
}

// pending returns the parts that differ from a plan.
func pending(now, planned deployed) (differ []int) {
	for i, each := range parts {
		changed := now
		if each.change(&changed, planned); changed != now {
			differ = append(differ, i)
		}
	}
	return differ
}

// before reports whether a change to parts[i] has to precede one to parts[j].
func (p *planner) before(i, j int, now, planned deployed) bool {
	destroyed := func(k int) bool { return parts[k].exists(now) && !parts[k].exists(planned) }
	switch {
	case destroyed(i) && destroyed(j):
		return p.after[i][j]
	case destroyed(j):
		return p.after[i][j] && p.replaced[j]
	case destroyed(i):
		return false
	}
	return p.after[j][i]
}

// steps returns the changes of an apply in an order that Terraform may choose.
func (p *planner) steps(now, planned deployed, choose func(int) int) (ordered []int) {
	for remaining := pending(now, planned); len(remaining) > 0; {
		ready := slices.DeleteFunc(slices.Clone(remaining), func(j int) bool {
			return slices.ContainsFunc(remaining, func(i int) bool { return i != j && p.before(i, j, now, planned) })
		})
		next := ready[choose(len(ready))]
		ordered = append(ordered, next)
		remaining = slices.DeleteFunc(remaining, func(i int) bool { return i == next })
	}
	return ordered
}

// minutesOf returns how long a step takes.
func minutesOf(i int, now, planned deployed) minute {
	if !parts[i].exists(now) && parts[i].exists(planned) {
		return parts[i].minutes
	}
	return 1
}
