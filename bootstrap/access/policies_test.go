package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// noResource are the actions that only accept *. They have no resource type in the table of their service:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var noResource = strings.Fields(`
	acm:RequestCertificate
	application-autoscaling:DescribeScalableTargets application-autoscaling:DescribeScheduledActions application-autoscaling:DescribeScalingPolicies
	ec2:DescribeAccountAttributes ec2:DescribeAddresses ec2:DescribeAddressesAttribute ec2:DescribeFlowLogs ec2:DescribeInternetGateways
	ec2:DescribeNatGateways ec2:DescribeNetworkAcls ec2:DescribeNetworkInterfaces ec2:DescribePrefixLists
	ec2:DescribeRegions ec2:DescribeRouteTables ec2:DescribeSecurityGroupRules ec2:DescribeSecurityGroups
	ec2:DescribeSubnets ec2:DescribeVpcEndpoints ec2:DescribeVpcs
	ecs:DeregisterTaskDefinition ecs:DescribeTaskDefinition
	elasticloadbalancing:DescribeCapacityReservation elasticloadbalancing:DescribeListenerAttributes
	elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeLoadBalancerAttributes
	elasticloadbalancing:DescribeLoadBalancers elasticloadbalancing:DescribeRules elasticloadbalancing:DescribeTags
	elasticloadbalancing:DescribeTargetGroupAttributes elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:DescribeTargetHealth
	iam:ListRoles kms:CreateKey lambda:ListFunctions logs:DescribeLogGroups
	route53:CreateHealthCheck route53:CreateHostedZone route53:ListHostedZones route53:ListHostedZonesByName
	secretsmanager:ListSecrets
	servicediscovery:CreatePrivateDnsNamespace servicediscovery:ListTagsForResource
	servicediscovery:TagResource servicediscovery:UntagResource
	sns:GetSubscriptionAttributes sns:SetSubscriptionAttributes sns:Unsubscribe
	ssm:DescribeParameters
	tag:GetResources`)

func TestWildcardResourceIsUsedOnlyWhereRequired(t *testing.T) {
	eachFleet(t, func(t *testing.T, _ *config.Fleet, fleet Fleet) {
		for _, policy := range Policies(fleet) {
			for _, statement := range policy.Document.Statement {
				everything := slices.Contains(statement.Resource, "*")
				for _, action := range statement.Action {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s allows %s", policy.Name, statement.Sid, action)
					}
					if everything != slices.Contains(noResource, action) {
						t.Errorf("%s: %s: %s has the resource *: %v", policy.Name, statement.Sid, action, everything)
					}
				}
			}
		}
	})
}

// TestPoliciesAreWithinQuotas counts characters without white space, like AWS.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPoliciesAreWithinQuotas(t *testing.T) {
	const largest, perRole = 6144, 10
	test := func(t *testing.T, _ *config.Fleet, fleet Fleet) {
		t.Helper()
		count := map[string]int{}
		for _, policy := range Policies(fleet) {
			if size := len(hcl.Document(policy.Document)); size > largest {
				t.Errorf("%s has %d characters, the limit is %d", policy.Name, size, largest)
			}
			for _, role := range policy.Roles {
				count[role]++
			}
		}
		for role, attached := range count {
			if attached > perRole {
				t.Errorf("%s has %d policies, the limit is %d", role, attached, perRole)
			}
		}
	}
	eachFleet(t, test)
	t.Run("longest names", func(t *testing.T) { test(t, nil, longestFleet(t, "cidr: 10.%d.0.0/16")) })
	const existing = "existing: {vpc_id: vpc-%017x, public_subnets: [subnet-00000001, subnet-00000002]}"
	t.Run("existing VPCs", func(t *testing.T) { test(t, nil, longestFleet(t, existing)) })
	t.Run("volumes", func(t *testing.T) {
		fleet := longestFleet(t, existing)
		fleet.CreatesVPCs, fleet.FileSystems = true, true
		test(t, nil, fleet)
	})
	t.Run("some existing VPCs", func(t *testing.T) {
		fleet := longestFleet(t, existing)
		fleet.CreatesVPCs = true
		test(t, nil, fleet)
	})
}

// longestFleet returns a fleet in every region, with names as long as the fleet file and ACM allow. The network is a
// format with the number of the region.
func longestFleet(t *testing.T, network string) Fleet {
	t.Helper()
	var regions strings.Builder
	for i, name := range config.RegionNames() {
		fmt.Fprintf(&regions, "  %s: {network: {"+network+"}}\n", name, i)
	}
	text := fmt.Sprintf("project: %s\nenvironment: %s\ndefaults:\n  container: {image: a/b, secrets: {A: B}}\n  logs: {access: true}\n  dashboard: true\n  alarms: {email: ops@example.com}\n  access: {paths: [/mcp]}\n  weekend: {enabled: true, wake_on_request: true}\n  secrets: {kms_key: alias/aws/secretsmanager}\n%s  dns: {enabled: true, regional: true, zone: example.com, name: %s}\nregions:\n%s",
		strings.Repeat("p", 32), strings.Repeat("e", 16), longestTaskRole(), strings.Repeat("n", 64-len(".example.com")), regions.String())
	fleet, _, err := config.Parse("regions.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return NewFleet(fleet, account)
}

// longestTaskRole has as many managed policies as a role can have, with names as long as IAM allows.
func longestTaskRole() string {
	var list []string
	for i := range 10 {
		list = append(list, fmt.Sprintf(`"arn:aws:iam::{account}:policy/%d%s"`, i, strings.Repeat("m", 127)))
	}
	return fmt.Sprintf("  task_role: {permissions_boundary: \"arn:aws:iam::{account}:policy/%s\", managed_policies: [%s]}\n", strings.Repeat("b", 128), strings.Join(list, ", "))
}

// TestOnlyApplyRoleMayWriteResourcesOfStacks evaluates requests with the names of every region.
func TestOnlyApplyRoleMayWriteResourcesOfStacks(t *testing.T) {
	eachFleet(t, func(t *testing.T, loaded *config.Fleet, fleet Fleet) {
		policies := Policies(fleet)
		for _, region := range loaded.Regions {
			names, at := region.Names, region.Name+":"+account+":"
			secret := names.Secret() + "-AbCdEf"
			for action, resource := range map[string]string{
				"elasticloadbalancing:CreateLoadBalancer": "arn:aws:elasticloadbalancing:" + at + "loadbalancer/app/" + region.LoadBalancerName() + "/0123456789abcdef",
				"elasticloadbalancing:ModifyListener":     "arn:aws:elasticloadbalancing:" + at + "listener/app/" + region.LoadBalancerName() + "/0123456789abcdef/0123456789abcdef",
				"elasticloadbalancing:CreateRule":         "arn:aws:elasticloadbalancing:" + at + "listener/app/" + region.LoadBalancerName() + "/0123456789abcdef/0123456789abcdef",
				"elasticloadbalancing:DeleteRule":         "arn:aws:elasticloadbalancing:" + at + "listener-rule/app/" + region.LoadBalancerName() + "/0123456789abcdef/0123456789abcdef/0123456789abcdef",
				"elasticloadbalancing:SetWebAcl":          "arn:aws:elasticloadbalancing:" + at + "loadbalancer/app/" + region.LoadBalancerName() + "/0123456789abcdef",
				"wafv2:CreateWebACL":                      "arn:aws:wafv2:" + at + "regional/webacl/" + names.WebACL() + "/12345678-90ab-cdef-1234-567890abcdef",
				"wafv2:UpdateWebACL":                      "arn:aws:wafv2:" + at + "regional/managedruleset/*/*",
				"elasticloadbalancing:CreateTargetGroup":  "arn:aws:elasticloadbalancing:" + at + "targetgroup/" + region.TargetGroupName() + "/0123456789abcdef",
				"ecs:CreateCluster":                       "arn:aws:ecs:" + at + "cluster/" + names.Cluster(),
				"ecs:UpdateService":                       "arn:aws:ecs:" + at + "service/" + names.Cluster() + "/" + names.Service(),
				"ecs:RegisterTaskDefinition":              "arn:aws:ecs:" + at + "task-definition/" + names.TaskDefinition() + ":*",
				"logs:CreateLogGroup":                     "arn:aws:logs:" + at + "log-group:" + names.LogGroup(),
				"logs:PutRetentionPolicy":                 "arn:aws:logs:" + at + "log-group:" + names.FlowLogGroup(),
				"iam:UpdateRole":                          "arn:aws:iam::" + account + ":role/" + names.FlowLogRole(),
				"logs:DeleteLogGroup":                     "arn:aws:logs:" + at + "log-group:" + names.LogGroup() + ":*",
				"secretsmanager:CreateSecret":             "arn:aws:secretsmanager:" + at + "secret:" + secret,
				"secretsmanager:PutSecretValue":           "arn:aws:secretsmanager:" + at + "secret:" + secret,
				"iam:CreateRole":                          "arn:aws:iam::" + account + ":role/" + names.ExecutionRole(),
				"iam:PutRolePolicy":                       "arn:aws:iam::" + account + ":role/" + names.ExecutionRole(),
				"iam:DeleteRole":                          "arn:aws:iam::" + account + ":role/" + names.TaskRole(),
				"s3:PutObject":                            "arn:aws:s3:::" + fleet.State.Bucket + "/" + fleet.State.Prefix + "/terraform." + names.Stack() + ".tfstate",
			} {
				call := request{action, resource, map[string]string{"iam:PermissionsBoundary": region.Fill(region.TaskRole.PermissionsBoundary, account)}}.in(region.Name)
				if !allowedBy(t, policies, Apply, call) {
					t.Errorf("the apply role may not %s on %s", action, resource)
				}
				if allowedBy(t, policies, Plan, call) {
					t.Errorf("the plan role may %s on %s", action, resource)
				}
			}
			for _, domain := range []string{region.CustomDomain(), region.RegionalDomain()} {
				if domain == "" {
					continue
				}
				for _, call := range []request{
					changeRecord("A", domain), changeRecord("CNAME", "_0123456789abcdef."+domain), requestCertificate(fleet, domain).in(region.Name),
				} {
					if !allowedBy(t, policies, Apply, call) || allowedBy(t, policies, Plan, call) {
						t.Errorf("the apply role may not %s for %s, or the plan role may", call.action, domain)
					}
				}
			}
		}
	})
}

// changeRecord changes a record of a hosted zone.
func changeRecord(kind, name string) request {
	return request{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", map[string]string{
		"route53:ChangeResourceRecordSetsNormalizedRecordNames": name, "route53:ChangeResourceRecordSetsRecordTypes": kind}}.in("us-east-1")
}

// requestCertificate requests a certificate with the fleet's tags.
func requestCertificate(fleet Fleet, domain string) request {
	return request{"acm:RequestCertificate", "*", map[string]string{
		"acm:DomainNames": domain, "acm:ValidationMethod": "DNS", "aws:RequestTag/Project": fleet.Project, "aws:RequestTag/Environment": fleet.Environment,
	}}
}

// TestDomainsLimitChanges tests a fleet with its own name in each region.
func TestDomainsLimitChanges(t *testing.T) {
	fleet := fleetOf(t, "../../examples/https.yaml")
	const certificate = "arn:aws:acm:eu-west-1:" + account + ":certificate/12345678-90ab-cdef-1234-567890abcdef"
	ours := map[string]string{"aws:ResourceTag/Project": fleet.Project, "aws:ResourceTag/Environment": fleet.Environment}
	theirs := map[string]string{"aws:ResourceTag/Project": "other", "aws:ResourceTag/Environment": fleet.Environment}
	asking := map[string]string{"aws:RequestTag/Project": fleet.Project, "aws:RequestTag/Environment": fleet.Environment}
	takingOver := maps.Clone(asking)
	maps.Copy(takingOver, theirs)
	byEmail := requestCertificate(fleet, "mcp.example.com")
	byEmail.context["acm:ValidationMethod"] = "EMAIL"
	for _, each := range []struct {
		name string
		want bool
		call request
	}{
		{"a record of the domain", true, changeRecord("A", "mcp.example.com")},
		{"a record of the region's domain", true, changeRecord("A", "eu-west-1.mcp.example.com")},
		{"no record of another region", false, changeRecord("A", "eu-west-2.mcp.example.com")},
		{"no other type", false, changeRecord("TXT", "mcp.example.com")},
		{"no CNAME of the domain", false, changeRecord("CNAME", "mcp.example.com")},
		{"a validation record", true, changeRecord("CNAME", "_0123456789abcdef.mcp.example.com")},
		{"a validation record of the region's domain", true, changeRecord("CNAME", "_0123456789abcdef.eu-west-1.mcp.example.com")},
		{"no validation record of another domain", false, changeRecord("CNAME", "_0123456789abcdef.example.com")},
		{"no CNAME of another name below the domain", false, changeRecord("CNAME", "other.mcp.example.com")},

		{"no certificate for another domain", false, requestCertificate(fleet, "example.com").in("eu-west-1")},
		{"no certificate without the fleet's tags", false, request{"acm:RequestCertificate", "*", map[string]string{"acm:DomainNames": "mcp.example.com", "acm:ValidationMethod": "DNS"}}.in("eu-west-1")},
		{"no certificate validated by email", false, byEmail.in("eu-west-1")},
		{"no certificate in another region", false, requestCertificate(fleet, "mcp.example.com").in("eu-west-2")},
		{"tag a new certificate", true, request{"acm:AddTagsToCertificate", certificate, asking}.in("eu-west-1")},
		{"but none of others", false, request{"acm:AddTagsToCertificate", certificate, takingOver}.in("eu-west-1")},
		{"nor with other tags", false, request{"acm:AddTagsToCertificate", certificate, nil}.in("eu-west-1")},
		{"delete a certificate of the fleet", true, request{"acm:DeleteCertificate", certificate, ours}.in("eu-west-1")},
		{"but none of others", false, request{"acm:DeleteCertificate", certificate, theirs}.in("eu-west-1")},
		{"read any certificate", true, request{"acm:DescribeCertificate", certificate, theirs}.in("eu-west-1")},
	} {
		t.Run(each.name, func(t *testing.T) {
			if got := allowed(t, fleet, Apply, each.call); got != each.want {
				t.Errorf("got %v, want %v", got, each.want)
			}
		})
	}
}

func TestKeysOfSecrets(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:" + account + ":key/12345678-90ab-cdef-1234-567890abcdef"
	use := func(action, service, secret string) request {
		return request{"kms:" + action, key, map[string]string{"kms:ViaService": service, "kms:EncryptionContext:SecretARN": secret}}.in("eu-west-1")
	}
	const (
		manager = "secretsmanager.eu-west-1.amazonaws.com"
		secrets = "arn:aws:secretsmanager:eu-west-1:" + account + ":secret:"
		own     = secrets + "careful-prod-eu-west-1-api-key-AbCdEf"
	)
	for _, each := range []struct {
		name        string
		file        string
		plan, apply bool
		call        request
	}{
		{"both decrypt a secret of the fleet", "production", true, true, use("Decrypt", manager, own)},
		{"apply encrypts it", "production", false, true, use("GenerateDataKey", manager, own)},
		{"apply encrypts it with another key", "production", false, true, use("Encrypt", manager, own)},
		{"a test of a key", "production", false, true, use("GenerateDataKey", manager, "RequestToValidateKeyAccess")},
		{"no other secret", "production", false, false, use("Decrypt", manager, secrets+"other-AbCdEf")},
		{"nothing of another service", "production", false, false, use("Decrypt", "s3.eu-west-1.amazonaws.com", own)},
		{"nothing directly", "production", false, false, request{action: "kms:Decrypt", resource: key}.in("eu-west-1")},
		{"nothing without keys", "single-region", false, false, use("Decrypt", manager, secrets+"hello-dev-eu-central-1-api-key-AbCdEf")},
	} {
		t.Run(each.name, func(t *testing.T) {
			fleet := fleetOf(t, "../../examples/"+each.file+".yaml")
			if plan, apply := allowed(t, fleet, Plan, each.call), allowed(t, fleet, Apply, each.call); plan != each.plan || apply != each.apply {
				t.Errorf("plan: %t, want %t; apply: %t, want %t", plan, each.plan, apply, each.apply)
			}
		})
	}
}

func TestPlanRoleChangesNothing(t *testing.T) {
	eachFleet(t, func(t *testing.T, _ *config.Fleet, fleet Fleet) {
		for _, policy := range Policies(fleet) {
			if !slices.Contains(policy.Roles, Plan) {
				continue
			}
			for _, statement := range policy.Document.Statement {
				for _, action := range statement.Action {
					_, verb, _ := strings.Cut(action, ":")
					reads := strings.HasPrefix(verb, "Describe") || strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "List") || action == "budgets:ViewBudget" || action == "apigateway:GET"
					// The KMS actions change nothing.
					if !reads && statement.Sid != "LockStates" && statement.Sid != "KeyOfTheStates" && statement.Sid != "KeysOfSecrets" {
						t.Errorf("%s: %s allows %s", policy.Name, statement.Sid, action)
					}
				}
			}
		}
	})
}

func TestAllowed(t *testing.T) {
	fleet := fleetOf(t, "../../examples/s3-state.yaml")
	const (
		vpc         = "arn:aws:ec2:eu-west-1:" + account + ":vpc/vpc-1"
		subnet      = "arn:aws:ec2:eu-west-1:" + account + ":subnet/subnet-1"
		address     = "arn:aws:ec2:eu-west-1:" + account + ":elastic-ip/eipalloc-1"
		gateway     = "arn:aws:ec2:eu-west-1:" + account + ":natgateway/nat-1"
		endpoint    = "arn:aws:ec2:eu-west-1:" + account + ":vpc-endpoint/vpce-1"
		group       = "arn:aws:ec2:eu-west-1:" + account + ":security-group/sg-1"
		rule        = "arn:aws:ec2:eu-west-1:" + account + ":security-group-rule/sgr-1"
		secret      = "arn:aws:secretsmanager:eu-west-1:" + account + ":secret:fmp-mcp-prod-eu-west-1-api-key-AbCdEf"
		cluster     = "arn:aws:ecs:eu-west-1:" + account + ":cluster/fmp-mcp-prod-eu-west-1-cluster"
		execution   = "arn:aws:iam::" + account + ":role/fmp-mcp-prod-eu-west-1-ecs-task-execution-role"
		flowLog     = "arn:aws:ec2:eu-west-1:" + account + ":vpc-flow-log/fl-1"
		flowLogRole = "arn:aws:iam::" + account + ":role/fmp-mcp-prod-eu-west-1-flow-logs-role"
		balancer    = "arn:aws:elasticloadbalancing:eu-west-1:" + account + ":loadbalancer/app/fmp-mcp-prod-eu-west-1-alb/0123456789abcdef"
		webACL      = "arn:aws:wafv2:eu-west-1:" + account + ":regional/webacl/fmp-mcp-prod-eu-west-1-waf/12345678-90ab-cdef-1234-567890abcdef"
		states      = "arn:aws:s3:::acme-terraform-state/fmp-mcp/terraform."
		otherPrefix = "arn:aws:s3:::acme-terraform-state/other/terraform.prod-eu-west-1.tfstate"
	)
	ours := map[string]string{"aws:ResourceTag/Project": "fmp-mcp", "aws:ResourceTag/Environment": "prod"}
	theirs := map[string]string{"aws:ResourceTag/Project": "fmp-mcp", "aws:ResourceTag/Environment": "dev"}
	asking := map[string]string{"aws:RequestTag/Project": "fmp-mcp", "aws:RequestTag/Environment": "prod"}
	creating := map[string]string{"aws:RequestTag/Project": "fmp-mcp", "aws:RequestTag/Environment": "prod", "ec2:CreateAction": "CreateVpc"}
	cases := []struct {
		name string
		// plan and apply are whether the role is allowed.
		plan, apply bool
		call        request
		region      string
	}{
		{"both roles describe VPCs", true, true, request{"ec2:DescribeVpcs", "*", nil}, "eu-west-1"},
		{"but not in other regions", false, false, request{"ec2:DescribeVpcs", "*", nil}, "eu-west-2"},
		{"apply creates a cluster in a region of the fleet", false, true, request{"ecs:CreateCluster", cluster, nil}, "eu-west-1"},
		{"but not in other regions", false, false, request{"ecs:CreateCluster", cluster, nil}, "eu-west-2"},
		{"no cluster of another project", false, false, request{"ecs:DeleteCluster", "arn:aws:ecs:eu-west-1:" + account + ":cluster/other", nil}, "eu-west-1"},
		{"no cluster of another environment", false, false, request{"ecs:DeleteCluster", "arn:aws:ecs:eu-west-1:" + account + ":cluster/fmp-mcp-dev-eu-west-1-cluster", nil}, "eu-west-1"},

		{"apply creates a VPC with the fleet's tags", false, true, request{"ec2:CreateVpc", vpc, asking}, "eu-west-1"},
		{"but not without tags", false, false, request{"ec2:CreateVpc", vpc, nil}, "eu-west-1"},
		{"apply tags a new VPC", false, true, request{"ec2:CreateTags", vpc, creating}, "eu-west-1"},
		{"but no existing VPC of others", false, false, request{"ec2:CreateTags", vpc, asking}, "eu-west-1"},
		{"apply creates a subnet with the fleet's tags", false, true, request{"ec2:CreateSubnet", subnet, asking}, "eu-west-1"},
		{"in a VPC of the fleet", false, true, request{"ec2:CreateSubnet", vpc, ours}, "eu-west-1"},
		{"but in no other VPC, whatever the subnet's tags", false, false, request{"ec2:CreateSubnet", vpc, asking}, "eu-west-1"},
		{"apply adds a rule to a security group of the fleet", false, true, request{"ec2:AuthorizeSecurityGroupIngress", group, ours}, "eu-west-1"},
		{"but to no other", false, false, request{"ec2:AuthorizeSecurityGroupIngress", group, asking}, "eu-west-1"},
		{"apply tags an existing rule with the fleet's tags", false, true, request{"ec2:CreateTags", rule, asking}, "eu-west-1"},
		{"but with no others", false, false, request{"ec2:CreateTags", rule, nil}, "eu-west-1"},
		{"apply allocates an address with the fleet's tags", false, true, request{"ec2:AllocateAddress", address, asking}, "eu-west-1"},
		{"but not without tags", false, false, request{"ec2:AllocateAddress", address, nil}, "eu-west-1"},
		{"apply creates a NAT gateway with an address of the fleet", false, true, request{"ec2:CreateNatGateway", address, ours}, "eu-west-1"},
		{"but with no other", false, false, request{"ec2:CreateNatGateway", address, theirs}, "eu-west-1"},
		{"apply deletes a NAT gateway of the fleet", false, true, request{"ec2:DeleteNatGateway", gateway, ours}, "eu-west-1"},
		{"but no other", false, false, request{"ec2:DeleteNatGateway", gateway, theirs}, "eu-west-1"},
		{"apply creates an endpoint with the fleet's tags", false, true, request{"ec2:CreateVpcEndpoint", endpoint, asking}, "eu-west-1"},
		{"in a VPC of the fleet", false, true, request{"ec2:CreateVpcEndpoint", vpc, ours}, "eu-west-1"},
		{"but in no other VPC, whatever the endpoint's tags", false, false, request{"ec2:CreateVpcEndpoint", vpc, asking}, "eu-west-1"},
		{"apply deletes a VPC of the fleet", false, true, request{"ec2:DeleteVpc", vpc, ours}, "eu-west-1"},
		{"but of no other environment", false, false, request{"ec2:DeleteVpc", vpc, theirs}, "eu-west-1"},

		{"both roles read the placeholder of a secret", true, true,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionId": "terraform-20261123150405123400000001"}}, "eu-west-1"},
		{"apply reads the current value", false, true,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionStage": "AWSCURRENT"}}, "eu-west-1"},
		{"but not the previous value", false, false,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionStage": "AWSPREVIOUS"}}, "eu-west-1"},
		{"nor that of another environment", false, false,
			request{"secretsmanager:GetSecretValue", strings.Replace(secret, "prod", "dev", 1), map[string]string{"secretsmanager:VersionStage": "AWSCURRENT"}}, "eu-west-1"},
		{"nor the version of an operator by its ID", false, false,
			request{"secretsmanager:GetSecretValue", secret, map[string]string{"secretsmanager:VersionId": "0b7ad0a6-0a6f-4f7b-9f0e-6a1f5b8f2c41"}}, "eu-west-1"},

		{"apply passes a task's role to ECS", false, true, request{"iam:PassRole", execution, map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}}, "us-east-1"},
		{"but to no other service", false, false, request{"iam:PassRole", execution, map[string]string{"iam:PassedToService": "lambda.amazonaws.com"}}, "us-east-1"},
		{"apply passes a flow log's role to flow logs", false, true, request{"iam:PassRole", flowLogRole, map[string]string{"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}}, "eu-west-1"},
		{"but not to ECS", false, false, request{"iam:PassRole", flowLogRole, map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}}, "eu-west-1"},
		{"apply creates a flow log with the fleet's tags", false, true, request{"ec2:CreateFlowLogs", flowLog, asking}, "eu-west-1"},
		{"of a VPC of the fleet", false, true, request{"ec2:CreateFlowLogs", vpc, ours}, "eu-west-1"},
		{"but of no other VPC", false, false, request{"ec2:CreateFlowLogs", vpc, theirs}, "eu-west-1"},
		{"nor deletes a flow log of others", false, false, request{"ec2:DeleteFlowLogs", flowLog, theirs}, "eu-west-1"},
		{"nor any other role to ECS", false, false,
			request{"iam:PassRole", "arn:aws:iam::" + account + ":role/admin", map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}}, "us-east-1"},
		{"apply cannot change itself", false, false, request{"iam:PutRolePolicy", "arn:aws:iam::" + account + ":role/ci/fmp-mcp-prod-apply", nil}, "us-east-1"},
		{"apply creates the service-linked role of ECS", false, true,
			request{"iam:CreateServiceLinkedRole", "arn:aws:iam::" + account + ":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", map[string]string{"iam:AWSServiceName": "ecs.amazonaws.com"}}, "us-east-1"},
		{"but of no other service", false, false,
			request{"iam:CreateServiceLinkedRole", "arn:aws:iam::" + account + ":role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS", map[string]string{"iam:AWSServiceName": "rds.amazonaws.com"}}, "us-east-1"},
		{"apply creates a web ACL of the fleet", false, true, request{"wafv2:CreateWebACL", webACL, nil}, "eu-west-1"},
		{"with AWS's rules", false, true, request{"wafv2:CreateWebACL", "arn:aws:wafv2:eu-west-1:" + account + ":regional/managedruleset/*/*", nil}, "eu-west-1"},
		{"but with no rule group of the account", false, false, request{"wafv2:CreateWebACL", "arn:aws:wafv2:eu-west-1:" + account + ":regional/rulegroup/other/1", nil}, "eu-west-1"},
		{"nor a web ACL of another environment", false, false, request{"wafv2:UpdateWebACL", strings.Replace(webACL, "prod", "dev", 1), nil}, "eu-west-1"},
		{"apply protects a load balancer of the fleet", false, true, request{"elasticloadbalancing:CreateWebACLAssociation", balancer, nil}, "eu-west-1"},
		{"but no other", false, false, request{"elasticloadbalancing:CreateWebACLAssociation", strings.Replace(balancer, "prod", "dev", 1), nil}, "eu-west-1"},
		{"both roles read what protects a load balancer", true, true, request{"wafv2:GetWebACLForResource", strings.Replace(webACL, "fmp-mcp", "other", 1), nil}, "eu-west-1"},
		{"no certificates without a custom domain", false, false, requestCertificate(fleet, ""), "eu-west-1"},
		{"no records without a custom domain", false, false, request{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", nil}, "us-east-1"},

		{"both roles read a state", true, true, request{"s3:GetObject", states + "prod-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"only apply writes it", false, true, request{"s3:PutObject", states + "prod-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"neither deletes it", false, false, request{"s3:DeleteObject", states + "prod-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"both roles lock a state", true, true, request{"s3:PutObject", states + "prod-eu-west-1.tfstate.tflock", nil}, "eu-west-1"},
		{"and unlock it", true, true, request{"s3:DeleteObject", states + "prod-eu-west-1.tfstate.tflock", nil}, "eu-west-1"},
		{"no state of another environment", false, false, request{"s3:GetObject", states + "dev-eu-west-1.tfstate", nil}, "eu-west-1"},
		{"nor under another prefix", false, false, request{"s3:GetObject", otherPrefix, nil}, "eu-west-1"},
		{"the bucket may be in a region outside the fleet", true, true, request{"s3:ListBucket", "arn:aws:s3:::acme-terraform-state", nil}, "eu-central-1"},
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

func TestExistingVPCs(t *testing.T) {
	const arn = "arn:aws:ec2:eu-west-1:" + account + ":vpc/vpc-"
	const hosted = arn + "0123456789abcdef0"
	shared := strings.Replace(hosted, account, "999999999999", 1)
	asking := map[string]string{"aws:RequestTag/Project": "hosted", "aws:RequestTag/Environment": "prod"}
	creating := maps.Clone(asking)
	creating["ec2:CreateAction"] = "CreateSecurityGroup"
	group := "arn:aws:ec2:eu-west-1:" + account + ":security-group/sg-1"
	fleet := fleetOf(t, "../../examples/existing-vpc.yaml")
	for _, each := range []struct {
		name        string
		plan, apply bool
		call        request
	}{
		{"apply creates a security group with the fleet's tags", false, true, request{"ec2:CreateSecurityGroup", group, asking}},
		{"in the VPC of the fleet file", false, true, request{"ec2:CreateSecurityGroup", hosted, nil}},
		{"or in one that another account shares", false, true, request{"ec2:CreateSecurityGroup", shared, nil}},
		{"but in no other VPC", false, false, request{"ec2:CreateSecurityGroup", arn + "0123456789abcdef1", asking}},
		{"and tags it", false, true, request{"ec2:CreateTags", group, creating}},
		{"but does not tag the VPC", false, false, request{"ec2:CreateTags", hosted, asking}},
		{"nor delete it", false, false, request{"ec2:DeleteVpc", hosted, nil}},
		{"nor change it", false, false, request{"ec2:ModifyVpcAttribute", hosted, nil}},
		{"nor record its flows", false, false, request{"ec2:CreateFlowLogs", hosted, nil}},
		{"nor add a subnet", false, false, request{"ec2:CreateSubnet", hosted, asking}},
		{"nor a route", false, false, request{"ec2:CreateRoute", "arn:aws:ec2:eu-west-1:" + account + ":route-table/rtb-1", nil}},
		{"and creates no VPC", false, false, request{"ec2:CreateVpc", arn + "1", asking}},
		{"both roles read the VPC", true, true, request{"ec2:DescribeVpcAttribute", shared, nil}},
	} {
		t.Run(each.name, func(t *testing.T) {
			call := each.call.in("eu-west-1")
			if plan, apply := allowed(t, fleet, Plan, call), allowed(t, fleet, Apply, call); plan != each.plan || apply != each.apply {
				t.Errorf("plan %v, want %v; apply %v, want %v", plan, each.plan, apply, each.apply)
			}
		})
	}
}

func TestStateKeyAcceptsEveryFormOfKey(t *testing.T) {
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
