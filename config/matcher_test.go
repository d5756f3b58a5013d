package config

import "testing"

func TestHealthCheckAccepts(t *testing.T) {
	for matcher, statuses := range map[string]struct{ accepted, rejected []int }{
		"200":           {[]int{200}, []int{201, 199, 500}},
		"200-299":       {[]int{200, 204, 299}, []int{300, 500}},
		"200,301-302":   {[]int{200, 301, 302}, []int{303, 201}},
		"200,405,406":   {[]int{405, 406}, []int{400}},
		"nothing, else": {nil, []int{0, 200}},
	} {
		check := HealthCheck{Matcher: matcher}
		for _, status := range statuses.accepted {
			if !check.Accepts(status) {
				t.Errorf("%s rejects %d", matcher, status)
			}
		}
		for _, status := range statuses.rejected {
			if check.Accepts(status) {
				t.Errorf("%s accepts %d", matcher, status)
			}
		}
	}
}
