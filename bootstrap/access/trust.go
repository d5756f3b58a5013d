package access

import "github.com/cdtait/mcpfleet/internal/awspolicy"

// Issuer and audience of GitHub's OIDC tokens.
// https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
const (
	Issuer   = "token.actions.githubusercontent.com"
	Audience = "sts.amazonaws.com"
)

// DefaultBranch is the branch that the workflows deploy.
const DefaultBranch = "main"

// PlanSubjects returns the token subjects of jobs that plan: those of pull requests, and those of the default
// branch without an environment. A subject contains the environment if there is one, otherwise the event or
// the ref.
// https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
func PlanSubjects(repository string) []string {
	return []string{"repo:" + repository + ":pull_request", "repo:" + repository + ":ref:refs/heads/" + DefaultBranch}
}

// ApplySubjects returns the token subjects of jobs that apply. They run in an environment, subject to its
// protection rules.
func ApplySubjects(repository string, environments []string) []string {
	var subjects []string
	for _, environment := range environments {
		subjects = append(subjects, "repo:"+repository+":environment:"+environment)
	}
	return subjects
}

// Trust returns a trust policy that only allows GitHub jobs with one of the subjects to assume the role.
func Trust(account string, subjects []string) awspolicy.Document {
	return awspolicy.New(awspolicy.Statement{
		Sid:       "GitHub",
		Effect:    "Allow",
		Principal: awspolicy.Principal{Type: "Federated", Name: "arn:aws:iam::" + account + ":oidc-provider/" + Issuer},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: awspolicy.Condition{"StringEquals": {Issuer + ":aud": awspolicy.References(Audience), Issuer + ":sub": awspolicy.References(subjects...)}},
	})
}
