// Package accesslogs creates the S3 bucket of a load balancer's access logs. It stays while the load balancer is destroyed,
// and is deleted with the records in it.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
package accesslogs

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucket"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketlifecycleconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketownershipcontrols"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpublicaccessblock"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketserversideencryptionconfiguration"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const (
	address = "access_logs"
	// Policy is an address for depends_on of the load balancer, which tests whether it may write.
	Policy = "aws_s3_bucket_policy." + address
)

// Config configures the bucket.
type Config struct {
	Name      string
	AccountID string
	// RetentionDays is 0 to keep the records forever.
	RetentionDays int
}

// Bucket holds references to the bucket.
type Bucket struct{ Name string }

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_18", Address: bucketAddress, Reason: "It holds logs. Logs of who reads them need another bucket."},
	{Check: "CKV_AWS_21", Address: bucketAddress, Reason: "Nothing overwrites the records, and old versions would outlive their expiry."},
	{Check: "CKV_AWS_144", Address: bucketAddress, Reason: "The records expire. A copy in another region is billed."},
	{Check: "CKV_AWS_145", Address: bucketAddress, Reason: "Load balancers can only write to buckets that S3 encrypts with its own keys."},
	{Check: "CKV2_AWS_62", Address: bucketAddress, Reason: "Nothing consumes events of the bucket."},
}

const bucketAddress = "aws_s3_bucket." + address

// New creates the bucket, with encryption, expiry, and a policy that only lets load balancers write.
func New(scope constructs.Construct, id string, cfg Config) *Bucket {
	scope = constructs.NewConstruct(scope, &id)
	bucket := s3bucket.NewS3Bucket(scope, new("bucket"), &s3bucket.S3BucketConfig{
		Bucket: &cfg.Name,
		// The records go with the stack, like those in its log groups.
		ForceDestroy: true,
		Tags:         pointer.NameTag(cfg.Name),
	})
	bucket.OverrideLogicalId(new(address))
	name := hcl.Attribute(bucketAddress, "id")
	encryption := s3bucketserversideencryptionconfiguration.NewS3BucketServerSideEncryptionConfigurationA(scope, new("encryption"),
		&s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationAConfig{
			Bucket: &name,
			// Load balancers support no KMS key.
			// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
			Rule: []*s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleA{{
				ApplyServerSideEncryptionByDefault: &s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA{SseAlgorithm: new("AES256")},
			}},
		})
	private := s3bucketpublicaccessblock.NewS3BucketPublicAccessBlock(scope, new("public_access"), &s3bucketpublicaccessblock.S3BucketPublicAccessBlockConfig{
		Bucket:                &name,
		BlockPublicAcls:       true,
		BlockPublicPolicy:     true,
		IgnorePublicAcls:      true,
		RestrictPublicBuckets: true,
	})
	ownership := s3bucketownershipcontrols.NewS3BucketOwnershipControls(scope, new("ownership"), &s3bucketownershipcontrols.S3BucketOwnershipControlsConfig{
		Bucket: &name,
		Rule:   &s3bucketownershipcontrols.S3BucketOwnershipControlsRule{ObjectOwnership: new("BucketOwnerEnforced")},
	})
	policy := s3bucketpolicy.NewS3BucketPolicy(scope, new("policy"), &s3bucketpolicy.S3BucketPolicyConfig{
		Bucket: &name,
		Policy: new(hcl.Document(bucketPolicy(hcl.Attribute(bucketAddress, "arn"), cfg.AccountID))),
		// S3 rejects concurrent changes of access settings.
		DependsOn: &[]cdktf.ITerraformDependable{private, ownership},
	})
	for _, resource := range []cdktf.TerraformResource{encryption, private, ownership, policy, newExpiry(scope, name, cfg.RetentionDays)} {
		resource.OverrideLogicalId(new(address))
	}
	return &Bucket{Name: name}
}

// newExpiry deletes records after a number of days, unless it is 0, and what load balancers did not finish to write.
func newExpiry(scope constructs.Construct, name string, days int) cdktf.TerraformResource {
	rule := &s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{
		Id:     new("expire"),
		Status: new("Enabled"),
		// The whole bucket. The provider deprecates rules without a filter.
		Filter: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleFilter{{Prefix: new("")}},
		AbortIncompleteMultipartUpload: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload{{
			DaysAfterInitiation: new(7.0),
		}},
	}
	if days > 0 {
		rule.Expiration = []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleExpiration{{Days: new(float64(days))}}
	}
	return s3bucketlifecycleconfiguration.NewS3BucketLifecycleConfiguration(scope, new("lifecycle"), &s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationConfig{
		Bucket: &name,
		Rule:   []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{rule},
	})
}

// bucketPolicy lets load balancers write the records of the account. AWS recommends the service as the principal, in every
// region, over the accounts of Elastic Load Balancing in each region. The path has the account of the load balancer, so
// those of other accounts cannot write. AWS documents no condition on the source, and without its key in the request, a
// condition would keep all load balancers out.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#attach-bucket-policy
func bucketPolicy(arn, accountID string) awspolicy.Document {
	return awspolicy.New(
		awspolicy.Statement{
			Sid:       "LoadBalancers",
			Effect:    "Allow",
			Principal: awspolicy.Principal{Type: "Service", Name: "logdelivery.elasticloadbalancing.amazonaws.com"},
			Action:    []string{"s3:PutObject"},
			Resource:  awspolicy.References(arn + "/AWSLogs/" + accountID + "/*"),
		},
		awspolicy.OnlyTLS(arn))
}
