package tfjson

import (
	"strings"
	"testing"
)

func stackWith(value string) *Stack {
	return &Stack{
		Resources: map[string]map[string]Block{
			"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
			"aws_lb":  {"main": {"count": 1.0}},
			"aws_x":   {"main": {"value": value}},
		},
		Data:      map[string]map[string]Block{"aws_route53_zone": {"main": {"name": "example.com"}}},
		Locals:    map[string]any{"awake": true, "loop": "${local.loop}"},
		Variables: map[string]Block{"cpu": {"default": 1.0, "validation": []any{map[string]any{"condition": "${var.cpu > 0}"}}}},
	}
}

func TestProblemsReportsInvalidReferences(t *testing.T) {
	cases := map[string]struct{ value, problem string }{
		"a counted resource without index": {"${aws_lb.main.arn}", "which has count or for_each, without an index"},
		"an uncounted resource with index": {"${aws_vpc.main[0].id}", "which has neither count nor for_each, with an index"},
		"an unknown resource":              {"${aws_vpc.other.id}", "aws_vpc.other, which is not declared"},
		"an unknown type":                  {"${aws_nothing.main.id}", "not declared"},
		"an unknown data source":           {"${data.aws_route53_zone.other.zone_id}", "not declared"},
		"an unknown local":                 {"${local.asleep}", "local.asleep, which is not declared"},
		"an unknown variable":              {"${var.memory}", "var.memory, which is not declared"},
		"a broken template":                {"${aws_vpc.main.id", "not a template"},
		"a resource that refers to itself": {"${aws_x.main.id}", "refers to itself: aws_x.main -> aws_x.main"},
		"half an address":                  {"${aws_vpc}", "does not refer to a complete address"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			stack := stackWith(each.value)
			delete(stack.Locals, "loop")
			problems := stack.Problems()
			if len(problems) != 1 || !strings.Contains(problems[0], each.problem) {
				t.Errorf("got %q, want one problem with %q", problems, each.problem)
			}
		})
	}
}

func TestProblemsReportsCyclesOfLocals(t *testing.T) {
	if problems := stackWith("").Problems(); len(problems) != 1 || !strings.Contains(problems[0], "local.loop -> local.loop") {
		t.Errorf("got %q", problems)
	}
}

func TestProblemsAcceptsValidReferences(t *testing.T) {
	for _, value := range []string{
		"plain", "$${aws_lb.main.arn}", "${aws_vpc.main.id}", "${one(aws_lb.main[*].arn)}", "${aws_lb.main[0].arn}",
		`${one([for each in aws_lb.main : "http://${each.dns_name}"])}`, "${data.aws_route53_zone.main.zone_id}",
		"${local.awake ? var.cpu : 0}", "a ${aws_vpc.main.id} b",
	} {
		stack := stackWith(value)
		delete(stack.Locals, "loop")
		if problems := stack.Problems(); len(problems) != 0 {
			t.Errorf("%q: %q", value, problems)
		}
	}
}

func TestProblemsReportsUndeclaredDependencies(t *testing.T) {
	stack := stackWith("")
	delete(stack.Locals, "loop")
	stack.Resources["aws_x"]["main"]["depends_on"] = []any{"aws_vpc.main", "aws_route.gone"}
	if problems := stack.Problems(); len(problems) != 1 || !strings.Contains(problems[0], "depends on aws_route.gone") {
		t.Errorf("got %q", problems)
	}
}

func TestResolve(t *testing.T) {
	for template, want := range map[string]string{
		"plain":                        "plain",
		"${aws_vpc.main.id}":           "X",
		"a ${aws_vpc.main.id} $${b}":   "a X ${b}",
		`["${var.image}", "%%{ if }"]`: `["X", "%{ if }"]`,
	} {
		got, err := Resolve(template, "X")
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", template, got, err, want)
		}
	}
}

func TestReferencesDepend(t *testing.T) {
	stack := stackWith("${local.name}")
	stack.Locals = map[string]any{"name": "${aws_vpc.main.id}"}
	references := stack.References()
	for other, want := range map[string]bool{"local.name": true, "aws_vpc.main": true, "aws_lb.main": false} {
		if got := references.Depends("aws_x.main", other); got != want {
			t.Errorf("depends on %s: %t", other, got)
		}
	}
	if references.Depends("aws_vpc.main", "aws_x.main") {
		t.Error("a dependency depends on what refers to it")
	}
}
