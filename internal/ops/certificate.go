package ops

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
)

// expiryNotice is how long before its expiry a certificate counts as expiring. By then ACM has tried to renew its
// own certificates for weeks.
//
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html
const expiryNotice = 30 * 24 * time.Hour

// certificate returns the region's certificate in ACM, nil if there is none. The listener's is the one that
// clients get, if the fleet file names no other; served is its ARN, "" if there is no listener.
func (r *Region) certificate(ctx context.Context, served string) (*acmtypes.CertificateDetail, error) {
	arn := cmp.Or(r.LoadBalancer.HTTPS.CertificateARN, served)
	if arn == "" {
		var err error
		if arn, err = r.requestedCertificate(ctx); err != nil || arn == "" {
			return nil, err
		}
	}
	output, err := r.acm.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
	if hasCode(err, "ResourceNotFoundException") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return output.Certificate, nil
}

// requestedCertificate returns the ARN of the newest certificate that the region's stack requested, "" if there
// is none. ACM cannot search by tag.
func (r *Region) requestedCertificate(ctx context.Context) (string, error) {
	pages := acm.NewListCertificatesPaginator(r.acm, &acm.ListCertificatesInput{})
	candidates, err := collect(ctx, pages, func(page *acm.ListCertificatesOutput) []acmtypes.CertificateSummary {
		return page.CertificateSummaryList
	})
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(candidates, func(a, b acmtypes.CertificateSummary) int { return value(b.CreatedAt).Compare(value(a.CreatedAt)) })
	for _, each := range candidates {
		if value(each.DomainName) != r.CustomDomain() {
			continue
		}
		tags, err := r.acm.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: each.CertificateArn})
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(tags.Tags, func(tag acmtypes.Tag) bool {
			return value(tag.Key) == "Name" && value(tag.Value) == r.Names.Certificate()
		}) {
			return value(each.CertificateArn), nil
		}
	}
	return "", nil
}
