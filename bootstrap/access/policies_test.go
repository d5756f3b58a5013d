package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// noResource are the actions here that AWS takes for no narrower resource than *, each in the table
// of its service without a resource type:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var noResource = strings.Fields(`
	application-autoscaling:DescribeScalableTargets application-autoscaling:DescribeScheduledActions
	ec2:DescribeAccountAttributes ec2:DescribeAddresses ec2:DescribeInternetGateways ec2:DescribeNetworkAcls
	ec2:DescribeNetworkInterfaces ec2:DescribeRegions ec2:DescribeRouteTables ec2:DescribeSecurityGroupRules
	ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
	ecs:DeregisterTaskDefinition ecs:DescribeTaskDefinition
	elasticloadbalancing:DescribeCapacityReservation elasticloadbalancing:DescribeListenerAttributes
	elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeLoadBalancerAttributes
	elasticloadbalancing:DescribeLoadBalancers elasticloadbalancing:DescribeTags
	elasticloadbalancing:DescribeTargetGroupAttributes elasticloadbalancing:DescribeTargetGroups
	iam:ListRoles logs:DescribeLogGroups
	route53:CreateHostedZone route53:ListHostedZones route53:ListHostedZonesByName
	secretsmanager:ListSecrets
	servicediscovery:CreatePrivateDnsNamespace servicediscovery:ListTagsForResource
	servicediscovery:TagResource servicediscovery:UntagResource
	tag:GetResources`)

func TestOnlyWhatHasNoResourceIsAllowedOnEverything(t *testing.T) {
	eachFleet(t, func(t *testing.T, _ *config.Fleet, fleet Fleet) {
		for _, policy := range Policies(fleet) {
			for _, statement := range policy.Document.Statement {
				everything := slices.Contains(statement.Resource, "*")
				for _, action := range statement.Action {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s allows %s", policy.Name, statement.Sid, action)
					}
					if everything != slices.Contains(noResource, action) {
						t.Errorf("%s: %s: %s on everything is %v", policy.Name, statement.Sid, action, everything)
					}
				}
			}
		}
	})
}

// TestPoliciesFitIntoAWS counts as AWS does, without white space.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPoliciesFitIntoAWS(t *testing.T) {
	const largest, perRole = 6144, 10
	eachFleet(t, func(t *testing.T, _ *config.Fleet, fleet Fleet) {
		count := map[string]int{}
		for _, policy := range Policies(fleet) {
			if size := len(hcl.Document(policy.Document)); size > largest {
				t.Errorf("%s has %d characters, AWS takes %d", policy.Name, size, largest)
			}
			for _, role := range policy.Roles {
				count[role]++
			}
		}
		for role, attached := range count {
			if attached > perRole {
				t.Errorf("%s has %d policies, AWS takes %d", role, attached, perRole)
			}
		}
	})
}

// TestTheApplyRoleMakesWhatTheStacksName asks for every name of every region.
func TestTheApplyRoleMakesWhatTheStacksName(t *testing.T) {
	eachFleet(t, func(t *testing.T, loaded *config.Fleet, fleet Fleet) {
		policies := Policies(fleet)
		for _, region := range loaded.Regions {
			names, at := region.Names, region.Name+":"+account+":"
			secret := names.Secret() + "-AbCdEf"
			for action, resource := range map[string]string{
				"elasticloadbalancing:CreateLoadBalancer": "arn:aws:elasticloadbalancing:" + at + "loadbalancer/app/" + names.LoadBalancer() + "/0123456789abcdef",
				"elasticloadbalancing:ModifyListener":     "arn:aws:elasticloadbalancing:" + at + "listener/app/" + names.LoadBalancer() + "/0123456789abcdef/0123456789abcdef",
				"elasticloadbalancing:CreateTargetGroup":  "arn:aws:elasticloadbalancing:" + at + "targetgroup/" + names.TargetGroup(region.Container.Port) + "/0123456789abcdef",
				"ecs:CreateCluster":                       "arn:aws:ecs:" + at + "cluster/" + names.Cluster(),
				"ecs:UpdateService":                       "arn:aws:ecs:" + at + "service/" + names.Cluster() + "/" + names.Service(),
				"ecs:RegisterTaskDefinition":              "arn:aws:ecs:" + at + "task-definition/" + names.TaskDefinition() + ":*",
				"logs:CreateLogGroup":                     "arn:aws:logs:" + at + "log-group:" + names.LogGroup(),
				"logs:DeleteLogGroup":                     "arn:aws:logs:" + at + "log-group:" + names.LogGroup() + ":*",
				"secretsmanager:CreateSecret":             "arn:aws:secretsmanager:" + at + "secret:" + secret,
				"secretsmanager:PutSecretValue":           "arn:aws:secretsmanager:" + at + "secret:" + secret,
				"iam:CreateRole":                          "arn:aws:iam::" + account + ":role/" + names.ExecutionRole(),
				"iam:PutRolePolicy":                       "arn:aws:iam::" + account + ":role/" + names.ExecutionRole(),
				"iam:DeleteRole":                          "arn:aws:iam::" + account + ":role/" + names.TaskRole(),
				"s3:PutObject":                            "arn:aws:s3:::" + fleet.State.Bucket + "/" + fleet.State.Prefix + "/terraform." + names.Stack() + ".tfstate",
			} {
				call := request{action: action, resource: resource}.in(region.Name)
				if !allowedBy(t, policies, Apply, call) {
					t.Errorf("the apply role may not %s on %s", action, resource)
				}
				if allowedBy(t, policies, Plan, call) {
					t.Errorf("the plan role may %s on %s", action, resource)
				}
			}
			if domain := region.CustomDomain(); domain != "" {
				call := request{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", map[string]string{
					"route53:ChangeResourceRecordSetsNormalizedRecordNames": domain, "route53:ChangeResourceRecordSetsRecordTypes": "A"}}.in("us-east-1")
				if !allowedBy(t, policies, Apply, call) || allowedBy(t, policies, Plan, call) {
					t.Errorf("the record %s is not the apply role's", domain)
				}
			}
		}
	})
}

func TestThePlanRoleChangesNothing(t *testing.T) {
	eachFleet(t, func(t *testing.T, _ *config.Fleet, fleet Fleet) {
		for _, policy := range Policies(fleet) {
			if !slices.Contains(policy.Roles, Plan) {
				continue
			}
			for _, statement := range policy.Document.Statement {
				for _, action := range statement.Action {
					_, verb, _ := strings.Cut(action, ":")
					reads := strings.HasPrefix(verb, "Describe") || strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "List")
					// The key's actions leave nothing behind.
					if !reads && statement.Sid != "LockStates" && statement.Sid != "KeyOfTheStates" {
						t.Errorf("%s: %s allows %s", policy.Name, statement.Sid, action)
					}
				}
			}
		}
	})
}

func TestWhatARoleIsAllowed(t *testing.T) {
	fleet := fleetOf(t, "../../examples/s3-state.yaml")
	const (
		vpc         = "arn:aws:ec2:eu-west-1:" + account + ":vpc/vpc-1"
		subnet      = "arn:aws:ec2:eu-west-1:" + account + ":subnet/subnet-1"
		group       = "arn:aws:ec2:eu-west-1:" + account + ":security-group/sg-1"
		rule        = "arn:aws:ec2:eu-west-1:" + account + ":security-group-rule/sgr-1"
		secret      = "arn:aws:secretsmanager:eu-west-1:" + account + ":secret:fmp-mcp-prod-eu-west-1-api-key-AbCdEf"
		cluster     = "arn:aws:ecs:eu-west-1:" + account + ":cluster/fmp-mcp-prod-eu-west-1-cluster"
		execution   = "arn:aws:iam::" + account + ":role/fmp-mcp-prod-eu-west-1-ecs-task-execution-role"
		states      = "arn:aws:s3:::acme-terraform-state/fmp-mcp/terraform."
		otherPrefix = "arn:aws:s3:::acme-terraform-state/other/terraform.prod-eu-west-1.tfstate"
	)
	ours := map[string]string{"aws:ResourceTag/Project": "fmp-mcp", "aws:ResourceTag/Environment": "prod"}
	theirs := map[string]string{"aws:ResourceTag/Project": "fmp-mcp", "aws:ResourceTag/Environment": "dev"}
	asking := map[string]string{"aws:RequestTag/Project": "fmp-mcp", "aws:RequestTag/Environment": "prod"}
	creating := map[string]string{"aws:RequestTag/Project": "fmp-mcp", "aws:RequestTag/Environment": "prod", "ec2:CreateAction": "CreateVpc"}
	cases := []struct {
		name string
		// plan and apply are whether the role may.
		plan, apply bool
		call        request
		region      string
	}{
		{"both look at the network", true, true, request{"ec2:DescribeVpcs", "*", nil}, "eu-west-1"},
		{"in a region of the fleet's only", false, false, request{"ec2:DescribeVpcs", "*", nil}, "eu-west-2"},
		{"a cluster is made in a region of the fleet's", false, true, request{"ecs:CreateCluster", cluster, nil}, "eu-west-1"},
		{"and in no other", false, false, request{"ecs:CreateCluster", cluster, nil}, "eu-west-2"},
		{"another project's cluster is not ours", false, false, request{"ecs:DeleteCluster", "arn:aws:ecs:eu-west-1:" + account + ":cluster/other", nil}, "eu-west-1"},
		{"nor is another environment's", false, false, request{"ecs:DeleteCluster", "arn:aws:ecs:eu-west-1:" + account + ":cluster/fmp-mcp-dev-eu-west-1-cluster", nil}, "eu-west-1"},

		{"a new VPC carries the fleet's tags", false, true, request{"ec2:CreateVpc", vpc, asking}, "eu-west-1"},
		{"one without tags is not made", false, false, request{"ec2:CreateVpc", vpc, nil}, "eu-west-1"},
		{"a new VPC is tagged", false, true, request{"ec2:CreateTags", vpc, creating}, "eu-west-1"},
		{"somebody else's is not", false, false, request{"ec2:CreateTags", vpc, asking}, "eu-west-1"},
		{"a subnet is made with tags", false, true, request{"ec2:CreateSubnet", subnet, asking}, "eu-west-1"},
		{"in the fleet's VPC", false, true, request{"ec2:CreateSubnet", vpc, ours}, "eu-west-1"},
		{"not in another, whatever its own tags", false, false, request{"ec2:CreateSubnet", vpc, asking}, "eu-west-1"},
		{"a rule is added to the fleet's security group", false, true, request{"ec2:AuthorizeSecurityGroupIngress", group, ours}, "eu-west-1"},
		{"not to another", false, false, request{"ec2:AuthorizeSecurityGroupIngress", group, asking}, "eu-west-1"},
		{"a rule is tagged once it is there", false, true, request{"ec2:CreateTags", rule, asking}, "eu-west-1"},
		{"as one of the fleet's", false, false, request{"ec2:CreateTags", rule, nil}, "eu-west-1"},
		{"our VPC is deleted", false, true, request{"ec2:DeleteVpc", vpc, ours}, "eu-west-1"},
		{"another environment's is not", false, false, request{"ec2:DeleteVpc", vpc, theirs}, "eu-west-1"},

		{"the placeholder of a secret is read", true, true,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionId": "terraform-20261123150405123400000001"}}, "eu-west-1"},
		{"its value is by an apply, for its keys", false, true,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionStage": "AWSCURRENT"}}, "eu-west-1"},
		{"its last one is not", false, false,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionStage": "AWSPREVIOUS"}}, "eu-west-1"},
		{"another environment's is not", false, false,
			request{"secretsmanager:GetSecretValue", strings.Replace(secret, "prod", "dev", 1), map[string]string{"secretsmanager:VersionStage": "AWSCURRENT"}}, "eu-west-1"},
		{"not by the id of its version either", false, false,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionId": "0b7ad0a6-0a6f-4f7b-9f0e-6a1f5b8f2c41"}}, "eu-west-1"},

		{"a task's role is given to ECS", false, true, request{"iam:PassRole", execution, map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}}, "us-east-1"},
		{"to nothing else", false, false, request{"iam:PassRole", execution, map[string]string{"iam:PassedToService": "lambda.amazonaws.com"}}, "us-east-1"},
		{"nor another role to ECS", false, false,
			request{"iam:PassRole", "arn:aws:iam::" + account + ":role/admin", map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}}, "us-east-1"},
		{"no role changes itself", false, false, request{"iam:PutRolePolicy", "arn:aws:iam::" + account + ":role/ci/fmp-mcp-prod-apply", nil}, "us-east-1"},
		{"ECS gets its service's role", false, true,
			request{"iam:CreateServiceLinkedRole", "arn:aws:iam::" + account + ":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", map[string]string{"iam:AWSServiceName": "ecs.amazonaws.com"}}, "us-east-1"},
		{"another service does not", false, false,
			request{"iam:CreateServiceLinkedRole", "arn:aws:iam::" + account + ":role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS", map[string]string{"iam:AWSServiceName": "rds.amazonaws.com"}}, "us-east-1"},
		{"a record is nobody's without a name of the fleet's own", false, false, request{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", nil}, "us-east-1"},

		{"a state is read", true, true, request{"s3:GetObject", states + "prod-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"and written by an apply", false, true, request{"s3:PutObject", states + "prod-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"and deleted by nobody", false, false, request{"s3:DeleteObject", states + "prod-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"a lock is taken", true, true, request{"s3:PutObject", states + "prod-eu-west-1.tfstate.tflock", nil}, "eu-west-1"},
		{"and given back", true, true, request{"s3:DeleteObject", states + "prod-eu-west-1.tfstate.tflock", nil}, "eu-west-1"},
		{"another environment's state is not ours", false, false, request{"s3:GetObject", states + "dev-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"nor is another prefix", false, false, request{"s3:GetObject", otherPrefix, nil}, "eu-west-1"},
		{"the bucket may be where the fleet is not", true, true, request{"s3:ListBucket", "arn:aws:s3:::acme-terraform-state", nil}, "eu-central-1"},
	}
	for _, each := range cases {
		t.Run(each.name, func(t *testing.T) {
			call := each.call.in(each.region)
			if plan, apply := allowed(t, fleet, Plan, call), allowed(t, fleet, Apply, call); plan != each.plan || apply != each.apply {
				t.Errorf("plan %v, want %v; apply %v, want %v", plan, each.plan, apply, each.apply)
			}
		})
	}
}

func TestTheKeyOfTheStatesIsNamedHoweverItIsWritten(t *testing.T) {
	const key = "0b7ad0a6-0a6f-4f7b-9f0e-6a1f5b8f2c41"
	for written, want := range map[string]struct{ resource, alias string }{
		key: {"arn:aws:kms:eu-west-1:" + account + ":key/" + key, ""},
		"arn:aws:kms:eu-west-1:999999999999:key/" + key: {"arn:aws:kms:eu-west-1:999999999999:key/" + key, ""},
		"alias/states": {"arn:aws:kms:eu-west-1:" + account + ":key/*", "alias/states"},
		"arn:aws:kms:eu-west-1:999999999999:alias/states": {"arn:aws:kms:eu-west-1:999999999999:key/*", "alias/states"},
	} {
		statement := stateKey(Fleet{Account: account, State: config.State{Region: "eu-west-1", KMSKey: written}})
		if len(statement.Resource) != 1 || string(statement.Resource[0]) != want.resource {
			t.Errorf("%s: %v", written, statement.Resource)
		}
		if aliases, _ := statement.Condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"].([]hcl.Reference); strings.Join(texts(aliases), " ") != want.alias {
			t.Errorf("%s: aliases %v", written, aliases)
		}
	}
}

func texts(references []hcl.Reference) []string {
	var list []string
	for _, reference := range references {
		list = append(list, string(reference))
	}
	return list
}
