package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	consoleOfOpenA = "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/open-a-dev-eu-west-1-cluster/services/open-a-dev-eu-west-1-service/health?region=eu-west-1\n"
	logsOfOpenA    = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Fecs$252Fopen-a-dev-eu-west-1-task\n"
)

func TestOpenPrintsAddressesWithoutCredentials(t *testing.T) {
	withoutCredentials(t)
	plain := fleetFile(t, fleetText("open-a", "{}", threeRegions))
	domain := fleetFile(t, fleetText("open-a", "{}\n  dashboard: true\n  dns: {enabled: true, zone: example.com, name: mcp, regional: true}",
		threeRegions+"  eu-south-1: {network: {cidr: 172.28.0.0/16}, dashboard: false, dns: {enabled: false}, load_balancer: {enabled: false}}\n"))
	for line, each := range map[string]struct {
		file   string
		status int
		out    string
	}{
		"open --region eu-west-1":         {plain, 0, consoleOfOpenA},
		"open console --region eu-west-1": {plain, 0, consoleOfOpenA},
		"open logs --region eu-west-1":    {plain, 0, logsOfOpenA},
		"open": {plain, 0, "REGION     ADDRESS\neu-west-1  " + consoleOfOpenA +
			"eu-west-2  " + strings.ReplaceAll(consoleOfOpenA, "eu-west-1", "eu-west-2") + "us-east-1  " + strings.ReplaceAll(consoleOfOpenA, "eu-west-1", "us-east-1")},
		"open dashboard --region eu-west-1": {domain, 0, "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/open-a-dev-eu-west-1\n"},
		"open dashboard --region eu-west-2 --region eu-south-1": {domain, 1, "REGION      ADDRESS\neu-south-1  the fleet file has no dashboard for the region; set dashboard: true, then deploy\n" +
			"eu-west-2   https://eu-west-2.console.aws.amazon.com/cloudwatch/home?region=eu-west-2#dashboards/dashboard/open-a-dev-eu-west-2\n"},
		"open url --region eu-west-1": {domain, 0, "https://eu-west-1.mcp.example.com\n"},
		"open url --region us-east-1 --region eu-south-1": {domain, 1, "REGION      ADDRESS\neu-south-1  the fleet file has no load balancer for the region; set load_balancer.enabled: true, then deploy\n" +
			"us-east-1   https://us-east-1.mcp.example.com\n"},
	} {
		got := run(t, saturday, each.file, strings.Fields(line)...)
		if want(t, got, each.status); got.out != each.out {
			t.Errorf("%s prints\n%swant\n%s", line, got.out, each.out)
		}
	}
	// Nothing may be taken for an address.
	got := run(t, saturday, plain, "open", "dashboard", "--region", "eu-west-1")
	if want(t, got, 1, "eu-west-1: the fleet file has no dashboard for the region; set dashboard: true, then deploy\n"); got.out != "" {
		t.Errorf("standard output has %s", got.out)
	}
	want(t, run(t, saturday, plain, "open", "url", "--region", "eu-west-1"), 3)
	want(t, run(t, saturday, plain, "open", "status"), 2, "mcpfleet: mcpfleet open cannot open status; pass one of console, url, logs, dashboard\n")
	want(t, run(t, saturday, plain, "open", "logs", "url"), 2, "mcpfleet: mcpfleet open cannot open logs url; pass one of")
}

func TestOpenURLAsksForTheLoadBalancer(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("open-b", "{enabled: true, destroy_albs: true}", threeRegions+"  eu-south-1: {network: {cidr: 172.28.0.0/16}, weekend: {enabled: false}}\n"))
	seeded := seed(t, url, file, "eu-west-1")
	intercept(t, url, func(c call) bool {
		return c.region == "us-east-1" && c.service == "elasticloadbalancing" && c.fail(http.StatusForbidden, "AccessDenied", "no")
	})
	got := run(t, tuesday, file, "open", "url")
	want(t, got, 1, "open-b dev, account 123456789012 as user/moto\n",
		"\neu-south-1  not deployed: no load balancer open-b-dev-eu-south-1-alb; ", "\neu-west-1   http://"+seeded["eu-west-1"].LoadBalancerDNS+"\n",
		"\neu-west-2   no load balancer: asleep, wakes Sat 06:00 UTC in 4 d 4 h; mcpfleet weekend up --region eu-west-2", "\nus-east-1   DescribeLoadBalancers: not allowed: no; ")
	got = run(t, tuesday, file, "open", "url", "--region", "eu-west-2", "--json")
	want(t, got, 1, `"code": "no_address"`, `"page": "url"`)
	checkDocument(t, "open", got.out)
}

// fakeBrowser sets BROWSER to a program that ends with a status, and returns the file to which it writes its arguments.
func fakeBrowser(t *testing.T, status string) (arguments string) {
	t.Helper()
	folder := t.TempDir()
	arguments = filepath.Join(folder, "arguments")
	script := "#!/bin/sh\ntest -t 1 && echo \"$*\" >'" + arguments + "'\nexit " + status + "\n"
	program := filepath.Join(folder, "browser")
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BROWSER", program+" --new-tab")
	return arguments
}

func TestOpenStartsBrowserOnTerminal(t *testing.T) {
	file := fleetFile(t, fleetText("open-a", "{}", threeRegions))
	for name, each := range map[string]struct {
		line, browser string
		status        int
		shown, opened string
	}{
		"one region":         {"open logs --region eu-west-1", "0", 0, "/cloudwatch/home", "--new-tab " + logsOfOpenA},
		"several regions":    {"open logs", "0", 0, "REGION", ""},
		"print":              {"open logs --region eu-west-1 --print", "0", 0, "/cloudwatch/home", ""},
		"JSON":               {"open logs --region eu-west-1 --json", "0", 0, `"page": "logs"`, ""},
		"no address":         {"open dashboard --region eu-west-1", "0", 1, "the fleet file has no dashboard", ""},
		"browser that fails": {"open logs --region eu-west-1", "4", 1, "mcpfleet: cannot open a browser: exit status 4; open the address yourself, or set BROWSER", "--new-tab " + logsOfOpenA},
	} {
		t.Run(name, func(t *testing.T) {
			arguments := fakeBrowser(t, each.browser)
			terminal := startTerminal(t, saturday, file, strings.Fields(each.line)...)
			terminal.waitFor(each.shown)
			terminal.wantExit(each.status)
			opened, err := os.ReadFile(arguments)
			if string(opened) != each.opened || (err == nil) != (each.opened != "") {
				t.Errorf("opened %s, %v", opened, err)
			}
		})
	}
	arguments := fakeBrowser(t, "0")
	want(t, run(t, saturday, file, "open", "logs", "--region", "eu-west-1"), 0, logsOfOpenA)
	if _, err := os.Stat(arguments); err == nil {
		t.Error("a pipe opened a browser")
	}
}

func TestBrowserCommand(t *testing.T) {
	for name, each := range map[string]struct {
		system, browser string
		want            []string
	}{
		"Linux":       {"linux", "", []string{"xdg-open", "https://a"}},
		"FreeBSD":     {"freebsd", "", []string{"xdg-open", "https://a"}},
		"macOS":       {"darwin", "", []string{"open", "https://a"}},
		"Windows":     {"windows", "", []string{"rundll32", "url.dll,FileProtocolHandler", "https://a"}},
		"of the user": {"darwin", "firefox --new-tab", []string{"firefox", "--new-tab", "https://a"}},
	} {
		if got := browserCommand(each.system, each.browser, "https://a"); !slices.Equal(got, each.want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
