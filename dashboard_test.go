package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// dashboardBody is the part of a dashboard's body that the stacks use. Other fields fail to decode.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
type dashboardBody struct {
	Start          string `json:"start"`
	PeriodOverride string `json:"periodOverride"`
	Widgets        []struct {
		Type   string `json:"type"`
		X      int    `json:"x"`
		Y      int    `json:"y"`
		Width  int    `json:"width"`
		Height int    `json:"height"`

		Properties struct {
			Title   string              `json:"title"`
			Region  string              `json:"region"`
			View    string              `json:"view"`
			Metrics [][]json.RawMessage `json:"metrics"`
			Period  int                 `json:"period"`
			Alarms  []string            `json:"alarms"`
			Query   string              `json:"query"`
			YAxis   struct {
				Left struct {
					Min   *float64 `json:"min"`
					Label string   `json:"label"`
				} `json:"left"`
			} `json:"yAxis"`
		} `json:"properties"`
	} `json:"widgets"`
}

// metricOptions are those of a metric or an expression.
type metricOptions struct {
	Expression string `json:"expression"`
	ID         string `json:"id"`
	Label      string `json:"label"`
	Stat       string `json:"stat"`
	Region     string `json:"region"`
	Period     int    `json:"period"`
	Visible    *bool  `json:"visible"`
}

func eachDashboard(t *testing.T, test func(t *testing.T, region config.Region, name string, body dashboardBody)) {
	t.Helper()
	found := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		for name, dashboard := range stack.Resources["aws_cloudwatch_dashboard"] {
			text, err := tfjson.Resolve(dashboard.Text("dashboard_body"), "reference")
			if err != nil {
				t.Fatal(err)
			}
			var body dashboardBody
			decodeStrictly(t, text, &body)
			test(t, region, name, body)
			found++
		}
	})
	if found == 0 {
		t.Error("no stack has a dashboard")
	}
}

func decodeStrictly(t *testing.T, text string, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func TestDashboardsHaveTheDocumentedForm(t *testing.T) {
	eachDashboard(t, func(t *testing.T, _ config.Region, name string, body dashboardBody) {
		taken := map[[2]int]string{}
		for _, widget := range body.Widgets {
			title := name + ", " + widget.Properties.Title
			if widget.X < 0 || widget.X+widget.Width > 24 || widget.Height < 1 || widget.Properties.Title == "" {
				t.Errorf("%s is not on the grid: %+v", title, widget)
			}
			for x := widget.X; x < widget.X+widget.Width; x++ {
				for y := widget.Y; y < widget.Y+widget.Height; y++ {
					if other := taken[[2]int{x, y}]; other != "" {
						t.Fatalf("%s is on %s", title, other)
					}
					taken[[2]int{x, y}] = title
				}
			}
			properties := widget.Properties
			switch widget.Type {
			case "alarm":
				if len(properties.Alarms) == 0 || len(properties.Alarms) > 100 {
					t.Errorf("%s has %d alarms", title, len(properties.Alarms))
				}
			case "log":
				if properties.Region == "" || !strings.HasPrefix(properties.Query, "SOURCE '") {
					t.Errorf("%s: %+v", title, properties)
				}
			case "metric":
				if properties.Region == "" || properties.Period%60 != 0 || properties.YAxis.Left.Min == nil || len(properties.Metrics) == 0 {
					t.Errorf("%s: %+v", title, properties)
				}
				for _, metric := range properties.Metrics {
					checkMetric(t, title, metric)
				}
			default:
				t.Errorf("%s has the type %s", title, widget.Type)
			}
		}
	})
}

// checkMetric checks an array of namespace, name, pairs of dimensions, and options; or of the options of an expression.
func checkMetric(t *testing.T, title string, metric []json.RawMessage) {
	t.Helper()
	var options metricOptions
	decodeStrictly(t, string(metric[len(metric)-1]), &options)
	var words []string
	for _, each := range metric[:len(metric)-1] {
		var word string
		decodeStrictly(t, string(each), &word)
		words = append(words, word)
	}
	switch {
	case options.Expression != "" && (len(words) > 0 || options.Stat != ""):
		t.Errorf("%s: the expression %s has a metric", title, options.Expression)
	case options.Expression == "" && (len(words) < 4 || len(words)%2 != 0 || slices.Contains(words, "") || options.Stat == ""):
		t.Errorf("%s: %v with %+v is not a metric", title, words, options)
	case options.Label == "" && (options.Visible == nil || *options.Visible):
		t.Errorf("%s: a line has no label", title)
	}
}

// TestTheFirstRegionHasTheDashboardOfTheFleet with a line for each region that has a dashboard.
func TestTheFirstRegionHasTheDashboardOfTheFleet(t *testing.T) {
	eachDashboard(t, func(t *testing.T, region config.Region, name string, body dashboardBody) {
		if name != "fleet" {
			return
		}
		if region.Name != "eu-west-1" {
			t.Errorf("%s has the dashboard of the fleet", region.Name)
		}
		for _, widget := range body.Widgets {
			if len(widget.Properties.Metrics) != 2 {
				t.Errorf("%s has %d lines", widget.Properties.Title, len(widget.Properties.Metrics))
			}
		}
	})
}
