package access

import "testing"

// TestFileSystems evaluates requests for file systems of a fleet with volumes. A fleet without has no permissions for any.
func TestFileSystems(t *testing.T) {
	const (
		fileSystem  = "arn:aws:elasticfilesystem:eu-west-1:" + account + ":file-system/fs-1"
		accessPoint = "arn:aws:elasticfilesystem:eu-west-1:" + account + ":access-point/fsap-1"
		port        = "arn:aws:ec2:eu-west-1:" + account + ":network-interface/eni-1"
		subnet      = "arn:aws:ec2:eu-west-1:" + account + ":subnet/subnet-1"
		shared      = "arn:aws:ec2:eu-west-1:210987654321:subnet/subnet-1"
		role        = "arn:aws:iam::" + account + ":role/aws-service-role/elasticfilesystem.amazonaws.com/AWSServiceRoleForAmazonElasticFileSystem"
	)
	tags := func(kind, environment string) map[string]string {
		return map[string]string{"aws:" + kind + "Tag/Project": "every-volume", "aws:" + kind + "Tag/Environment": environment}
	}
	with := func(keys map[string]string, key, value string) map[string]string {
		keys[key] = value
		return keys
	}
	fleet := fleetOf(t, "../../testdata/fleets/every-volume.yaml")
	without := fleet
	without.FileSystems = false
	for name, each := range map[string]struct {
		plan, apply bool
		call        request
	}{
		"creates an encrypted one":          {false, true, request{"elasticfilesystem:CreateFileSystem", fileSystem, with(tags("Request", "test"), "elasticfilesystem:Encrypted", "true")}},
		"creates one that is not encrypted": {false, false, request{"elasticfilesystem:CreateFileSystem", fileSystem, tags("Request", "test")}},
		"creates one without tags":          {false, false, request{"elasticfilesystem:CreateFileSystem", fileSystem, map[string]string{"elasticfilesystem:Encrypted": "true"}}},
		"tags a new one":                    {false, true, request{"elasticfilesystem:TagResource", fileSystem, with(tags("Request", "test"), "elasticfilesystem:CreateAction", "CreateFileSystem")}},
		"tags what exists":                  {false, false, request{"elasticfilesystem:TagResource", fileSystem, tags("Request", "test")}},
		"deletes one of the fleet":          {false, true, request{"elasticfilesystem:DeleteFileSystem", fileSystem, tags("Resource", "test")}},
		"deletes one of others":             {false, false, request{"elasticfilesystem:DeleteFileSystem", fileSystem, tags("Resource", "prod")}},
		"deletes an access point":           {false, true, request{"elasticfilesystem:DeleteAccessPoint", accessPoint, tags("Resource", "test")}},
		"adds a mount target":               {false, true, request{"elasticfilesystem:CreateMountTarget", fileSystem, tags("Resource", "test")}},
		"with a network interface":          {false, true, request{"ec2:CreateNetworkInterface", port, nil}},
		"in a subnet of the fleet":          {false, true, request{"ec2:CreateNetworkInterface", subnet, tags("Resource", "test")}},
		"in one of an existing VPC":         {false, true, request{"ec2:CreateNetworkInterface", shared, map[string]string{"ec2:Vpc": "arn:aws:ec2:eu-west-1:210987654321:vpc/vpc-0123456789abcdef0"}}},
		"in a subnet of others":             {false, false, request{"ec2:CreateNetworkInterface", subnet, map[string]string{"ec2:Vpc": "arn:aws:ec2:eu-west-1:" + account + ":vpc/vpc-1"}}},
		"creates the role of EFS":           {false, true, request{"iam:CreateServiceLinkedRole", role, map[string]string{"iam:AWSServiceName": "elasticfilesystem.amazonaws.com"}}},
		"reads file systems":                {true, true, request{"elasticfilesystem:DescribeFileSystems", fileSystem, nil}},
		"mounts one":                        {false, false, request{"elasticfilesystem:ClientMount", fileSystem, tags("Resource", "test")}},
	} {
		checkOnlyWith(t, fleet, without, name, each.call.in("eu-west-1"), each.plan, each.apply)
	}
}
