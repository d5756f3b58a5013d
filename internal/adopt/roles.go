package adopt

// readRoles reads the roles and what is attached to them.
func (r *reader) readRoles() {
	names := r.region.Names
	for _, role := range r.take("aws_iam_role") {
		switch role.text("arn") {
		case r.task.text("execution_role_arn"):
			r.must(role, "the name", role.text("name"), names.ExecutionRole())
			r.imports("aws_iam_role.ecs_task_execution_role", role.text("name"))
			r.differs("aws_iam_role.ecs_task_execution_role", "trusts only the tasks of this account and region")
		case r.task.text("task_role_arn"):
			r.must(role, "the name", role.text("name"), names.TaskRole())
			r.imports("aws_iam_role.ecs_task_role", role.text("name"))
			r.differs("aws_iam_role.ecs_task_role", "trusts only the tasks of this account and region")
		default:
			r.fail(role, "is not a role of the tasks")
		}
	}
	for _, policy := range r.take("aws_iam_role_policy") {
		if policy.text("role") != names.ExecutionRole() || policy.text("name") != names.ExecutionRole() {
			r.fail(policy, "is an inline policy; set task_role.statements to what the server needs of it, and leave it with --leave")
		}
	}
	var managed []string
	for _, attachment := range r.take("aws_iam_role_policy_attachment") {
		arn := attachment.text("policy_arn")
		switch attachment.text("role") {
		case names.ExecutionRole():
			r.differs("aws_iam_role_policy_attachments_exclusive.ecs_task_execution", "detaches %s, after the role has a policy for this image, log group and secret", arn)
		case names.TaskRole():
			managed = append(managed, arn)
		default:
			r.fail(attachment, "is of another role than those of the tasks")
		}
	}
	if len(managed) > 0 {
		r.region.settings.set("task_role", field{"managed_policies", managed})
	}
}
