package endpoints

import (
	"strings"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// Allowed are the resources that may be used through the interface endpoints. Without a policy, anybody in the VPC
// could reach resources of other accounts through them.
type Allowed struct {
	// RepositoryARNs are the repositories of the images.
	RepositoryARNs []string
	LogGroupARN    string
	// ExecLogGroupARN is the log group of the commands of ECS Exec, "" without it.
	ExecLogGroupARN string
	// SecretARNs and ParameterARNs are empty if the containers have no secrets or parameters.
	SecretARNs    []string
	ParameterARNs []string
}

// policy returns the endpoint policy of a service: what ECS does to start a task and to write its logs.
//
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
func (a Allowed) policy(service string) awspolicy.Document {
	switch service {
	case "logs":
		statements := []awspolicy.Statement{awspolicy.Allow("Logs", []string{a.LogGroupARN + ":*"}, "logs:CreateLogStream", "logs:PutLogEvents")}
		if a.ExecLogGroupARN != "" {
			statements = append(statements, awspolicy.ExecAudit(a.ExecLogGroupARN)...)
		}
		return forAnyone(statements...)
	case "secretsmanager":
		return forAnyone(awspolicy.Allow("Secret", a.SecretARNs, "secretsmanager:GetSecretValue"))
	case "ssm":
		return forAnyone(awspolicy.Allow("Parameters", a.ParameterARNs, "ssm:GetParameters"))
	case "ssmmessages":
		return forAnyone(awspolicy.ExecChannels())
	}
	return forAnyone(
		awspolicy.Allow("Image", a.RepositoryARNs, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		awspolicy.Allow("RegistryToken", []string{"*"}, "ecr:GetAuthorizationToken"))
}

// layersBucket is the bucket in which Amazon ECR keeps the layers of a region's images.
//
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
const layersBucket = "arn:aws:s3:::prod-{region}-starport-layer-bucket/*"

// layersPolicy allows nothing but reading the layers of images.
func layersPolicy(region string) awspolicy.Document {
	return forAnyone(awspolicy.Allow("Layers", []string{strings.ReplaceAll(layersBucket, "{region}", region)}, "s3:GetObject"))
}

// forAnyone allows the statements for every principal. IAM decides who may do what; an endpoint policy only limits
// it further.
func forAnyone(statements ...awspolicy.Statement) awspolicy.Document {
	for i := range statements {
		statements[i].Principal = awspolicy.AnyPrincipal
	}
	return awspolicy.New(statements...)
}
