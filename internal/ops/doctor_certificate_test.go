package ops

import (
	"maps"
	"testing"
	"time"
)

// certificateIn are ACM's responses for a region with a certificate, with some of its fields replaced.
func certificateIn(t *testing.T, fields object) map[string]response {
	t.Helper()
	described := object{
		"CertificateArn": certificateARN, "DomainName": customDomain, "SubjectAlternativeNames": []string{customDomain}, "Type": "AMAZON_ISSUED", "Status": "ISSUED",
		"CreatedAt": ago(24 * time.Hour), "NotAfter": saturday.AddDate(0, 0, 100).Unix(), "RenewalEligibility": "ELIGIBLE",
		"DomainValidationOptions": []object{validation(customDomain)},
	}
	maps.Copy(described, fields)
	return map[string]response{
		"ListCertificates":       body(mustJSON(t, object{"CertificateSummaryList": []object{{"CertificateArn": certificateARN, "DomainName": customDomain, "CreatedAt": ago(24 * time.Hour)}}})),
		"ListTagsForCertificate": body(mustJSON(t, object{"Tags": []object{{"Key": "Name", "Value": prefix + "-cert"}}})),
		"DescribeCertificate":    body(mustJSON(t, object{"Certificate": described})),
	}
}

func validation(domain string) object {
	return object{"DomainName": domain, "ResourceRecord": object{"Name": "_a1." + domain + ".", "Type": "CNAME", "Value": "_b2.acm-validations.aws."}}
}
