// Package ops sees and changes what the stacks have deployed, through the AWS API and, where only
// Terraform knows the order of things, through Terraform.
//
// It finds things by the names of package naming, never by Terraform's state. Every region is worked
// on at once, by itself: what fails in one is that region's answer and nobody else's. The package
// prints nothing and asks nobody; internal/cli, which alone may import it, does.
package ops
