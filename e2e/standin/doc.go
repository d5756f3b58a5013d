// Package standin is a test double of the Terraform provider for AWS. It lets the tests run real
// Terraform over the synthesized stacks where the real provider cannot be downloaded, and watch the
// order of what Terraform does.
//
// Its schema is that of the pinned bindings: the attributes of every resource are read from the npm
// package inside them, so that an attribute that the provider does not know fails here too. What it
// does is made up: it keeps a record of what exists in a folder (the World), refuses some of what AWS
// refuses, and invents ARNs and ids. It proves nothing about AWS.
package standin
