package leftover

import "testing"

func TestCount(t *testing.T) {
	const vpc = `{"mode": "managed", "type": "aws_vpc", "instances": [{"attributes": {"id": "vpc-1", "tags_all": {"Project": "fmp-mcp"}}}]}`
	const rules = `{"mode": "managed", "type": "aws_route", "instances": [{"attributes": {"id": "r-1"}}, {"attributes": {"id": "r-2", "tags_all": null}}]}`
	const data = `{"mode": "data", "type": "aws_route53_zone", "instances": [{"attributes": {"id": "Z1"}}]}`
	for text, want := range map[string]int{
		`{"version": 4, "resources": []}`:                                 0,
		`{"version": 4, "resources": [` + data + `]}`:                     0,
		`{"version": 4, "resources": [` + rules + `]}`:                    2,
		`{"version": 4, "resources": [` + rules + `,` + vpc + `]}`:        3,
		`{"version": 4, "resources": [` + vpc + `], "outputs": {}}`:       1,
		`{"version": 4, "terraform_version": "1.11.4", "serial": 12}`:     0,
		`{"version": 4, "resources": [` + data + `, ` + vpc + `], "n":1}`: 1,
	} {
		if got, err := count([]byte(text), "fmp-mcp"); err != nil || got != want {
			t.Errorf("%s: got %d, %v", text, got, err)
		}
	}
	if got, err := count([]byte(`{"version": 4, "resources": [`+rules+`,`+vpc+`]}`), "quotes"); err != nil || got != 0 {
		t.Errorf("another project's: got %d, %v", got, err)
	}
	for _, text := range []string{"{", `{"encrypted_data": "…"}`, `{"version": 3}`} {
		if _, err := count([]byte(text), "fmp-mcp"); err == nil {
			t.Errorf("no error for %s", text)
		}
	}
}
