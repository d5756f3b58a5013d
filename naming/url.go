package naming

import "strconv"

// HTTPURL returns the HTTP URL of a host. The host may be a Terraform expression.
func HTTPURL(host string, port int) string {
	if port == 80 {
		return "http://" + host
	}
	return "http://" + host + ":" + strconv.Itoa(port)
}

// HTTPSURL returns the HTTPS URL of a host. The host may be a Terraform expression.
func HTTPSURL(host string) string { return "https://" + host }
