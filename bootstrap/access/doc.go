// Package access says what Terraform has to be allowed in AWS for the stacks of a fleet, and to whom:
// the permissions by type of resource, the policies made of them, and who may take the roles that
// hold those. Pure: bootstrap imports it, and tests hold it against the stacks and the workflows.
package access
