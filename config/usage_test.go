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
