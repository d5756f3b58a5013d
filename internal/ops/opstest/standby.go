package opstest

import (
	"archive/zip"
	"bytes"
	"errors"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// standbyPriority is the priority of the rule that leads to the function.
const standbyPriority = 100

// firstRule returns the priority of the first rule that forwards paths.
func (s *seeder) firstRule() int {
	if s.region.HasStandby() {
		return standbyPriority + 1
	}
	return 1
}

// trustLambda lets functions assume a role.
const trustLambda = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`

// emptyArchive is the deployment package of a function that nothing calls.
func (s *seeder) emptyArchive() []byte {
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	_, err := archive.Create("standby.py")
	s.err = errors.Join(s.err, err, archive.Close())
	return content.Bytes()
}

// standby creates what answers for a region that is asleep: a function without code, the rule that leads to it, which
// matches no request while the region is awake, and what it counts in.
func (s *seeder) standby() {
	if !s.region.HasStandby() {
		return
	}
	role := call(s, "role", func() (*iam.CreateRoleOutput, error) {
		return iam.NewFromConfig(s.cfg).CreateRole(s.ctx, &iam.CreateRoleInput{RoleName: new(s.region.Names.StandbyRole()), AssumeRolePolicyDocument: new(trustLambda)})
	})
	if s.err != nil {
		return
	}
	call(s, "function", func() (*lambda.CreateFunctionOutput, error) {
		return lambda.NewFromConfig(s.cfg).CreateFunction(s.ctx, &lambda.CreateFunctionInput{
			FunctionName: new(s.region.Names.Standby()), Role: role.Role.Arn, Runtime: lambdatypes.RuntimePython313, Handler: new("standby.handle"),
			Code: &lambdatypes.FunctionCode{ZipFile: s.emptyArchive()},
		})
	})
	balancer := elb.NewFromConfig(s.cfg)
	group := call(s, "target group of the function", func() (*elb.CreateTargetGroupOutput, error) {
		return balancer.CreateTargetGroup(s.ctx, &elb.CreateTargetGroupInput{Name: new(s.region.Names.StandbyTargetGroup()), TargetType: elbtypes.TargetTypeEnumLambda})
	})
	if s.err != nil {
		return
	}
	call(s, "rule of the function", func() (*elb.CreateRuleOutput, error) {
		return balancer.CreateRule(s.ctx, &elb.CreateRuleInput{
			ListenerArn: &s.seeded.ListenerARN, Priority: new(number(standbyPriority)),
			Actions:    []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: group.TargetGroups[0].TargetGroupArn}},
			Conditions: []elbtypes.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: []string{"asleep"}}}},
		})
	})
	if !s.region.WakesOnRequest() {
		return
	}
	call(s, "wake budget", func() (*ssm.PutParameterOutput, error) {
		return ssm.NewFromConfig(s.cfg).PutParameter(s.ctx, &ssm.PutParameterInput{Name: new(s.region.Names.WakeBudget()), Value: new("{}"), Type: ssmtypes.ParameterTypeString})
	})
}
