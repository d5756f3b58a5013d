// Package checkov lets constructs list the checkov checks that they fail on purpose. make security runs all
// checks on every stack, and reports failures that are not listed and entries that no longer fail.
//
// The lists are in Go because checkov does not support skip comments in Terraform JSON.
package checkov

// Accepted is a check that a resource fails on purpose.
type Accepted struct {
	// Check is the ID of the check: https://www.checkov.io/5.Policy%20Index/terraform.html
	Check string
	// Address is the address of the resource without an index. It may contain the wildcard *.
	Address string
	// Reason is why the failure is accepted.
	Reason string
}
