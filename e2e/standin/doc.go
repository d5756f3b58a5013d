// Package standin is a fake of the Terraform AWS provider. It lets tests run Terraform on the synthesized
// stacks without network access, to check that expressions evaluate, what a change of the fleet file plans,
// and that a second plan has no changes.
//
// Its schema is read from the npm package inside the pinned bindings, so attributes that the provider does
// not support fail here too. It calls no API: resources only exist in the state, and their ARNs and IDs are
// made up.
package standin
