// Package checkov lets a construct say which of checkov's checks it fails on purpose. make security holds
// every stack to the rest, and reports an entry that is of no use any more.
//
// The reasons are here because checkov reads no skip in Terraform JSON.
package checkov

// Accepted is a check that a resource fails, and why it stays so.
type Accepted struct {
	// Check is the check's id: https://www.checkov.io/5.Policy%20Index/terraform.html
	Check string
	// Address is the resource's, without index; * stands for any text.
	Address string
	Reason  string
}
