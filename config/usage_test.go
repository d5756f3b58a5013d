package config

import "testing"

func TestAmountsKeepTheirNotation(t *testing.T) {
	fleet, _ := mustParse(t, inDefaults("  usage: {lcu: 0.10, log_gb: \"2\"}"))
	usage := fleet.Regions[0].Usage
	if usage.LCU.String() != "0.10" || usage.LogGB.String() != "2" || usage.EgressGB.IsSet() {
		t.Errorf("%+v", usage)
	}
	for _, wrong := range []string{"-1", "1e3", ".5", "0x10", "1,5", "0.1234567", "1234567890123", "much", "~", "[1]"} {
		if _, _, err := Parse("regions.yaml", []byte(inDefaults("  usage: {lcu: "+wrong+"}"))); err == nil {
			t.Errorf("lcu: %s is accepted", wrong)
		}
	}
}

func TestExceeds(t *testing.T) {
	for text, want := range map[string]bool{"19.999999": false, "20": false, "20.000000": false, "20.000001": true, "999999999999": true} {
		var amount Amount
		if err := amount.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := amount.Exceeds(20); got != want {
			t.Errorf("%s exceeds 20: %t", text, got)
		}
	}
	if (Amount{}).Exceeds(0) {
		t.Error("an amount that is not set exceeds 0")
	}
}

// TestHoursOnRequestHaveNoLimitWhereRequestsDoNotWake has what the limit does not apply to, and the limit itself.
func TestHoursOnRequestHaveNoLimitWhereRequestsDoNotWake(t *testing.T) {
	for _, weekend := range []string{"enabled: false, wake_on_request: true", "enabled: true, answer: true", "enabled: true, wake_on_request: true, wake_budget: 30"} {
		_, _ = mustParse(t, inRegion("access: {paths: [/mcp]}, weekend: {"+weekend+"}, usage: {wake_hours: 30}"))
	}
}
