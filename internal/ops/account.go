package ops

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
)

// clients are the AWS service clients for one region.
type clients struct {
	ecs     *ecs.Client
	elb     *elb.Client
	scaling *applicationautoscaling.Client
	secrets *secretsmanager.Client
	logs    *cloudwatchlogs.Client
	ec2     *ec2.Client
	route53 *route53.Client
	acm     *acm.Client
	waf     *wafv2.Client
	lambda  *lambda.Client
	ssm     *ssm.Client

	cloudwatch *cloudwatch.Client
}

func newClients(cfg aws.Config, region string) *clients {
	cfg.Region = region
	return &clients{
		ecs:     ecs.NewFromConfig(cfg),
		elb:     elb.NewFromConfig(cfg),
		scaling: applicationautoscaling.NewFromConfig(cfg),
		secrets: secretsmanager.NewFromConfig(cfg),
		logs:    cloudwatchlogs.NewFromConfig(cfg),
		ec2:     ec2.NewFromConfig(cfg),
		route53: route53.NewFromConfig(cfg),
		acm:     acm.NewFromConfig(cfg),
		waf:     wafv2.NewFromConfig(cfg),
		lambda:  lambda.NewFromConfig(cfg),
		ssm:     ssm.NewFromConfig(cfg),

		cloudwatch: cloudwatch.NewFromConfig(cfg),
	}
}
