// Package access defines the AWS permissions that Terraform needs for the stacks of a fleet, by resource
// type, the policies that grant them, and the trust policies of the roles. Tests compare them with the stacks
// and the workflows.
package access
