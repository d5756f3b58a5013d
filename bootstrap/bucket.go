package main

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucket"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketlifecycleconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketownershipcontrols"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpublicaccessblock"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketserversideencryptionconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketversioning"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Retention of old versions of a state: a version expires when it is older than noncurrentDays and not among
// the noncurrentNewest newest.
const (
	noncurrentDays   = 90
	noncurrentNewest = 50
)

// accepted lists the checkov checks that fail on purpose.
var accepted = []checkov.Accepted{
	{Check: "CKV_AWS_18", Address: "aws_s3_bucket.state", Reason: "Access logs need a second bucket. CloudTrail records who assumed a role that can read the states."},
	{Check: "CKV_AWS_144", Address: "aws_s3_bucket.state", Reason: "Replication to another region is billed, and Terraform would not use the copy. Old versions serve as the backup."},
	{Check: "CKV_AWS_145", Address: "aws_s3_bucket.state", Reason: "S3 encrypts with its own key. A KMS key is billed, and optional: state.kms_key."},
	{Check: "CKV2_AWS_62", Address: "aws_s3_bucket.state", Reason: "Nothing consumes events of the bucket."},
	{Check: "CKV_AWS_158", Address: "aws_cloudwatch_log_group.weekend", Reason: "CloudWatch encrypts logs with its own key, and a customer managed one is billed per month."},
	{Check: "CKV_AWS_338", Address: "aws_cloudwatch_log_group.weekend", Reason: "The logs show what the applies of the last weeks did. Storage is billed, and CloudTrail records the changes."},
	{Check: "CKV_AWS_297", Address: "aws_scheduler_schedule.*", Reason: "EventBridge encrypts schedules with its own key. They hold the names of stacks, and no secret."},
	{Check: "CKV_AWS_26", Address: "aws_sns_topic.weekend", Reason: "CloudWatch can only publish with a customer managed key, which is billed per month. The messages name alarms, and hold no secret."},
}

// newBucket creates the state bucket. State locking uses S3 lock files, so there is no DynamoDB table.
func newBucket(stack cdktf.TerraformStack, state config.State) {
	bucket := s3bucket.NewS3Bucket(stack, new("state_bucket"), &s3bucket.S3BucketConfig{
		Bucket: &state.Bucket,
		Tags:   pointer.NameTag(state.Bucket),
		// Without the states Terraform would lose track of everything it created.
		Lifecycle: &cdktf.TerraformResourceLifecycle{PreventDestroy: new(true)},
	})
	id := new(hcl.Expression("aws_s3_bucket.state[0].id"))
	versioning := s3bucketversioning.NewS3BucketVersioningA(stack, new("state_versioning"), &s3bucketversioning.S3BucketVersioningAConfig{
		Bucket:                  id,
		VersioningConfiguration: &s3bucketversioning.S3BucketVersioningVersioningConfiguration{Status: new("Enabled")},
	})
	encryption := s3bucketserversideencryptionconfiguration.NewS3BucketServerSideEncryptionConfigurationA(stack, new("state_encryption"),
		&s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationAConfig{
			Bucket: id,
			Rule:   []*s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleA{encryptionRule(state.KMSKey)},
		})
	private := s3bucketpublicaccessblock.NewS3BucketPublicAccessBlock(stack, new("state_access"), &s3bucketpublicaccessblock.S3BucketPublicAccessBlockConfig{
		Bucket:                id,
		BlockPublicAcls:       true,
		BlockPublicPolicy:     true,
		IgnorePublicAcls:      true,
		RestrictPublicBuckets: true,
	})
	ownership := s3bucketownershipcontrols.NewS3BucketOwnershipControls(stack, new("state_ownership"), &s3bucketownershipcontrols.S3BucketOwnershipControlsConfig{
		Bucket: id,
		Rule:   &s3bucketownershipcontrols.S3BucketOwnershipControlsRule{ObjectOwnership: new("BucketOwnerEnforced")},
	})
	lifecycle := s3bucketlifecycleconfiguration.NewS3BucketLifecycleConfiguration(stack, new("state_lifecycle"), &s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationConfig{
		Bucket: id,
		Rule: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{{
			Id:     new("old-versions"),
			Status: new("Enabled"),
			// The whole bucket. The provider deprecates rules without a filter.
			Filter: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleFilter{{Prefix: new("")}},
			NoncurrentVersionExpiration: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration{{
				NoncurrentDays:          new(float64(noncurrentDays)),
				NewerNoncurrentVersions: new(float64(noncurrentNewest)),
			}},
			AbortIncompleteMultipartUpload: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload{{
				DaysAfterInitiation: new(7.0),
			}},
		}},
	})
	policy := s3bucketpolicy.NewS3BucketPolicy(stack, new("state_policy"), &s3bucketpolicy.S3BucketPolicyConfig{
		Bucket: id,
		Policy: new(hcl.Document(awspolicy.New(awspolicy.OnlyTLS("arn:aws:s3:::" + state.Bucket)))),
	})
	all := []cdktf.TerraformResource{bucket, versioning, encryption, private, ownership, lifecycle, policy}
	for _, resource := range all {
		resource.OverrideLogicalId(new("state"))
	}
	onlyIf(createBucket, all...)
	// The lifecycle rule needs versioning, and S3 rejects concurrent changes of access settings.
	// https://registry.terraform.io/providers/hashicorp/aws/5.99.1/docs/resources/s3_bucket_lifecycle_configuration
	lifecycle.AddOverride(new("depends_on"), []string{"aws_s3_bucket_versioning.state"})
	policy.AddOverride(new("depends_on"), []string{"aws_s3_bucket_public_access_block.state", "aws_s3_bucket_ownership_controls.state"})
}

func encryptionRule(key string) *s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleA {
	byDefault := &s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA{SseAlgorithm: new("AES256")}
	rule := &s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleA{ApplyServerSideEncryptionByDefault: byDefault}
	if key != "" {
		byDefault.SseAlgorithm, byDefault.KmsMasterKeyId = new("aws:kms"), &key
		// Fewer KMS requests.
		rule.BucketKeyEnabled = true
	}
	return rule
}
