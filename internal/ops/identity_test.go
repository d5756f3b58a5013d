package ops

import (
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

func TestIdentityNamesTheCaller(t *testing.T) {
	fake := newFakeAWS(t, map[string]response{"GetCallerIdentity": body(`<GetCallerIdentityResponse><GetCallerIdentityResult>
		<Account>123456789012</Account><Arn>arn:aws:sts::123456789012:assumed-role/deploy/alice</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`)})
	region := fleet(t, "")
	connected, err := Connect(t.Context(), fake.open, &config.Fleet{Regions: []config.Region{region}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	identity, err := connected.Identity(t.Context())
	if err != nil || identity.Account != "123456789012" || identity.Name() != "assumed-role/deploy/alice" {
		t.Errorf("got %+v, %v", identity, err)
	}
}
