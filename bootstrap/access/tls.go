package access

import "github.com/cdtait/mcpfleet/internal/awspolicy"

// OnlyTLS is a bucket's policy that refuses requests in the clear.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
func OnlyTLS(bucket string) awspolicy.Document {
	arn := "arn:aws:s3:::" + bucket
	return awspolicy.New(awspolicy.Statement{
		Sid:       "OnlyTLS",
		Effect:    "Deny",
		Principal: awspolicy.AnyPrincipal,
		Action:    []string{"s3:*"},
		Resource:  awspolicy.References(arn, arn+"/*"),
		Condition: awspolicy.Condition{"Bool": {"aws:SecureTransport": awspolicy.References("false")}},
	})
}
