// Package metrictest evaluates metric math and alarms like CloudWatch, for tests.
package metrictest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Value is the value of a time series at one time; nil if it has none.
type Value = *float64

// Expression is a parsed expression. The part of metric math that it understands has the same syntax as HCL's
// expressions, except for the logical operators.
type Expression struct{ parsed hclsyntax.Expression }

// Parse parses an expression.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
func Parse(text string) (Expression, error) {
	source := strings.NewReplacer(" AND ", " && ", " OR ", " || ").Replace(text)
	parsed, problems := hclsyntax.ParseExpression([]byte(source), text, hcl.InitialPos)
	if problems.HasErrors() {
		return Expression{}, fmt.Errorf("%s: %w", text, problems)
	}
	return Expression{parsed}, nil
}

// At evaluates the expression at a time, with the values that other series have then. The result is nil if the
// expression needs a value that is missing.
func (e Expression) At(at time.Time, values map[string]Value) (Value, error) {
	variables, missing := map[string]cty.Value{}, false
	for id, value := range values {
		variables[id] = cty.NullVal(cty.Number)
		if value != nil {
			variables[id] = cty.NumberFloatVal(*value)
		}
	}
	for _, used := range e.parsed.Variables() {
		missing = missing || values[used.RootName()] == nil
	}
	result, problems := e.parsed.Value(&hcl.EvalContext{Variables: variables, Functions: functions(at)})
	switch {
	case problems.HasErrors() && missing:
		return nil, nil
	case problems.HasErrors():
		return nil, fmt.Errorf("%w", problems[0])
	case result.IsNull():
		return nil, nil
	}
	return toNumber(result), nil
}

func toNumber(value cty.Value) Value {
	if value.Type() == cty.Bool {
		return new(map[bool]float64{true: 1, false: 0}[value.True()])
	}
	number, _ := value.AsBigFloat().Float64()
	return &number
}

func functions(at time.Time) map[string]function.Function {
	return map[string]function.Function{
		"EPOCH":       of(1, func([]cty.Value) cty.Value { return cty.NumberIntVal(at.Unix()) }),
		"TIME_SERIES": of(1, func(arguments []cty.Value) cty.Value { return arguments[0] }),
		"FLOOR":       of(1, func(arguments []cty.Value) cty.Value { return cty.NumberFloatVal(math.Floor(*toNumber(arguments[0]))) }),
		"FILL":        of(2, func(arguments []cty.Value) cty.Value { return coalesce(arguments...) }),
		"IF": of(3, func(arguments []cty.Value) cty.Value {
			if *toNumber(arguments[0]) != 0 {
				return arguments[1]
			}
			return arguments[2]
		}),
		// Aggregations of a list ignore series that have no value.
		"SUM": of(1, func(arguments []cty.Value) cty.Value {
			sum := 0.0
			for _, value := range arguments[0].AsValueSlice() {
				if !value.IsNull() {
					sum += *toNumber(value)
				}
			}
			return cty.NumberFloatVal(sum)
		}),
	}
}

func coalesce(values ...cty.Value) cty.Value {
	for _, value := range values {
		if !value.IsNull() {
			return value
		}
	}
	return cty.NullVal(cty.Number)
}

// of returns a function of some arguments, each of which may be null.
func of(count int, result func([]cty.Value) cty.Value) function.Function {
	parameters := make([]function.Parameter, count)
	for i := range parameters {
		parameters[i] = function.Parameter{Name: "series", Type: cty.DynamicPseudoType, AllowNull: true}
	}
	return function.New(&function.Spec{
		Params: parameters,
		Type:   func([]cty.Value) (cty.Type, error) { return cty.Number, nil },
		Impl:   func(arguments []cty.Value, _ cty.Type) (cty.Value, error) { return result(arguments), nil },
	})
}
