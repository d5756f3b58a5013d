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

// billingRegion is where Cost Explorer and the Price List answer, whatever region is asked about:
// https://docs.aws.amazon.com/general/latest/gr/billing.html
const billingRegion = "us-east-1"

// Bill is what AWS has charged for the fleet since the month began.
type Bill struct {
	From time.Time
	// ByRegion is what each region's things have cost; what belongs to no region is under "global".
	ByRegion map[string]decimal.Decimal
}

// MonthToDate asks Cost Explorer for what carries the fleet's tags. AWS charges 0.01 dollars for the
// question (https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/).
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
		// The end is the first day that is not asked about.
		TimePeriod: &types.DateInterval{Start: new(bill.From.Format(time.DateOnly)), End: new(now.AddDate(0, 0, 1).Format(time.DateOnly))},
		Filter:     &types.Expression{And: []types.Expression{tagged("Project", fleet.Project), tagged("Environment", fleet.Environment)}},
		GroupBy:    []types.GroupDefinition{{Type: types.GroupDefinitionTypeDimension, Key: new("REGION")}},
	}
	client := costexplorer.NewFromConfig(cfg)
	for {
		answer, err := client.GetCostAndUsage(ctx, input)
		if err != nil {
			return nil, err
		}
		if err := bill.add(answer.ResultsByTime); err != nil {
			return nil, err
		}
		if answer.NextPageToken == nil {
			return bill, nil
		}
		input.NextPageToken = answer.NextPageToken
	}
}

// unblended is the metric that a bill shows.
const unblended = "UnblendedCost"

func tagged(key, value string) types.Expression {
	return types.Expression{Tags: &types.TagValues{Key: &key, Values: []string{value}}}
}

func (b *Bill) add(results []types.ResultByTime) error {
	for _, result := range results {
		for _, group := range result.Groups {
			metric, known := group.Metrics[unblended]
			if !known || len(group.Keys) != 1 {
				return errors.New("the answer of Cost Explorer has no cost in it")
			}
			if currency := value(metric.Unit); currency != "USD" {
				return fmt.Errorf("the account is billed in %q, not in USD", currency)
			}
			amount, err := decimal.NewFromString(value(metric.Amount))
			if err != nil {
				return fmt.Errorf("the answer of Cost Explorer has the cost %q", value(metric.Amount))
			}
			region := group.Keys[0]
			b.ByRegion[region] = b.ByRegion[region].Add(amount)
		}
	}
	return nil
}
