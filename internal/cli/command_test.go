package cli

import (
	"testing"

	"github.com/cdtait/mcpfleet/internal/ops"
)

func TestFixCommandNamesTheFleetFile(t *testing.T) {
	scale := ops.Fix{Verb: ops.VerbScale, Region: "eu-west-1", Arguments: []string{"2"}}
	deploy := ops.Fix{Verb: ops.VerbDeploy, Region: "eu-west-1", Arguments: []string{"dev-eu-west-1"}}
	for name, each := range map[string]struct {
		file, variable string
		fix            ops.Fix
		want           string
	}{
		"the default file":    {"regions.yaml", "", scale, "mcpfleet scale 2 --region eu-west-1"},
		"another file":        {"prod.yaml", "", scale, "mcpfleet scale 2 --region eu-west-1 --config prod.yaml"},
		"a path with a space": {"my fleets/it's.yaml", "", scale, `mcpfleet scale 2 --region eu-west-1 --config 'my fleets/it'\''s.yaml'`},
		"the default file, with another in MCPFLEET_CONFIG": {"regions.yaml", "prod.yaml", scale, "mcpfleet scale 2 --region eu-west-1 --config regions.yaml"},
		"the file in MCPFLEET_CONFIG":                       {"prod.yaml", "prod.yaml", scale, "mcpfleet scale 2 --region eu-west-1 --config prod.yaml"},
		"a deploy":                                          {"regions.yaml", "", deploy, "npx cdktf deploy dev-eu-west-1"},
		"a deploy of another file":                          {"my fleets/prod.yaml", "", deploy, "MCPFLEET_CONFIG='my fleets/prod.yaml' npx cdktf deploy dev-eu-west-1"},
		"advice only":                                       {"prod.yaml", "", ops.Fix{Advice: "wait"}, ""},
		"an AWS CLI command": {"prod.yaml", "", ops.Fix{Verb: ops.VerbAWS, Region: "eu-west-1", Arguments: []string{"secretsmanager", "restore-secret", "--secret-id", "a b"}},
			"aws secretsmanager restore-secret --secret-id 'a b' --region eu-west-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("MCPFLEET_CONFIG", each.variable)
			if got := (&App{file: each.file}).command(each.fix); got != each.want {
				t.Errorf("got %s, want %s", got, each.want)
			}
		})
	}
}
