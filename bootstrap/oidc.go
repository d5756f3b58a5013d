package main

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamopenidconnectprovider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/bootstrap/access"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const oidcProvider = "aws_iam_openid_connect_provider.github"

// newOIDCProvider creates the OIDC provider of GitHub. It needs no thumbprint, because AWS trusts GitHub's
// certificate authority.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
func newOIDCProvider(stack cdktf.TerraformStack) {
	github := iamopenidconnectprovider.NewIamOpenidConnectProvider(stack, new("github"), &iamopenidconnectprovider.IamOpenidConnectProviderConfig{
		Url:          new("https://" + access.Issuer),
		ClientIdList: pointer.Strings(access.Audience),
		Tags:         pointer.NameTag("github"),
		// Other fleets in the account may use it.
		Lifecycle: &cdktf.TerraformResourceLifecycle{PreventDestroy: new(true)},
	})
	github.OverrideLogicalId(new("github"))
	onlyIf(createProvider, github)
}
