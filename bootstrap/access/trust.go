package access

import "github.com/cdtait/mcpfleet/internal/awspolicy"

// GitHub's OIDC provider, and whom its tokens are for.
// https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
const (
	Issuer   = "token.actions.githubusercontent.com"
	Audience = "sts.amazonaws.com"
)

// DefaultBranch is the one that the workflows deploy.
const DefaultBranch = "main"

// PlanSubjects are the jobs that plan: those of pull requests, and those of the default branch that
// run in no environment. A subject names the environment, or else the event or the ref.
// https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
func PlanSubjects(repository string) []string {
	return []string{"repo:" + repository + ":pull_request", "repo:" + repository + ":ref:refs/heads/" + DefaultBranch}
}

// ApplySubjects are the jobs that run in an environment, once its protection rules let them.
func ApplySubjects(repository string, environments []string) []string {
	var subjects []string
	for _, environment := range environments {
		subjects = append(subjects, "repo:"+repository+":environment:"+environment)
	}
	return subjects
}

// Trust lets GitHub's jobs of some subjects take a role, and nobody else.
func Trust(account string, subjects []string) awspolicy.Document {
	return awspolicy.New(awspolicy.Statement{
		Sid:       "GitHub",
		Effect:    "Allow",
		Principal: awspolicy.Principal{Type: "Federated", Name: "arn:aws:iam::" + account + ":oidc-provider/" + Issuer},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: awspolicy.Condition{"StringEquals": {Issuer + ":aud": awspolicy.References(Audience), Issuer + ":sub": awspolicy.References(subjects...)}},
	})
}
