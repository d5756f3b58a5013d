// Package standin is a test double of the Terraform provider for AWS. It lets the tests run real
// Terraform over the synthesized stacks where the real provider cannot be downloaded: that every
// expression evaluates, what a change of the fleet file plans, that a second plan is empty.
//
// Its schema is that of the pinned bindings: the attributes of every resource are read from the npm
// package inside them, so that an attribute that the provider does not know fails here too. What it
// does is made up: the state is all there is, and ARNs and ids are invented. It proves nothing about
// AWS.
package standin
