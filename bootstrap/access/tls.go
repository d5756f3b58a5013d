package access

// OnlyTLS is a bucket's policy that refuses requests in the clear.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
func OnlyTLS(bucket string) Document {
	arn := "arn:aws:s3:::" + bucket
	return document(Statement{
		Sid:       "OnlyTLS",
		Effect:    "Deny",
		Principal: Everybody,
		Action:    []string{"s3:*"},
		Resource:  references(arn, arn+"/*"),
		Condition: Condition{"Bool": {"aws:SecureTransport": references("false")}},
	})
}
