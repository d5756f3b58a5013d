package config

// Alarms are the region's CloudWatch alarms, the notification of failed deployments, and the budget.
type Alarms struct {
	Email string `yaml:"email" pattern:"^[^@ ,<>]+@[^@ ,<>]+[.][A-Za-z]{2,}$" maxlen:"254" is:"an email address" example:"oncall@example.com" doc:"Address that gets the alarms, from a topic of the stack. AWS first asks it to confirm, once for each region."`
	// Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
	TopicARN string `yaml:"topic_arn" pattern:"^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$" is:"the ARN of an SNS topic" example:"arn:aws:sns:eu-west-1:123456789012:oncall" doc:"ARN of an existing topic that gets the alarms instead, in the same region. Its policy must allow CloudWatch, EventBridge and AWS Budgets to publish."`
	// The maximum is the idle timeout of a load balancer, after which it responds with 504.
	ResponseTime int    `yaml:"response_time" default:"5" min:"1" max:"4000" unit:"seconds" example:"10" doc:"Response time that 95 of 100 requests must not exceed. It ends with the first byte of a response, so streams may take longer."`
	ErrorPercent int    `yaml:"error_percent" default:"5" min:"1" max:"100" unit:"percent of requests" example:"2" doc:"Share of requests that may fail with a 5xx status, of the server or of the load balancer."`
	Budget       Amount `yaml:"budget" is:"a number such as 0.5" unit:"USD per month" example:"120" doc:"Costs of the region that AWS Budgets must not see or forecast. Default: the estimate of mcpfleet cost, at its maximum."`
}

// Enabled reports whether the region has alarms.
func (a Alarms) Enabled() bool { return a.Email != "" || a.TopicARN != "" }

// AlarmID identifies an alarm of a region: the last part of its Terraform address, and of its name in AWS with hyphens.
type AlarmID string

// The alarms of a region.
const (
	AlarmTasks              AlarmID = "tasks"
	AlarmCertificate        AlarmID = "certificate"
	AlarmUnhealthyTargets   AlarmID = "unhealthy_targets"
	AlarmTargetErrors       AlarmID = "target_errors"
	AlarmLoadBalancerErrors AlarmID = "load_balancer_errors"
	AlarmResponseTime       AlarmID = "response_time"
)

// AlarmIDs returns the alarms of the region. Those of the load balancer exist as long as it does.
func (r Region) AlarmIDs() (always, withLoadBalancer []AlarmID) {
	if !r.Alarms.Enabled() {
		return nil, nil
	}
	always = []AlarmID{AlarmTasks}
	if r.HTTPS() {
		always = append(always, AlarmCertificate)
	}
	if r.LoadBalancer.Enabled {
		withLoadBalancer = []AlarmID{AlarmUnhealthyTargets, AlarmTargetErrors, AlarmLoadBalancerErrors, AlarmResponseTime}
	}
	return always, withLoadBalancer
}
