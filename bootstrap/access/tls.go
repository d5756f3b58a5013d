package access

import "github.com/cdtait/mcpfleet/internal/awspolicy"

// OnlyTLS returns a bucket policy that denies requests without TLS.
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
