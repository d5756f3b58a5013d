package ops

import (
	"maps"
	"slices"
	"strings"
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

// TestDoctorChecksTheCertificate that the stack requested, in every state that ACM knows.
func TestDoctorChecksTheCertificate(t *testing.T) {
	days := func(n int) int64 { return saturday.AddDate(0, 0, n).Unix() }
	soon := days(12)
	for name, each := range map[string]struct {
		fields  object
		code    Code
		message string
		fix     Verb
		advice  string
	}{
		"pending":                {object{"Status": "PENDING_VALIDATION"}, CertificatePending, "waiting for its validation for 1 d", "", "name servers of hosted zone example.com"},
		"timed out":              {object{"Status": "VALIDATION_TIMED_OUT"}, CertificateFailed, "not validated within 72 hours", VerbTerraform, "name servers"},
		"forbidden by CAA":       {object{"Status": "FAILED", "FailureReason": "CAA_ERROR"}, CertificateFailed, "CAA_ERROR", VerbTerraform, "amazon.com in the CAA records"},
		"failed for no reason":   {object{"Status": "FAILED", "FailureReason": "OTHER"}, CertificateFailed, "OTHER", VerbTerraform, ""},
		"revoked":                {object{"Status": "REVOKED"}, CertificateFailed, "the certificate is revoked", VerbTerraform, ""},
		"expired":                {object{"Status": "EXPIRED", "NotAfter": days(-3)}, CertificateExpired, "expired 3 d ago, on 2026-11-25", VerbTerraform, "requests a new one"},
		"expired, ACM late":      {object{"NotAfter": days(-3)}, CertificateExpired, "expired 3 d ago", VerbTerraform, ""},
		"expires soon":           {object{"NotAfter": soon}, CertificateExpiring, "expires in 12 d, on 2026-12-10 12:00 UTC, and ACM has not renewed it yet", VerbTerraform, ""},
		"renewal is pending":     {object{"NotAfter": soon, "RenewalSummary": object{"RenewalStatus": "PENDING_VALIDATION"}}, CertificateExpiring, "does not find the validation record", VerbTerraform, ""},
		"renewal failed":         {object{"NotAfter": soon, "RenewalSummary": object{"RenewalStatus": "FAILED", "RenewalStatusReason": "CAA_ERROR"}}, CertificateExpiring, "could not renew it: CAA_ERROR", VerbTerraform, ""},
		"not in use":             {object{"NotAfter": soon, "RenewalEligibility": "INELIGIBLE"}, CertificateExpiring, "only renews it while a load balancer uses it", VerbTerraform, ""},
		"for another name":       {object{"SubjectAlternativeNames": []string{"a.example.com", "*." + customDomain}}, CertificateWrongName, "is for a.example.com, *." + customDomain + ", not " + customDomain, VerbDeploy, ""},
		"for a name by wildcard": {object{"SubjectAlternativeNames": []string{"*.example.com"}}, "", "", "", ""},
		"not named by ACM yet":   {object{"DomainValidationOptions": []object{{"DomainName": customDomain}}}, "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, secure(t, certificateIn(t, each.fields))).region(httpsFleet, saturday).Doctor(t.Context())
			problems := found(t, diagnosis, "certificate")
			if each.code == "" && len(problems) == 0 {
				return
			}
			if len(problems) != 1 || problems[0].Code != each.code || !strings.Contains(problems[0].Message, each.message) {
				t.Fatalf("got %+v", problems)
			}
			fix := problems[0].Fix
			if fix.Verb != each.fix || !strings.Contains(fix.Advice, each.advice) || fix.Verb == VerbTerraform && !slices.Contains(fix.Arguments, "-replace=aws_acm_certificate.main") {
				t.Errorf("the fix is %+v", fix)
			}
		})
	}
}

// TestDoctorChecksACertificateOfOnesOwn, which no deployment mends.
func TestDoctorChecksACertificateOfOnesOwn(t *testing.T) {
	soon := saturday.AddDate(0, 0, 12).Unix()
	for name, each := range map[string]struct {
		fields  object
		code    Code
		message string
		advice  string
	}{
		"pending":            {object{"Status": "PENDING_VALIDATION"}, CertificatePending, "waiting", "validate it, or set load_balancer.https.certificate_arn"},
		"failed":             {object{"Status": "FAILED", "FailureReason": "CAA_ERROR"}, CertificateFailed, "CAA_ERROR", "set load_balancer.https.certificate_arn"},
		"imported":           {object{"Type": "IMPORTED", "NotAfter": soon}, CertificateExpiring, "ACM does not renew it", "aws acm import-certificate --region eu-west-1 --certificate-arn " + certificateARN},
		"ACM's":              {object{"NotAfter": soon}, CertificateExpiring, "not renewed it yet", "restore its validation records"},
		"for another name":   {object{"SubjectAlternativeNames": []string{"a.example.com"}}, CertificateWrongName, "not " + customDomain, "a certificate for all names"},
		"validated anywhere": {object{"DomainValidationOptions": []object{validation("elsewhere.example.org")}}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			settings := httpsFleet + "\n" + ownCertificate
			problems := found(t, newFakeAWS(t, secure(t, certificateIn(t, each.fields))).region(settings, saturday).Doctor(t.Context()), "certificate")
			if each.code == "" && len(problems) == 0 {
				return
			}
			if len(problems) != 1 || problems[0].Code != each.code || !strings.Contains(problems[0].Message, each.message) || problems[0].Fix.Verb != "" || !strings.Contains(problems[0].Fix.Advice, each.advice) {
				t.Errorf("got %+v", problems)
			}
		})
	}
}

// TestDoctorChecksTheCertificateOfTheFleetFile, although the listener still has another.
func TestDoctorChecksTheCertificateOfTheFleetFile(t *testing.T) {
	fake := newFakeAWS(t, secure(t, map[string]response{
		"DescribeListeners": body(listeners(forwardListener(443, "HTTPS", targetGroupARN, certified("arn:other", defaultPolicy)), redirectListener)),
	}))
	fake.region(httpsFleet+"\n"+ownCertificate, saturday).Doctor(t.Context())
	if sent := fake.sent("DescribeCertificate"); len(sent) != 1 || !strings.Contains(sent[0], certificateARN) {
		t.Errorf("described %q", sent)
	}
}

func TestDoctorMissesACertificate(t *testing.T) {
	absent := refuse(400, "ResourceNotFoundException", "no such certificate")
	for settings, want := range map[string]Problem{
		httpsFleet:     {CertificateMissing, "no certificate was requested for " + customDomain, Fix{Verb: VerbDeploy}},
		ownCertificate: {CertificateMissing, "certificate " + certificateARN + " does not exist", Fix{}},
	} {
		aws := secure(t, map[string]response{"DescribeCertificate": absent})
		problems := found(t, newFakeAWS(t, aws).region(settings, saturday).Doctor(t.Context()), "certificate")
		if len(problems) != 1 || problems[0].Code != want.Code || problems[0].Message != want.Message || problems[0].Fix.Verb != want.Fix.Verb {
			t.Errorf("got %+v", problems)
		}
	}
}

// TestDoctorFindsTheCertificateByItsTag while there is no listener: the newest that the stack requested.
func TestDoctorFindsTheCertificateByItsTag(t *testing.T) {
	summary := func(arn, domain string, age time.Duration) object {
		return object{"CertificateArn": "arn:" + arn, "DomainName": domain, "CreatedAt": ago(age)}
	}
	aws := secure(t, certificateIn(t, object{"Status": "PENDING_VALIDATION"}))
	aws["DescribeListeners"] = body(listeners(redirectListener))
	aws["ListCertificates"] = body(mustJSON(t, object{"CertificateSummaryList": []object{
		summary("older", customDomain, 3*time.Hour), summary("newer", customDomain, 2*time.Hour), summary("by hand", customDomain, time.Hour), summary("another domain", "www.example.com", time.Hour),
	}}))
	tagged := func(name string) string { return mustJSON(t, object{"Tags": []object{{"Key": "Name", "Value": name}}}) }
	aws["ListTagsForCertificate"] = inTurn(tagged("by hand"), tagged(prefix+"-cert"))
	fake := newFakeAWS(t, aws)
	fake.region(httpsFleet, saturday).Doctor(t.Context())
	if sent := fake.sent("ListTagsForCertificate"); len(sent) != 2 || !strings.Contains(sent[0], "by hand") {
		t.Errorf("looked at %q", sent)
	}
	if sent := fake.sent("DescribeCertificate"); len(sent) != 1 || !strings.Contains(sent[0], "newer") {
		t.Errorf("described %q", sent)
	}
}

// TestDoctorChecksTheValidationRecord while the certificate is pending, and when it is issued.
func TestDoctorChecksTheValidationRecord(t *testing.T) {
	others := cname(validationSet, "us-east-1", validated)
	for name, each := range map[string]struct {
		records string
		message string
		fix     Verb
		detail  string
	}{
		"its own":              {others + cname(validationSet, "eu-west-1", validated), "", "", ""},
		"no record":            {"", "is missing for this region", VerbDeploy, ""},
		"another region's":     {others, "is missing for this region", VerbDeploy, ""},
		"another content":      {cname(validationSet, "eu-west-1", "_old.acm-validations.aws."), "does not have the content", VerbTerraform, `-replace=aws_route53_record.certificate["` + customDomain + `"]`},
		"a simple record":      {cname(validationSet, "", validated), "was not created by a stack", VerbDeploy, "delete the record"},
		"another simple one":   {cname(validationSet, "", "www.example.net."), "another record is in the place", VerbDeploy, "delete the record"},
		"one of another name":  {cname("_a2."+customDomain+".", "eu-west-1", validated), "is missing for this region", VerbDeploy, ""},
		"another type":         {recordSet(validationSet, "TXT", "eu-west-1", "<ResourceRecords><ResourceRecord><Value>"+validated+"</Value></ResourceRecord></ResourceRecords>"), "is missing for this region", VerbDeploy, ""},
		"without the last dot": {cname(validationSet, "eu-west-1", strings.TrimSuffix(validated, ".")), "", "", ""},
	} {
		for status, consequence := range map[string]struct {
			code Code
			text string
		}{
			"ISSUED":             {ValidationRecord, "ACM cannot renew the certificate"},
			"PENDING_VALIDATION": {CertificatePending, "the certificate is waiting for it"},
		} {
			t.Run(name+", "+status, func(t *testing.T) {
				aws := secure(t, certificateIn(t, object{"Status": status}))
				aws["ListResourceRecordSets"] = records(alias(customDomain+".", "eu-west-1", balancerDNS), each.records)
				problems := found(t, newFakeAWS(t, aws).region(httpsFleet, saturday).Doctor(t.Context()), "certificate")
				if each.message == "" {
					if wanted := status == "PENDING_VALIDATION"; len(problems) > 1 || (len(problems) == 1) != wanted {
						t.Errorf("got %+v", problems)
					}
					return
				}
				if len(problems) != 1 || problems[0].Code != consequence.code || !strings.Contains(problems[0].Message, each.message) || !strings.Contains(problems[0].Message, consequence.text) {
					t.Fatalf("got %+v", problems)
				}
				if fix := problems[0].Fix; fix.Verb != each.fix || !strings.Contains(strings.Join(fix.Arguments, " ")+fix.Advice, each.detail) {
					t.Errorf("the fix is %+v", fix)
				}
			})
		}
	}
}

// TestDoctorChecksTheNamesOfTheRegion, of which each needs a validation record.
func TestDoctorChecksTheNamesOfTheRegion(t *testing.T) {
	const settings = "  dns: {enabled: true, zone: example.com, name: mcp, regional: true}"
	both := object{"SubjectAlternativeNames": []string{customDomain, regionalDomain}, "DomainValidationOptions": []object{validation(customDomain), validation(regionalDomain)}}
	for name, each := range map[string]struct {
		fields object
		want   []Code
	}{
		"a certificate for one": {nil, []Code{CertificateWrongName}},
		"a record for one":      {both, []Code{ValidationRecord}},
	} {
		t.Run(name, func(t *testing.T) {
			problems := found(t, newFakeAWS(t, secure(t, certificateIn(t, each.fields))).region(settings, saturday).Doctor(t.Context()), "certificate")
			if !slices.Equal(codes(problems), each.want) || !strings.Contains(problems[0].Message, regionalDomain) {
				t.Errorf("got %+v", problems)
			}
		})
	}
}

// TestDoctorChecksTheCertificateOfASleepingRegion, which has no load balancer: ACM may renew it any time.
func TestDoctorChecksTheCertificateOfASleepingRegion(t *testing.T) {
	aws := secure(t, serviceFields(t, object{"desiredCount": 0, "runningCount": 0, "loadBalancers": []object{}}))
	aws["DescribeLoadBalancers"] = withoutBalancer
	aws["DescribeScalableTargets"] = body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0}]}`)
	aws["DescribeScheduledActions"] = body(scheduledActions(t, fleet(t, destroyMode), nil))
	aws["ListResourceRecordSets"] = records()
	problems := found(t, newFakeAWS(t, aws).region(httpsFleet+"\n"+destroyMode, tuesday).Doctor(t.Context()), "certificate")
	if !slices.Equal(codes(problems), []Code{ValidationRecord}) {
		t.Errorf("got %+v", problems)
	}
}
