// Package alarms creates the CloudWatch alarms of a region, and the notification of failed deployments.
//
// No alarm goes off because the region is asleep, and none stays silent because it is dead. What has no data while the
// region sleeps treats missing data as healthy: targets, their errors and response times. Too few tasks look the same
// asleep and dead, and a load balancer without tasks responds with 503, so these two alarms know the schedule.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data
package alarms

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"

	"github.com/cdtait/mcpfleet/internal/pointer"
	"github.com/cdtait/mcpfleet/schedule"
)

// Config configures the alarms.
type Config struct {
	// Name returns the name in AWS of an alarm.
	Name func(id string) string
	// DeploymentRule is the name of the rule that reports failed deployments.
	DeploymentRule string
	// Region describes where the alarms are, in their descriptions.
	Region   string
	TopicARN string
	// DependsOn are the addresses of what the topic needs before anything publishes to it.
	DependsOn []string
	// Schedule are the expressions of metric math that calculate Open, each with its ID.
	Schedule []schedule.Expression
	// Open is an expression of metric math: 1 while tasks have to run.
	Open string
	// Tasks is an HCL expression for the number of tasks that have to run.
	Tasks       string
	ClusterName string
	ServiceName string
	ServiceARN  string
	// LoadBalancer is nil without a load balancer.
	LoadBalancer *LoadBalancer
	// CertificateARN is the certificate of the HTTPS listener, "" without HTTPS.
	CertificateARN string
}

// LoadBalancer configures the alarms on the load balancer and its targets.
type LoadBalancer struct {
	// Count is an HCL expression: 1 while the load balancer exists, otherwise 0.
	Count string
	// Suffix and TargetGroupSuffix are the last parts of the ARNs, which name them in CloudWatch.
	Suffix, TargetGroupSuffix string
	// ResponseTime is in seconds.
	ResponseTime int
	ErrorPercent int
}

// Periods in seconds.
const (
	minute      = 60
	fiveMinutes = 300
	day         = 86400
)

// New creates the alarms.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	cfg.tasks(scope)
	cfg.deployments(scope)
	if cfg.LoadBalancer != nil {
		cfg.unhealthyTargets(scope)
		cfg.targetErrors(scope)
		cfg.loadBalancerErrors(scope)
		cfg.responseTime(scope)
	}
	if cfg.CertificateARN != "" {
		cfg.certificate(scope)
	}
}

// tasks goes off while fewer tasks run than have to. ECS reports one sample of its metrics a minute for each task that
// runs.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
func (cfg Config) tasks(scope constructs.Construct) {
	alarm := cfg.add(scope, "tasks", "Fewer tasks run than the fleet file sets. Run: mcpfleet doctor", cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		EvaluationPeriods: new(float64(15)),
		Threshold:         new(float64(1)),
		TreatMissingData:  new("breaching"),
	})
	cfg.setQueries(alarm,
		metric("samples", "AWS/ECS", "CPUUtilization", "SampleCount", minute, map[string]string{"ClusterName": cfg.ClusterName, "ServiceName": cfg.ServiceName}),
		result("missing", "IF(open == 1 AND SUM([FILL(samples, 0), TIME_SERIES(0)]) < ${"+cfg.Tasks+"}, 1, 0)", "Tasks are missing"))
}

func (cfg Config) unhealthyTargets(scope constructs.Construct) {
	cfg.addToBalancer(scope, "unhealthy_targets", "The load balancer finds tasks unhealthy. Run: mcpfleet doctor", cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		Namespace:         new("AWS/ApplicationELB"),
		MetricName:        new("UnHealthyHostCount"),
		Dimensions:        pointer.Map(cfg.LoadBalancer.targets()),
		Statistic:         new("Maximum"),
		Period:            new(float64(minute)),
		EvaluationPeriods: new(float64(10)),
		Threshold:         new(float64(1)),
		TreatMissingData:  new("notBreaching"),
	})
}

// leastErrors is how many errors in five minutes are worth an alarm, so that one request in the night is none.
const leastErrors = "5"

func (cfg Config) targetErrors(scope constructs.Construct) {
	alarm := cfg.addToBalancer(scope, "target_errors", "The server responds with 5xx too often. Run: mcpfleet logs --since 1h", cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		EvaluationPeriods: new(float64(2)),
		Threshold:         new(float64(cfg.LoadBalancer.ErrorPercent)),
		TreatMissingData:  new("notBreaching"),
	})
	cfg.setQueries(alarm,
		metric("errors", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", fiveMinutes, cfg.LoadBalancer.targets()),
		metric("requests", "AWS/ApplicationELB", "RequestCount", "Sum", fiveMinutes, cfg.LoadBalancer.targets()),
		result("percent", "IF(errors >= "+leastErrors+", 100 * errors / requests, 0)", "5xx of the server, percent"))
}

// loadBalancerErrors counts the requests that the load balancer could not pass on. It does not count these as requests.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (cfg Config) loadBalancerErrors(scope constructs.Construct) {
	alarm := cfg.addToBalancer(scope, "load_balancer_errors", "The load balancer responds with 5xx too often. Run: mcpfleet doctor", cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		EvaluationPeriods: new(float64(2)),
		Threshold:         new(float64(cfg.LoadBalancer.ErrorPercent)),
		TreatMissingData:  new("notBreaching"),
	})
	balancer := map[string]string{"LoadBalancer": cfg.LoadBalancer.Suffix}
	cfg.setQueries(alarm,
		metric("errors", "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", fiveMinutes, balancer),
		metric("requests", "AWS/ApplicationELB", "RequestCount", "Sum", fiveMinutes, balancer),
		result("percent", "IF(open == 1 AND errors >= "+leastErrors+", 100 * errors / (errors + FILL(requests, 0)), 0)", "5xx of the load balancer, percent"))
}

func (cfg Config) responseTime(scope constructs.Construct) {
	cfg.addToBalancer(scope, "response_time", "The server responds slowly. Run: mcpfleet status", cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		Namespace:                         new("AWS/ApplicationELB"),
		MetricName:                        new("TargetResponseTime"),
		Dimensions:                        pointer.Map(cfg.LoadBalancer.targets()),
		ExtendedStatistic:                 new("p95"),
		EvaluateLowSampleCountPercentiles: new("ignore"),
		Period:                            new(float64(fiveMinutes)),
		EvaluationPeriods:                 new(float64(3)),
		Threshold:                         new(float64(cfg.LoadBalancer.ResponseTime)),
		ComparisonOperator:                new("GreaterThanThreshold"),
		TreatMissingData:                  new("notBreaching"),
	})
}

// certificate goes off if ACM has not renewed the certificate, which it does 60 days before it expires. A certificate
// that ACM does not report keeps the alarm's state.
// https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
func (cfg Config) certificate(scope constructs.Construct) {
	const days = 30
	cfg.add(scope, "certificate", "The certificate expires and has not been renewed. Run: mcpfleet doctor", cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		Namespace:          new("AWS/CertificateManager"),
		MetricName:         new("DaysToExpiry"),
		Dimensions:         pointer.Map(map[string]string{"CertificateArn": cfg.CertificateARN}),
		Statistic:          new("Minimum"),
		Period:             new(float64(day)),
		EvaluationPeriods:  new(float64(1)),
		Threshold:          new(float64(days)),
		ComparisonOperator: new("LessThanThreshold"),
		TreatMissingData:   new("ignore"),
	})
}

func (lb LoadBalancer) targets() map[string]string {
	return map[string]string{"LoadBalancer": lb.Suffix, "TargetGroup": lb.TargetGroupSuffix}
}

func (cfg Config) addToBalancer(scope constructs.Construct, id, description string, settings cloudwatchmetricalarm.CloudwatchMetricAlarmConfig) cloudwatchmetricalarm.CloudwatchMetricAlarm {
	alarm := cfg.add(scope, id, description, settings)
	alarm.AddOverride(new("count"), "${"+cfg.LoadBalancer.Count+"}")
	return alarm
}

// add adds an alarm that goes off at the threshold, unless the settings compare otherwise.
func (cfg Config) add(scope constructs.Construct, id, description string, settings cloudwatchmetricalarm.CloudwatchMetricAlarmConfig) cloudwatchmetricalarm.CloudwatchMetricAlarm {
	settings.AlarmName = new(cfg.Name(id))
	settings.AlarmDescription = new(cfg.Region + ": " + description)
	settings.AlarmActions = pointer.Strings(cfg.TopicARN)
	settings.OkActions = settings.AlarmActions
	settings.Tags = pointer.NameTag(cfg.Name(id))
	if settings.ComparisonOperator == nil {
		settings.ComparisonOperator = new("GreaterThanOrEqualToThreshold")
	}
	alarm := cloudwatchmetricalarm.NewCloudwatchMetricAlarm(scope, &id, &settings)
	alarm.OverrideLogicalId(&id)
	if len(cfg.DependsOn) > 0 {
		alarm.AddOverride(new("depends_on"), cfg.DependsOn)
	}
	return alarm
}
