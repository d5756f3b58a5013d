package naming

import "strconv"

// URL is where a host answers over HTTP; host may be a Terraform expression.
func URL(host string, port int) string {
	if port == 80 {
		return "http://" + host
	}
	return "http://" + host + ":" + strconv.Itoa(port)
}
