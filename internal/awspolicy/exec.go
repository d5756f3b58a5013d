package awspolicy

// ExecChannels returns a statement that allows the agent of ECS Exec to exchange data with Session Manager. AWS accepts no
// narrower resource.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
func ExecChannels() Statement {
	return Allow("ExecChannels", []string{"*"},
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel")
}

// ExecAudit returns statements that allow the agent of ECS Exec to record commands in a log group.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging
func ExecAudit(logGroupARN string) []Statement {
	return []Statement{
		Allow("ExecAudit", []string{logGroupARN + ":*"}, "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
		Allow("ExecLogGroups", []string{"*"}, "logs:DescribeLogGroups"),
	}
}
