package ops

import (
	"fmt"
	"testing"
)

// flowLog is a DescribeFlowLogs response with one flow log.
func flowLog(status, delivery, reason, traffic string) response {
	return body(fmt.Sprintf(`<DescribeFlowLogsResponse><flowLogSet><item><flowLogId>fl-1</flowLogId><flowLogStatus>%s</flowLogStatus>
		<deliverLogsStatus>%s</deliverLogsStatus><deliverLogsErrorMessage>%s</deliverLogsErrorMessage><trafficType>%s</trafficType></item></flowLogSet></DescribeFlowLogsResponse>`,
		status, delivery, reason, traffic))
}

func TestDoctorChecksTheFlowLog(t *testing.T) {
	const settings = "  network: {flow_logs: {enabled: true, traffic: reject}}"
	for name, each := range map[string]struct {
		response response
		want     []Code
		text     string
	}{
		"as it should be":       {flowLog("ACTIVE", "SUCCESS", "", "REJECT"), nil, ""},
		"no record yet":         {flowLog("ACTIVE", "", "", "REJECT"), nil, ""},
		"none":                  {body("<DescribeFlowLogsResponse/>"), []Code{FlowLogFailed}, "no flow log"},
		"not active":            {flowLog("INACTIVE", "SUCCESS", "", "REJECT"), []Code{FlowLogFailed}, "INACTIVE, not ACTIVE"},
		"records do not arrive": {flowLog("ACTIVE", "FAILED", "Access error", "REJECT"), []Code{FlowLogFailed}, "to /vpc/" + prefix + "-flow-logs: Access error"},
		"other traffic":         {flowLog("ACTIVE", "SUCCESS", "", "ALL"), []Code{Drift}, "of type all, not reject"},
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, map[string]response{"DescribeFlowLogs": each.response}).region(settings, saturday).Doctor(t.Context())
			problems := found(t, diagnosis, "flow log")
			wantProblems(t, problems, each.text, each.want...)
		})
	}
}
