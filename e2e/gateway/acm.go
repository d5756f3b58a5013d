package gateway

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
)

const acm = "CertificateManager."

// amendCertificate corrects the description of a certificate.
func (g *Gateway) amendCertificate(c call, response *httptest.ResponseRecorder) {
	var body map[string]any
	if json.Unmarshal(response.Body.Bytes(), &body) != nil {
		return
	}
	if certificate, is := body["Certificate"].(map[string]any); is {
		g.correctCertificate(c.region, certificate)
		rewrite(response, body)
	}
}

// certificate returns a certificate as AWS describes it, or nil.
func (g *Gateway) certificate(region, arn string) map[string]any {
	var output struct{ Certificate map[string]any }
	g.callMoto(region, "acm", acm+"DescribeCertificate", map[string]any{"CertificateArn": arn}, &output)
	if output.Certificate != nil {
		g.correctCertificate(region, output.Certificate)
	}
	return output.Certificate
}

// correctCertificate makes the status depend on the validation records, and the records on the domain. In moto
// a certificate becomes valid by itself, and the value of the record is the same for all domains. It also lists
// the load balancers that use the certificate, of which moto only adds listeners.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
func (g *Gateway) correctCertificate(region string, certificate map[string]any) {
	arn := fmt.Sprint(certificate["CertificateArn"])
	certificate["InUseBy"] = append([]string{}, g.loadBalancersWith(region, arn)...)
	options, _ := certificate["DomainValidationOptions"].([]any)
	validated := true
	for _, each := range options {
		option, _ := each.(map[string]any)
		name, value := validationRecord(fmt.Sprint(option["DomainName"]))
		option["ResourceRecord"] = map[string]any{"Name": name, "Type": "CNAME", "Value": value}
		validated = validated && slices.Contains(g.cname(name), value)
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	if certificate["Status"] == "ISSUED" && validated {
		g.issued[arn] = true
	}
	if len(options) == 0 || g.issued[arn] {
		return
	}
	certificate["Status"] = "PENDING_VALIDATION"
	for _, each := range options {
		each.(map[string]any)["ValidationStatus"] = "PENDING_VALIDATION"
	}
	for _, field := range []string{"IssuedAt", "NotAfter", "NotBefore", "Serial"} {
		delete(certificate, field)
	}
}

// validationRecord returns the record that validates a domain, the same for every certificate of an account.
func validationRecord(domain string) (name, value string) {
	domain = strings.TrimPrefix(domain, "*.")
	digits := fmt.Sprintf("%x", sha256.Sum256([]byte(domain)))
	return "_" + digits[:32] + "." + domain + ".", "_" + digits[32:] + ".acm-validations.aws."
}

// deleteCertificate rejects a certificate that a load balancer uses. moto deletes it.
// https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
func (g *Gateway) deleteCertificate(c call, response *httptest.ResponseRecorder) bool {
	var input struct{ CertificateArn string }
	_ = json.Unmarshal(c.body, &input)
	users := g.loadBalancersWith(c.region, input.CertificateArn)
	if len(users) == 0 {
		return false
	}
	writeError(response, "ResourceInUseException", fmt.Sprintf("Certificate %s is in use by %s", input.CertificateArn, strings.Join(users, ", ")))
	return true
}
