package cost

// Item is a unit that AWS bills.
type Item string

// The items that have a price.
const (
	X86VCPU        Item = "fargate-x86-vcpu-hour"
	X86Memory      Item = "fargate-x86-gb-hour"
	ARMVCPU        Item = "fargate-arm-vcpu-hour"
	ARMMemory      Item = "fargate-arm-gb-hour"
	TaskStorage    Item = "fargate-storage-gb-hour"
	SpotShare      Item = "fargate-spot-share"
	LoadBalancer   Item = "alb-hour"
	LCU            Item = "lcu-hour"
	IPv4           Item = "ipv4-hour"
	Secret         Item = "secret-month"
	SecretReads    Item = "secret-10k-reads"
	Zone           Item = "zone-month"
	DNSQueries     Item = "dns-million-queries"
	Logs           Item = "logs-gb"
	FlowLogs       Item = "flow-logs-gb"
	EFSStorage     Item = "efs-gb-month"
	AccessLogs     Item = "access-logs-gb-month"
	Insights       Item = "insights-metric-month"
	Egress         Item = "egress-gb"
	WebACL         Item = "waf-acl-month"
	WebACLRules    Item = "waf-rule-month"
	WebACLRequests Item = "waf-million-requests"
	NAT            Item = "nat-hour"
	NATData        Item = "nat-gb"
	Endpoint       Item = "endpoint-hour"
	EndpointData   Item = "endpoint-gb"
	AlarmMetrics   Item = "alarm-metric-month"
	KMSKey         Item = "kms-key-month"
	Dashboard      Item = "dashboard-month"
	HealthCheck    Item = "health-check-month"
	AnswerRequests Item = "answer-million-requests"
	LambdaRequests Item = "lambda-million-requests"
	LambdaTime     Item = "lambda-gb-second"
	BuildMinutes   Item = "codebuild-small-minute"
)

// items lists all items in the order of the constants.
var items = []Item{
	X86VCPU, X86Memory, ARMVCPU, ARMMemory, TaskStorage, SpotShare, LoadBalancer, LCU, IPv4, Secret, SecretReads, Zone, DNSQueries,
	Logs, FlowLogs, EFSStorage, AccessLogs, Insights, Egress, WebACL, WebACLRules, WebACLRequests, NAT, NATData, Endpoint, EndpointData, AlarmMetrics, KMSKey, Dashboard, HealthCheck, AnswerRequests,
	LambdaRequests, LambdaTime, BuildMinutes,
}
