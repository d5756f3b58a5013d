package ops

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"
	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/session"
)

// billingRegion hosts the Cost Explorer and Price List endpoints for all regions:
// https://docs.aws.amazon.com/general/latest/gr/billing.html
const billingRegion = "us-east-1"

// Bill is what AWS has charged for the fleet since the start of the month.
type Bill struct {
	From time.Time
	// ByRegion is the cost per region. Costs without a region are under "global".
	ByRegion map[string]decimal.Decimal
}

// MonthToDate returns the month-to-date cost of resources with the fleet's tags. AWS charges 0.01 dollars per
// request (https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/).
func MonthToDate(ctx context.Context, open session.Opener, fleet *config.Fleet, now time.Time) (*Bill, error) {
	cfg, err := open(ctx, billingRegion)
	if err != nil {
		return nil, err
	}
	now = now.UTC()
	bill := &Bill{From: time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC), ByRegion: map[string]decimal.Decimal{}}
	input := &costexplorer.GetCostAndUsageInput{
		Granularity: types.GranularityMonthly,
		Metrics:     []string{unblended},
		// The end date is exclusive.
		TimePeriod: &types.DateInterval{Start: new(bill.From.Format(time.DateOnly)), End: new(now.AddDate(0, 0, 1).Format(time.DateOnly))},
		Filter:     &types.Expression{And: []types.Expression{hasTag("Project", fleet.Project), hasTag("Environment", fleet.Environment)}},
		GroupBy:    []types.GroupDefinition{{Type: types.GroupDefinitionTypeDimension, Key: new("REGION")}},
	}
	client := costexplorer.NewFromConfig(cfg)
	for {
		output, err := client.GetCostAndUsage(ctx, input)
		if err != nil {
			return nil, err
		}
		if err := bill.add(output.ResultsByTime); err != nil {
			return nil, err
		}
		if output.NextPageToken == nil {
			return bill, nil
		}
		input.NextPageToken = output.NextPageToken
	}
}

// unblended is the metric that AWS bills show.
const unblended = "UnblendedCost"

func hasTag(key, value string) types.Expression {
	return types.Expression{Tags: &types.TagValues{Key: &key, Values: []string{value}}}
}

func (b *Bill) add(results []types.ResultByTime) error {
	for _, result := range results {
		for _, group := range result.Groups {
			metric, known := group.Metrics[unblended]
			if !known || len(group.Keys) != 1 {
				return errors.New("the response of Cost Explorer has a group without a cost")
			}
			if currency := value(metric.Unit); currency != "USD" {
				return fmt.Errorf("the account is billed in %q, not USD", currency)
			}
			amount, err := decimal.NewFromString(value(metric.Amount))
			if err != nil {
				return fmt.Errorf("the response of Cost Explorer has the cost %q, which is not a number", value(metric.Amount))
			}
			region := group.Keys[0]
			b.ByRegion[region] = b.ByRegion[region].Add(amount)
		}
	}
	return nil
}
