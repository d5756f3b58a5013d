package ops

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/internal/span"
	"github.com/cdtait/mcpfleet/internal/text"
)

// Problem codes of HTTPS connections, which only smoke uses.
const (
	CertificateNotYetValid Code = "certificate_not_yet_valid"
	CertificateUntrusted   Code = "certificate_untrusted"
	NotTLS                 Code = "no_tls"
	TLSFailed              Code = "tls_failed"
)

// httpTransport returns a transport for requests to servers. It checks certificates at the region's time. The
// caller must close its idle connections.
func (r *Region) httpTransport() *http.Transport {
	transport := r.Transport
	if transport == nil {
		transport = http.DefaultTransport.(*http.Transport)
	}
	transport = transport.Clone()
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	transport.TLSClientConfig.Time = r.Now
	return transport
}

// peeked ends a handshake once the server's certificate is known.
type peeked struct{ certificate *x509.Certificate }

func (peeked) Error() string { return "the certificate has been read" }

// certificateAt returns the certificate of the server at a host. It verifies everything except the names that
// the certificate is for, and sends no request.
func (r *Region) certificateAt(ctx context.Context, host string) (*x509.Certificate, error) {
	transport := r.httpTransport()
	defer transport.CloseIdleConnections()
	config := transport.TLSClientConfig
	config.InsecureSkipVerify = true // VerifyConnection verifies
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if err := verify(config, state.PeerCertificates); err != nil {
			return err
		}
		return peeked{state.PeerCertificates[0]}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, "https://"+host, http.NoBody)
	if err != nil {
		return nil, err
	}
	_, err = transport.RoundTrip(request) //nolint:bodyclose // the handshake always fails, so there is no response
	if found, ok := errors.AsType[peeked](err); ok {
		return found.certificate, nil
	}
	return nil, err
}

// verify verifies the chain and the dates of a server's certificates.
func verify(config *tls.Config, chain []*x509.Certificate) error {
	options := x509.VerifyOptions{Roots: config.RootCAs, CurrentTime: config.Time(), Intermediates: x509.NewCertPool()}
	for _, each := range chain[1:] {
		options.Intermediates.AddCert(each)
	}
	if _, err := chain[0].Verify(options); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: chain, Err: err}
	}
	return nil
}

// hostFor returns the first name of a certificate, to send as the Host. It replaces a wildcard by the project.
// It returns "" if the certificate is for no name.
func (r *Region) hostFor(certificate *x509.Certificate) string {
	isExact := func(name string) bool { return !strings.HasPrefix(name, "*.") }
	if at := slices.IndexFunc(certificate.DNSNames, isExact); at >= 0 {
		return certificate.DNSNames[at]
	}
	if len(certificate.DNSNames) == 0 {
		return ""
	}
	return r.Names.Project + strings.TrimPrefix(certificate.DNSNames[0], "*")
}

// tlsProblem returns the problem of a TLS handshake that failed, nil if err is another error.
func tlsProblem(err error, now time.Time) *Problem {
	rejected, isRejected := errors.AsType[*tls.CertificateVerificationError](err)
	_, isRecord := errors.AsType[tls.RecordHeaderError](err)
	switch cause := session.Cause(err); {
	case isRejected:
		return certificateProblem(rejected, now)
	case isRecord, errors.Is(err, http.ErrSchemeMismatch):
		return &Problem{NotTLS, "the port does not speak TLS", Fix{Verb: VerbDoctor}}
	case strings.HasPrefix(cause, "tls: "):
		return &Problem{TLSFailed, "the TLS handshake failed: " + strings.TrimPrefix(cause, "tls: "), Fix{Verb: VerbDoctor, Advice: "load_balancer.https.policy has the TLS versions"}}
	}
	return nil
}

// untrusted is the advice for a certificate that clients do not trust.
const untrusted = "use a certificate of a public authority, imported with its intermediate certificates, or add its authority to the machine's trusted ones (SSL_CERT_FILE), as every client must"

// certificateProblem returns the problem of a certificate that was not accepted.
func certificateProblem(rejected *tls.CertificateVerificationError, now time.Time) *Problem {
	leaf := rejected.UnverifiedCertificates[0]
	_, isUnknown := errors.AsType[x509.UnknownAuthorityError](rejected.Err)
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](rejected.Err)
	wrong, isWrong := errors.AsType[x509.HostnameError](rejected.Err)
	switch {
	case isWrong:
		return &Problem{CertificateWrongName, fmt.Sprintf("the certificate is for %s, not %s", names(leaf), wrong.Host), Fix{Verb: VerbDoctor}}
	case isInvalid && invalid.Reason == x509.Expired && now.Before(leaf.NotBefore):
		return &Problem{CertificateNotYetValid, "the certificate is not valid before " + instant(leaf.NotBefore), advice("check this machine's clock, or use a certificate that is already valid")}
	case isInvalid && invalid.Reason == x509.Expired && now.After(leaf.NotAfter):
		return &Problem{CertificateExpired, expired(leaf.NotAfter, now), Fix{Verb: VerbDoctor}}
	case isSelfSigned(leaf):
		return &Problem{CertificateUntrusted, "the certificate is self-signed", advice(untrusted)}
	case isUnknown:
		return &Problem{CertificateUntrusted, fmt.Sprintf("the certificate was issued by %q, which this machine does not trust", leaf.Issuer), advice(untrusted)}
	}
	return &Problem{CertificateUntrusted, "the certificate is not accepted: " + session.Cause(rejected.Err), advice(untrusted)}
}

func isSelfSigned(certificate *x509.Certificate) bool {
	return bytes.Equal(certificate.RawIssuer, certificate.RawSubject) && certificate.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature) == nil
}

// names lists the names that a certificate is for.
func names(certificate *x509.Certificate) string {
	if len(certificate.DNSNames) == 0 {
		return "no name"
	}
	return oneLine(text.JoinMost(certificate.DNSNames, 5, ", "))
}

// expired describes since when a certificate is no longer valid.
func expired(since, now time.Time) string {
	return fmt.Sprintf("the certificate expired %s ago, on %s", span.Format(now.Sub(since)), instant(since))
}

func instant(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }
