//go:build e2e

package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"regexp"
	"testing"
	"time"
)

// certificateARN matches the ARN of a certificate, and captures its region.
var certificateARN = regexp.MustCompile(`arn:aws:acm:([a-z0-9-]+):\d{12}:certificate/[0-9a-f-]{36}`)

// importCertificates replaces the ARNs of certificates in a file with those of imported certificates. AWS
// rejects a listener whose certificate does not exist.
func (w *workspace) importCertificates(t *testing.T, file []byte) []byte {
	t.Helper()
	if w.aws == nil {
		return file
	}
	for _, match := range certificateARN.FindAllSubmatch(file, -1) {
		arn, region := string(match[0]), string(match[1])
		if w.certificates[arn] == "" {
			w.certificates[arn] = w.importCertificate(t, region)
		}
	}
	return certificateARN.ReplaceAllFunc(file, func(arn []byte) []byte { return []byte(w.certificates[string(arn)]) })
}

// importCertificate imports a self-signed certificate, and returns its ARN.
func (w *workspace) importCertificate(t *testing.T, region string) (arn string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"mcp.example.com"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	var output struct{ CertificateArn string }
	w.aws.Call(region, "acm", "CertificateManager.ImportCertificate", map[string]any{
		"Certificate": encodePEM("CERTIFICATE", certificate), "PrivateKey": encodePEM("PRIVATE KEY", private),
	}, &output)
	if output.CertificateArn == "" {
		t.Fatal("the certificate was not imported")
	}
	return output.CertificateArn
}

// encodePEM returns a blob of a JSON protocol, which encoding/json encodes as base64.
func encodePEM(kind string, der []byte) []byte {
	var text bytes.Buffer
	_ = pem.Encode(&text, &pem.Block{Type: kind, Bytes: der})
	return text.Bytes()
}
