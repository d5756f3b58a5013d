// Package certificate requests the public certificate of a region's domain names from AWS Certificate Manager
// (ACM), and validates it through the hosted zone.
//
// ACM derives a name's validation record from the name and the account, so the certificates of all regions
// need the same record. If the stacks shared one record set, destroying one region would take it from all
// others, whose certificates ACM could then not renew. Therefore every stack writes a record set of its own:
// weighted, with the region as its identifier. All of them have the same content, so it does not matter which
// one Route 53 returns, and a region that is destroyed takes only its own.
//
// Sources: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html and
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
package certificate

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificate"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificatevalidation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const (
	// ttl is how long a resolver may cache the validation record, in seconds.
	ttl = 300
	// patience is how long an apply waits for ACM to issue the certificate. The next apply waits again.
	patience = "30m"
)

// Config configures the certificate.
type Config struct {
	Name   string
	Region string
	// Domains are the names that the certificate is for, at least one.
	Domains []string
	// ZoneID is the hosted zone that contains them.
	ZoneID string
}

// Certificate holds a reference to the created certificate.
type Certificate struct {
	// ARN is only known once the certificate is issued.
	ARN string
}

// New requests the certificate and waits until ACM has issued it.
func New(scope constructs.Construct, id string, cfg Config) *Certificate {
	scope = constructs.NewConstruct(scope, &id)
	request := acmcertificate.NewAcmCertificate(scope, new("certificate"), &acmcertificate.AcmCertificateConfig{
		DomainName: &cfg.Domains[0],
		// Also set if there are none: without it, the provider keeps the names that the certificate has.
		SubjectAlternativeNames: pointer.Strings(cfg.Domains[1:]...),
		ValidationMethod:        new("DNS"),
		Tags:                    pointer.NameTag(cfg.Name),
		// A change of the names replaces the certificate, and a certificate in use cannot be deleted.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	request.OverrideLogicalId(new("main"))
	newRecords(scope, cfg)
	validation := acmcertificatevalidation.NewAcmCertificateValidation(scope, new("validation"), &acmcertificatevalidation.AcmCertificateValidationConfig{
		CertificateArn: new(hcl.Attribute("aws_acm_certificate.main", "arn")),
		Timeouts:       &acmcertificatevalidation.AcmCertificateValidationTimeouts{Create: new(patience)},
	})
	validation.OverrideLogicalId(new("main"))
	validation.AddOverride(new("validation_record_fqdns"), hcl.Expression("[for record in aws_route53_record.certificate : record.fqdn]"))
	return &Certificate{ARN: hcl.Attribute("aws_acm_certificate_validation.main", "certificate_arn")}
}

// newRecords writes the validation record of each name.
func newRecords(scope constructs.Construct, cfg Config) {
	record := route53record.NewRoute53Record(scope, new("records"), &route53record.Route53RecordConfig{
		ZoneId:        &cfg.ZoneID,
		Name:          new(validation("resource_record_name")),
		Type:          new("CNAME"),
		Ttl:           new(float64(ttl)),
		Records:       pointer.Strings(validation("resource_record_value")),
		SetIdentifier: &cfg.Region,
		// Overwrite a record left behind by a killed apply. The set identifier keeps this from touching
		// other records.
		AllowOverwrite:        true,
		WeightedRoutingPolicy: &route53record.Route53RecordWeightedRoutingPolicy{Weight: new(1.0)},
		// A name keeps its record when the certificate is replaced. The record of the new certificate is not
		// known during the plan, though, so Terraform would replace the record by itself, and create it before
		// it destroys it.
		Lifecycle: &cdktf.TerraformResourceLifecycle{IgnoreChanges: pointer.Strings("name", "records")},
	})
	record.OverrideLogicalId(new("certificate"))
	record.AddOverride(new("for_each"), hcl.Set(cfg.Domains))
}

// validation returns an attribute of the validation record of the name each.key.
func validation(attribute string) string {
	return hcl.Expression(fmt.Sprintf("one([for option in aws_acm_certificate.main.domain_validation_options : option.%s if option.domain_name == each.key])", attribute))
}
