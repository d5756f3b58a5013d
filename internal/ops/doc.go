// Package ops reads and changes what the stacks have deployed, through the AWS API and, where the order of
// changes matters, through Terraform.
//
// It finds resources by the names of package naming, not through Terraform's state. It works on all regions
// concurrently and independently: a failure in one region does not affect the others. The package neither
// prints nor prompts; internal/cli, the only package that may import it, does both.
package ops
