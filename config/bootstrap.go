package config

// Bootstrap is what bootstrap/ creates in addition to the state bucket and the roles of the pipelines.
type Bootstrap struct {
	Scheduler string `yaml:"scheduler" default:"none" oneof:"none,aws" example:"aws" doc:"What applies the regions in destroy mode when their windows open and close. aws is EventBridge Scheduler, which starts a build in CodeBuild; with none, it is a pipeline or a crontab."`
	Source    string `yaml:"source" default:"bundle" oneof:"bundle,repository" example:"repository" doc:"What the builds of scheduler aws apply: bundle is a ZIP archive of the repository in the state bucket, which you upload; repository is the main branch of the GitHub repository in MCPFLEET_REPOSITORY."`
	// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodeconnections.html
	ConnectionARN string `yaml:"connection_arn" pattern:"^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$" is:"the ARN of a connection" example:"arn:aws:codeconnections:eu-west-1:123456789012:connection/12345678-90ab-cdef-1234-567890abcdef" doc:"ARN of an existing connection of AWS CodeConnections with which the builds read a private repository. Default: the repository is public."`
}

// The values of Bootstrap.Scheduler and Bootstrap.Source.
const (
	SchedulerNone    = "none"
	SchedulerAWS     = "aws"
	SourceBundle     = "bundle"
	SourceRepository = "repository"
)
