package naming

import "strconv"

// URL returns the HTTP URL of a host. The host may be a Terraform expression.
func URL(host string, port int) string {
	if port == 80 {
		return "http://" + host
	}
	return "http://" + host + ":" + strconv.Itoa(port)
}
