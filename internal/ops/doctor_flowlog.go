package ops

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// checkFlowLog checks that the flow log exists and delivers its records.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-troubleshooting.html
func checkFlowLog(ctx context.Context, e *examination) (found []Problem, err error) {
	group := e.Names.FlowLogGroup()
	output, err := e.ec2.DescribeFlowLogs(ctx, &ec2.DescribeFlowLogsInput{Filter: filter("log-group-name", group)})
	if err != nil {
		return nil, err
	}
	if len(output.FlowLogs) == 0 {
		return []Problem{{FlowLogFailed, "no flow log records the connections of the VPC", e.deploy()}}, nil
	}
	flowLog := output.FlowLogs[0]
	if status := value(flowLog.FlowLogStatus); status != "ACTIVE" {
		found = append(found, Problem{FlowLogFailed, fmt.Sprintf("the flow log is %s, not ACTIVE", status), e.deploy()})
	}
	if value(flowLog.DeliverLogsStatus) == "FAILED" {
		found = append(found, Problem{FlowLogFailed, fmt.Sprintf("the flow log cannot deliver its records to %s: %s", group, oneLine(value(flowLog.DeliverLogsErrorMessage))),
			e.deploy().withAdvice("an access error means that the role or the log group was changed; a rate limit passes by itself")})
	}
	if is, should := strings.ToLower(string(flowLog.TrafficType)), e.Network.FlowLogs.Traffic; is != should {
		found = append(found, Problem{Drift, fmt.Sprintf("the flow log records traffic of type %s, not %s", is, should), e.deploy()})
	}
	return found, nil
}
