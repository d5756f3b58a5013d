package route53test

import "testing"

// fleet returns the records of a name in three regions. An awake region refers to its load balancer, and a sleeping one
// to an API, with a health check that is never healthy.
func fleet(asleep ...string) (records []Record) {
	for _, region := range []string{"eu-west-1", "eu-west-2", "us-east-1"} {
		record := Record{Name: "mcp.example.com", Type: "A", SetIdentifier: region, Region: region, Target: "alb-" + region, EvaluateTargetHealth: true}
		for _, each := range asleep {
			if each == region {
				record.Target, record.EvaluateTargetHealth, record.HealthCheckID = "api-"+region, false, "asleep"
			}
		}
		records = append(records, record)
	}
	return records
}

func TestResolve(t *testing.T) {
	dublin := []string{"eu-west-1", "eu-west-2", "us-east-1"}
	virginia := []string{"us-east-1", "eu-west-1", "eu-west-2"}
	tests := map[string]struct {
		records []Record
		// unhealthy are targets and health checks.
		unhealthy []string
		latency   []string
		want      string
	}{
		"the lowest latency answers":                          {fleet(), nil, dublin, "alb-eu-west-1"},
		"elsewhere, another latency is the lowest":            {fleet(), nil, virginia, "alb-us-east-1"},
		"an unhealthy target is skipped":                      {fleet(), []string{"alb-eu-west-1"}, dublin, "alb-eu-west-2"},
		"two unhealthy targets are skipped":                   {fleet(), []string{"alb-eu-west-1", "alb-eu-west-2"}, dublin, "alb-us-east-1"},
		"if all are unhealthy, all are considered":            {fleet(), []string{"alb-eu-west-1", "alb-eu-west-2", "alb-us-east-1"}, virginia, "alb-us-east-1"},
		"an unhealthy check is skipped":                       {fleet("eu-west-1"), []string{"asleep"}, dublin, "alb-eu-west-2"},
		"unhealthy checks of all records":                     {fleet("eu-west-1", "eu-west-2", "us-east-1"), []string{"asleep"}, dublin, "api-eu-west-1"},
		"unhealthy checks and targets are alike":              {fleet("us-east-1"), []string{"asleep", "alb-eu-west-1", "alb-eu-west-2"}, virginia, "api-us-east-1"},
		"a healthy check is not skipped":                      {fleet("eu-west-1"), nil, dublin, "api-eu-west-1"},
		"a target whose health is not evaluated":              {[]Record{{Name: "mcp.example.com", Type: "A", Target: "alb"}}, []string{"alb"}, dublin, "alb"},
		"a record without health check is always healthy":     {append(fleet("eu-west-2", "us-east-1")[1:], Record{Name: "mcp.example.com", Type: "A", Region: "ap-southeast-2", Target: "alb"}), []string{"asleep", "alb"}, dublin, "alb"},
		"a record with both needs both":                       {[]Record{{Name: "mcp.example.com", Type: "A", Region: "eu-west-1", Target: "both", EvaluateTargetHealth: true, HealthCheckID: "asleep"}, fleet()[2]}, []string{"asleep"}, dublin, "alb-us-east-1"},
		"a record with both and an unhealthy target":          {[]Record{{Name: "mcp.example.com", Type: "A", Region: "eu-west-1", Target: "both", EvaluateTargetHealth: true, HealthCheckID: "asleep"}, fleet()[2]}, []string{"both"}, dublin, "alb-us-east-1"},
		"records of other names and types are not considered": {[]Record{{Name: "other.example.com", Type: "A", Target: "other"}, {Name: "mcp.example.com", Type: "AAAA", Target: "ipv6"}}, nil, dublin, ""},
		"no record": {nil, nil, dublin, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			healthy := func(id string) bool {
				for _, each := range test.unhealthy {
					if each == id {
						return false
					}
				}
				return true
			}
			got, found := Resolve(test.records, "mcp.example.com", "A", test.latency, Health{Target: healthy, Check: healthy})
			if got.Target != test.want || found != (test.want != "") {
				t.Errorf("got %q, want %q", got.Target, test.want)
			}
		})
	}
}

func TestCalculated(t *testing.T) {
	for name, test := range map[string]struct {
		threshold int
		children  []bool
		want      bool
	}{
		"a threshold of 0 is always healthy":    {0, []bool{false}, true},
		"enough healthy children":               {1, []bool{false, true}, true},
		"too few healthy children":              {2, []bool{false, true}, false},
		"more than there are children":          {2, []bool{true}, false},
		"more than there are, without children": {1, nil, false},
	} {
		if got := Calculated(test.threshold, test.children...); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
