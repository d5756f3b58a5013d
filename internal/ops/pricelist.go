package ops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/pricing"
	"github.com/aws/aws-sdk-go-v2/service/pricing/types"
	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/session"
)

// offer is the part of the Price List that one query returns.
type offer struct {
	service, family string
	// operation distinguishes an Application Load Balancer from Network and Classic Load Balancers.
	operation string
	// usage maps items to their usage types, without the region prefix.
	usage map[cost.Item]string
}

// offers lists the usage types of
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html as the Price List spells
// them. A usage type starts with a region prefix in most regions, but some services have none in us-east-1.
// The query therefore filters on the regionCode attribute instead.
var offers = []offer{
	{"AmazonECS", "Compute", "", map[cost.Item]string{
		cost.X86VCPU: "Fargate-vCPU-Hours:perCPU", cost.X86Memory: "Fargate-GB-Hours",
		cost.ARMVCPU: "Fargate-ARM-vCPU-Hours:perCPU", cost.ARMMemory: "Fargate-ARM-GB-Hours",
		cost.TaskStorage: "Fargate-EphemeralStorage-GB-Hours",
	}},
	{"AWSELB", "Load Balancer-Application", "LoadBalancing:Application", map[cost.Item]string{cost.LoadBalancer: "LoadBalancerUsage", cost.LCU: "LCUUsage"}},
	{"AmazonVPC", "", "", map[cost.Item]string{cost.IPv4: "PublicIPv4:InUseAddress"}},
	{"AmazonVPC", "VpcEndpoint", "", map[cost.Item]string{cost.Endpoint: "VpcEndpoint-Hours", cost.EndpointData: "VpcEndpoint-Bytes"}},
	{"AmazonEC2", "NAT Gateway", "", map[cost.Item]string{cost.NAT: "NatGateway-Hours", cost.NATData: "NatGateway-Bytes"}},
	{"AmazonCloudWatch", "Data Payload", "", map[cost.Item]string{cost.Logs: "DataProcessing-Bytes", cost.FlowLogs: "VendedLog-Bytes"}},
	{"AmazonEFS", "Storage", "", map[cost.Item]string{cost.EFSStorage: "TimedStorage-ByteHrs"}},
	{"AWSSecretsManager", "Secret", "", map[cost.Item]string{cost.Secret: "AWSSecretsManager-Secrets"}},
	// The requests of a web ACL are not here: the Price List has several usage types for them, by capacity.
	{"awswaf", "Web Application Firewall", "", map[cost.Item]string{cost.WebACL: "WebACLV2", cost.WebACLRules: "RuleV2"}},
}

// ListedItems returns the items whose prices come from the Price List, sorted.
func ListedItems() (items []cost.Item) {
	for _, each := range offers {
		for item := range each.usage {
			items = append(items, item)
		}
	}
	slices.Sort(items)
	return items
}

// PriceList reads prices from the AWS Price List.
type PriceList struct {
	client *pricing.Client
	today  time.Time
}

// OpenPriceList returns a PriceList. The Price List API requires credentials of any AWS account.
func OpenPriceList(ctx context.Context, open session.Opener, today time.Time) (*PriceList, error) {
	cfg, err := open(ctx, billingRegion)
	if err != nil {
		return nil, err
	}
	client := pricing.NewFromConfig(cfg, func(options *pricing.Options) {
		// The Price List allows few requests per second, and a large fleet sends hundreds.
		options.Retryer = retry.NewAdaptiveMode()
	})
	return &PriceList{client, today}, nil
}

// Prices returns a region's current prices, and a problem for each price it could not find.
func (l *PriceList) Prices(ctx context.Context, region string) (map[cost.PriceKey]cost.Price, []Problem) {
	prices, problems := map[cost.PriceKey]cost.Price{}, []Problem(nil)
	for _, each := range offers {
		products, err := l.products(ctx, each, region)
		if err != nil {
			problem := ProblemOf(err)
			problem.Message = fmt.Sprintf("%s %s in %s: %s", each.service, each.family, region, problem.Message)
			problems = append(problems, problem)
			continue
		}
		for item, usage := range each.usage {
			usd, err := priceOf(products, each, usage)
			if err != nil {
				problems = append(problems, Problem{PriceNotFound, fmt.Sprintf("%s in %s: %s", item, region, err), advice("add the price to your own price file")})
				continue
			}
			prices[cost.PriceKey{Item: item, Region: region}] = cost.Price{
				USD: usd, Confidence: cost.OneSource, AsOf: l.today, Source: "AWS Price List, " + each.service + " " + usage,
			}
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Message, b.Message) })
	return prices, problems
}

// product holds the fields of a Price List entry that are read here.
type product struct {
	Product struct {
		Attributes struct {
			UsageType string `json:"usagetype"`
			Operation string `json:"operation"`
		} `json:"attributes"`
	} `json:"product"`
	Terms struct {
		OnDemand map[string]struct {
			PriceDimensions map[string]dimension `json:"priceDimensions"`
		} `json:"OnDemand"`
	} `json:"terms"`
}

// dimension is one tier of a price.
type dimension struct {
	BeginRange   string            `json:"beginRange"`
	PricePerUnit map[string]string `json:"pricePerUnit"`
}

func (l *PriceList) products(ctx context.Context, offered offer, region string) (products []product, err error) {
	filters := []types.Filter{{Type: types.FilterTypeTermMatch, Field: new("regionCode"), Value: &region}}
	if offered.family != "" {
		filters = append(filters, types.Filter{Type: types.FilterTypeTermMatch, Field: new("productFamily"), Value: &offered.family})
	}
	pages := pricing.NewGetProductsPaginator(l.client, &pricing.GetProductsInput{ServiceCode: &offered.service, Filters: filters})
	listed, err := collect(ctx, pages, func(page *pricing.GetProductsOutput) []string { return page.PriceList })
	if err != nil {
		return nil, err
	}
	for _, text := range listed {
		var each product
		if err := json.Unmarshal([]byte(text), &each); err != nil {
			return nil, errors.New("the response is not a valid price list")
		}
		products = append(products, each)
	}
	return products, nil
}

// regionPrefix matches a region prefix: EU for eu-west-1, codes such as USW2 for other regions. Any other
// prefix makes a different usage type: TS-LoadBalancerUsage is for trust stores.
const regionPrefix = `^((EU|[A-Z]{2,3}[0-9])-)?`

// priceOf returns the price if exactly one product with one on-demand offer matches. Otherwise it returns an
// error, because any choice would be a guess.
func priceOf(products []product, offered offer, usage string) (decimal.Decimal, error) {
	wanted := regexp.MustCompile(regionPrefix + regexp.QuoteMeta(usage) + `$`)
	var found []product
	for _, each := range products {
		attributes := each.Product.Attributes
		if wanted.MatchString(attributes.UsageType) && (offered.operation == "" || attributes.Operation == offered.operation) {
			found = append(found, each)
		}
	}
	if len(found) != 1 {
		return decimal.Decimal{}, fmt.Errorf("%d products match %s, expected one", len(found), usage)
	}
	terms := slices.Collect(maps.Values(found[0].Terms.OnDemand))
	if len(terms) != 1 {
		return decimal.Decimal{}, fmt.Errorf("%s has %d on-demand offers, expected one", usage, len(terms))
	}
	return firstNonzeroPrice(terms[0].PriceDimensions)
}

// firstNonzeroPrice returns the price of the first tier that is not free.
func firstNonzeroPrice(tiers map[string]dimension) (price decimal.Decimal, err error) {
	first := decimal.New(-1, 0)
	for _, tier := range tiers {
		text, inDollars := tier.PricePerUnit["USD"]
		if !inDollars {
			return price, errors.New("it has no price in USD")
		}
		usd, usdErr := decimal.NewFromString(text)
		begin, beginErr := decimal.NewFromString(orZero(tier.BeginRange))
		if usdErr != nil || beginErr != nil || usd.IsNegative() {
			return price, fmt.Errorf("the price %s of the tier from %s is not valid", strconv.Quote(text), strconv.Quote(tier.BeginRange))
		}
		if usd.IsPositive() && (first.IsNegative() || begin.LessThan(first)) {
			first, price = begin, usd
		}
	}
	if first.IsNegative() {
		return price, errors.New("it has no nonzero price")
	}
	return price, nil
}

func orZero(text string) string {
	if text == "" {
		return "0"
	}
	return text
}
