package cli

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// TestAlarms has a region with a firing alarm, a healthy one, and one that denies the request.
func TestAlarms(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("alarms-a", "{}\n  alarms: {email: oncall@example.com}\n  load_balancer: {enabled: false}", threeRegions))
	states := map[string]string{"eu-west-1": "ALARM", "eu-west-2": "OK"}
	intercept(t, url, func(c call) bool {
		if c.operation != "DescribeAlarms" {
			return false
		}
		if states[c.region] == "" {
			return c.fail(http.StatusBadRequest, "AccessDeniedException", "no")
		}
		return c.answerCBOR(http.StatusOK, cbor.Map{"MetricAlarms": cbor.List{cbor.Map{
			"AlarmName": cbor.String("alarms-a-dev-" + c.region + "-alarm-tasks"), "StateValue": cbor.String(states[c.region]),
			"StateReason": cbor.String("15 datapoints were 1.0"), "StateUpdatedTimestamp": &cbor.Tag{ID: 1, Value: cbor.Uint(saturday.Add(-12 * time.Minute).Unix())},
		}}})
	})
	want(t, run(t, saturday, file, "alarms"), 1,
		"eu-west-1:\n  tasks has been firing for 12 min: 15 datapoints were 1.0\n      fix: mcpfleet doctor --region eu-west-1",
		"eu-west-2: none of 1 alarm is firing\n", "us-east-1:\n  DescribeAlarms: not allowed: no\n      fix: grant")
	want(t, run(t, saturday, file, "alarms", "--region", "eu-west-2"), 0)
	want(t, run(t, saturday, fleetFile(t, fleetText("alarms-b", "{}", oneRegion)), "alarms"), 0, "eu-west-1: no alarms; to have some, set alarms.email")
	want(t, run(t, saturday, file, "alarms", "--json"), 1, `"alarm": "tasks"`, `"state": "ALARM"`, `"code": "alarm_firing"`, `"code": "not_allowed"`)
}
