// Package budget creates the monthly budget of a region in AWS Budgets.
package budget

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/budgetsbudget"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures the budget.
type Config struct {
	// NamePrefix begins the name, to which Terraform adds a suffix: a budget that a killed apply left behind would have
	// the name otherwise.
	NamePrefix string
	Region     string
	// Project is the value of the tag Project.
	Project string
	// Limit is in USD per month.
	Limit string
	// Email or TopicARN gets the notifications; the other is empty.
	Email, TopicARN string
}

// New creates the budget. It counts the costs in the region that are allocated to the project, which AWS only knows
// once the tag Project is active as a cost allocation tag.
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	// A notification is sent when the costs exceed the limit, and when AWS forecasts for the month that they will.
	var notifications []*budgetsbudget.BudgetsBudgetNotification
	for _, kind := range []string{"ACTUAL", "FORECASTED"} {
		notification := &budgetsbudget.BudgetsBudgetNotification{
			NotificationType:   &kind,
			ComparisonOperator: new("GREATER_THAN"),
			ThresholdType:      new("PERCENTAGE"),
			Threshold:          new(float64(100)),
		}
		if cfg.Email != "" {
			notification.SubscriberEmailAddresses = pointer.Strings(hcl.Literal(cfg.Email).Template())
		} else {
			notification.SubscriberSnsTopicArns = pointer.Strings(cfg.TopicARN)
		}
		notifications = append(notifications, notification)
	}
	budget := budgetsbudget.NewBudgetsBudget(scope, new("budget"), &budgetsbudget.BudgetsBudgetConfig{
		NamePrefix:  new(cfg.NamePrefix + "-"),
		BudgetType:  new("COST"),
		TimeUnit:    new("MONTHLY"),
		LimitAmount: &cfg.Limit,
		LimitUnit:   new("USD"),
		CostFilter: []*budgetsbudget.BudgetsBudgetCostFilter{
			{Name: new("Region"), Values: pointer.Strings(cfg.Region)},
			{Name: new("TagKeyValue"), Values: pointer.Strings("user:Project$" + cfg.Project)},
		},
		Notification: notifications,
		Tags:         pointer.NameTag(cfg.NamePrefix),
	})
	budget.OverrideLogicalId(new("main"))
}
