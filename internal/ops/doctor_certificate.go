package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/cdtait/mcpfleet/internal/span"
)

// checkCertificate checks that the certificate is issued, will stay so, and covers the region's names.
func checkCertificate(ctx context.Context, e *examination) ([]Problem, error) {
	listeners, err := e.listeners()
	if err != nil {
		return nil, err
	}
	certificate, err := e.certificate(ctx, servedCertificate(listeners))
	switch arn := e.LoadBalancer.HTTPS.CertificateARN; {
	case err != nil:
		return nil, err
	case certificate == nil && arn != "":
		return []Problem{{CertificateMissing, "certificate " + arn + " does not exist", advice("set load_balancer.https.certificate_arn to a certificate that does, then deploy")}}, nil
	case certificate == nil:
		return []Problem{{CertificateMissing, "no certificate was requested for " + e.CustomDomain(), e.deploy()}}, nil
	}
	found := append(e.statusProblems(certificate), e.nameProblems(certificate)...)
	if !e.isValidatedByStack(certificate) {
		return found, nil
	}
	faults, err := e.validationProblems(ctx, certificate)
	if certificate.Status == acmtypes.CertificateStatusPendingValidation && len(faults) > 0 {
		return faults, err // they are why it is pending
	}
	return append(found, faults...), err
}

// isValidatedByStack reports whether the stack's records validate the certificate, at first or for its renewal.
func (e *examination) isValidatedByStack(certificate *acmtypes.CertificateDetail) bool {
	return e.LoadBalancer.HTTPS.CertificateARN == "" &&
		(certificate.Status == acmtypes.CertificateStatusPendingValidation || certificate.Status == acmtypes.CertificateStatusIssued)
}

// statusProblems returns why a certificate is not valid, or soon will not be.
func (e *examination) statusProblems(certificate *acmtypes.CertificateDetail) []Problem {
	now := e.Now()
	switch certificate.Status {
	case acmtypes.CertificateStatusIssued, acmtypes.CertificateStatusExpired:
		expires := value(certificate.NotAfter)
		switch left := expires.Sub(now); {
		case left <= 0, certificate.Status == acmtypes.CertificateStatusExpired:
			return []Problem{{CertificateExpired, expired(expires, now), e.renewalFix(certificate)}}
		case left < expiryNotice:
			return []Problem{{CertificateExpiring, fmt.Sprintf("the certificate expires in %s, on %s%s", span.Format(left), instant(expires), renewal(certificate)), e.renewalFix(certificate)}}
		}
		return nil
	case acmtypes.CertificateStatusPendingValidation:
		return []Problem{{CertificatePending,
			fmt.Sprintf("the certificate has been waiting for its validation for %s", span.Format(now.Sub(value(certificate.CreatedAt)))),
			e.ownOr(Fix{Advice: "check that the domain's registrar names the name servers of hosted zone " + e.DNS.Zone + ", then deploy again"}, "validate it, or set load_balancer.https.certificate_arn to another one")}}
	case acmtypes.CertificateStatusValidationTimedOut:
		return []Problem{{CertificateFailed, "the certificate was not validated within 72 hours, so ACM gave it up", e.requestAgain("first check that the domain's registrar names the name servers of hosted zone " + e.DNS.Zone)}}
	case acmtypes.CertificateStatusFailed:
		return []Problem{{CertificateFailed, "ACM did not issue the certificate: " + string(certificate.FailureReason), e.requestAgain(failureAdvice[certificate.FailureReason])}}
	}
	return []Problem{{CertificateFailed, "the certificate is " + strings.ToLower(string(certificate.Status)), e.requestAgain("")}}
}

// failureAdvice is what to do before another certificate is requested.
//
// Source: https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html
var failureAdvice = map[acmtypes.FailureReason]string{
	acmtypes.FailureReasonCaaError:                       `first allow amazon.com in the CAA records of the domain: 0 issue "amazon.com"`,
	acmtypes.FailureReasonAdditionalVerificationRequired: "first ask AWS Support to verify the domain",
	acmtypes.FailureReasonDomainNotAllowed:               "first ask AWS Support why the domain is blocked",
	acmtypes.FailureReasonInvalidPublicDomain:            "first use a domain under a public top-level domain",
}

// renewal describes what has become of the renewal of a certificate that expires soon.
func renewal(certificate *acmtypes.CertificateDetail) string {
	switch summary := certificate.RenewalSummary; {
	case certificate.Type != acmtypes.CertificateTypeAmazonIssued:
		return ", and ACM does not renew it"
	case summary != nil && summary.RenewalStatus == acmtypes.RenewalStatusPendingValidation:
		return ", and ACM cannot renew it, because it does not find the validation record"
	case summary != nil && summary.RenewalStatus == acmtypes.RenewalStatusFailed:
		return ", and ACM could not renew it: " + string(summary.RenewalStatusReason)
	case certificate.RenewalEligibility == acmtypes.RenewalEligibilityIneligible:
		return ", and ACM only renews it while a load balancer uses it"
	}
	return ", and ACM has not renewed it yet"
}

// renewalFix returns the fix for a certificate that has expired or soon will.
func (e *examination) renewalFix(certificate *acmtypes.CertificateDetail) Fix {
	switch own, issued := e.LoadBalancer.HTTPS.CertificateARN != "", certificate.Type == acmtypes.CertificateTypeAmazonIssued; {
	case own && !issued:
		return advice("import its successor: aws acm import-certificate --region " + e.Name + " --certificate-arn " + value(certificate.CertificateArn) + " …")
	case own:
		return advice("restore its validation records, or set load_balancer.https.certificate_arn to another one")
	}
	return e.requestAgain("it requests a new one; first check that the domain's registrar names the name servers of hosted zone " + e.DNS.Zone)
}

// requestAgain returns the fix that replaces a certificate which the stack requested.
func (e *examination) requestAgain(first string) Fix {
	return e.ownOr(e.replace("aws_acm_certificate.main").withAdvice(first), "set load_balancer.https.certificate_arn to another certificate, then deploy")
}

// ownOr returns the fix for a certificate that the stack requested, or the advice for one that it did not.
func (e *examination) ownOr(requested Fix, brought string) Fix {
	if e.LoadBalancer.HTTPS.CertificateARN != "" {
		return advice(brought)
	}
	return requested
}

// replace returns the fix for a resource that an apply would leave as it is.
func (e *examination) replace(address string) Fix {
	return Fix{Verb: VerbTerraform, Region: e.Name, Arguments: []string{e.Names.Stack(), "apply", "-replace=" + address}}
}

// nameProblems reports the region's names that the certificate is not for.
func (e *examination) nameProblems(certificate *acmtypes.CertificateDetail) []Problem {
	var missing []string
	for _, domain := range []string{e.CustomDomain(), e.RegionalDomain()} {
		if domain != "" && !slices.ContainsFunc(certificate.SubjectAlternativeNames, func(name string) bool { return isFor(name, domain) }) {
			missing = append(missing, domain)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return []Problem{{CertificateWrongName,
		fmt.Sprintf("the certificate is for %s, not %s", strings.Join(certificate.SubjectAlternativeNames, ", "), strings.Join(missing, ", ")),
		e.ownOr(e.deploy(), "set load_balancer.https.certificate_arn to a certificate for all names of the region")}}
}

// isFor reports whether a name of a certificate covers a domain. A wildcard stands for one label.
func isFor(name, domain string) bool {
	_, parent, _ := strings.Cut(domain, ".")
	return strings.EqualFold(name, domain) || strings.EqualFold(name, "*."+parent)
}

// validationProblems checks the record sets that validate the certificate. Each region has its own of the same
// name; ACM finds the domain validated as long as there is one.
func (e *examination) validationProblems(ctx context.Context, certificate *acmtypes.CertificateDetail) (found []Problem, err error) {
	code, consequence := ValidationRecord, "without any, ACM cannot renew the certificate"
	if certificate.Status == acmtypes.CertificateStatusPendingValidation {
		code, consequence = CertificatePending, "the certificate is waiting for it"
	}
	for _, option := range certificate.DomainValidationOptions {
		if option.ResourceRecord == nil {
			continue // ACM names the record seconds after the request
		}
		text, fix, err := e.recordFault(ctx, value(option.DomainName), option.ResourceRecord)
		if err != nil {
			return found, err
		}
		if text != "" {
			found = append(found, Problem{code, text + "; " + consequence, fix})
		}
	}
	return found, nil
}

// recordFault returns what is wrong with the region's validation record of a domain, "" if nothing is.
func (e *examination) recordFault(ctx context.Context, domain string, should *acmtypes.ResourceRecord) (text string, fix Fix, err error) {
	name := strings.TrimSuffix(value(should.Name), ".")
	records, err := e.records(ctx, name, route53types.RRTypeCname)
	if err != nil {
		return "", Fix{}, err
	}
	for _, record := range records {
		isRight := slices.ContainsFunc(record.ResourceRecords, func(content route53types.ResourceRecord) bool {
			return sameHost(value(content.Value), value(should.Value))
		})
		switch identifier := value(record.SetIdentifier); {
		case identifier == e.Name && isRight:
			return "", Fix{}, nil
		case identifier == e.Name:
			// Terraform does not look at the content, which it only knows after a certificate was requested.
			return "validation record " + name + " does not have the content that ACM wants", e.replace(fmt.Sprintf("aws_route53_record.certificate[%q]", domain)), nil
		case identifier == "" && isRight:
			return "validation record " + name + " was not created by a stack, and Route 53 allows no other beside it", e.deploy().withAdvice("first delete the record; the stack creates one with the same content"), nil
		case identifier == "":
			return "another record is in the place of validation record " + name, e.deploy().withAdvice("first delete the record from hosted zone " + e.DNS.Zone), nil
		}
	}
	return "validation record " + name + " is missing for this region", e.deploy(), nil
}
