package ops

import (
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/cost"
)

// offered is an entry of the Price List: a usage type with its tiers, from the beginning of each to its price.
func offered(t *testing.T, usage string, tiers map[string]string) string {
	t.Helper()
	dimensions := object{}
	for begin, price := range tiers {
		dimensions[begin] = object{"beginRange": begin, "pricePerUnit": object{"USD": price}}
	}
	return mustJSON(t, object{
		"product": object{"attributes": object{"usagetype": usage, "operation": "LoadBalancing:Application"}},
		"terms":   object{"OnDemand": object{"term": object{"priceDimensions": dimensions}}},
	})
}

func TestPricesAreReadFromThePriceList(t *testing.T) {
	one := func(price string) map[string]string { return map[string]string{"0": price} }
	list := mustJSON(t, object{"PriceList": []string{
		offered(t, "EU-Fargate-vCPU-Hours:perCPU", one("0.04048")),
		offered(t, "EU-Fargate-GB-Hours", one("0.004445")),
		offered(t, "LoadBalancerUsage", one("0.0252")),
		offered(t, "TS-LoadBalancerUsage", one("9")), // a trust store's
		offered(t, "EU-LCUUsage", one("0.008")),
		offered(t, "EU-LCUUsage", one("0.009")),
		offered(t, "EU-DataProcessing-Bytes", map[string]string{"0": "0", "5": "0.57"}),
		offered(t, "EU-VendedLog-Bytes", one("0.4")),
		offered(t, "EU-VendedLog-Bytes-WAFLogs", one("0.3")),
		offered(t, "EU-NatGateway-Hours", one("0")),
		offered(t, "EU-WebACLV2", one("5")),
		offered(t, "EU-WebACL", one("6")), // of AWS WAF Classic
		offered(t, "EU-RuleV2", one("1")),
		offered(t, "EU-ShieldProtected-RuleV2", one("0")),
	}})
	aws := newFakeAWS(t, map[string]response{"GetProducts": body(list)})
	prices, err := OpenPriceList(t.Context(), aws.open, saturday)
	if err != nil {
		t.Fatal(err)
	}
	found, problems := prices.Prices(t.Context(), "eu-west-1")
	for item, want := range map[cost.Item]string{cost.X86VCPU: "0.04048", cost.X86Memory: "0.004445", cost.LoadBalancer: "0.0252", cost.Logs: "0.57", cost.FlowLogs: "0.4", cost.WebACL: "5", cost.WebACLRules: "1"} {
		price := found[cost.PriceKey{Item: item, Region: "eu-west-1"}]
		if price.USD.String() != want || !price.AsOf.Equal(saturday) || price.Source == "" {
			t.Errorf("%s: got %+v", item, price)
		}
	}
	// Two prices for one item, none above zero, and none at all are problems, never a guess.
	for _, item := range []cost.Item{cost.LCU, cost.NAT, cost.IPv4} {
		if _, guessed := found[cost.PriceKey{Item: item, Region: "eu-west-1"}]; guessed {
			t.Errorf("%s is guessed", item)
		}
		named := slices.ContainsFunc(problems, func(problem Problem) bool {
			return problem.Code == PriceNotFound && strings.HasPrefix(problem.Message, string(item)+" in eu-west-1: ")
		})
		if !named {
			t.Errorf("%s is not among %+v", item, problems)
		}
	}
}

func TestAPriceListThatCannotBeReadIsAProblem(t *testing.T) {
	for name, each := range map[string]struct {
		response response
		want     Code
	}{
		"denied":   {refuse(400, "AccessDeniedException", "no"), NotAllowed},
		"not JSON": {body(`{"PriceList": ["<html>"]}`), Failed},
	} {
		t.Run(name, func(t *testing.T) {
			prices, err := OpenPriceList(t.Context(), newFakeAWS(t, map[string]response{"GetProducts": each.response}).open, saturday)
			if err != nil {
				t.Fatal(err)
			}
			found, problems := prices.Prices(t.Context(), "eu-west-1")
			if len(found) > 0 || len(problems) != len(offers) || problems[0].Code != each.want {
				t.Errorf("got %v, %+v", found, problems)
			}
		})
	}
}
