package awspolicy

// OnlyTLS returns a statement of a bucket's policy that denies requests without TLS.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
func OnlyTLS(bucketARN string) Statement {
	return Statement{
		Sid:       "OnlyTLS",
		Effect:    "Deny",
		Principal: AnyPrincipal,
		Action:    []string{"s3:*"},
		Resource:  References(bucketARN, bucketARN+"/*"),
		Condition: Condition{"Bool": {"aws:SecureTransport": References("false")}},
	}
}
