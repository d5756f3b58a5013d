package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
)

const budgetService = "AWSBudgetServiceGateway."

// budget is what moto drops of a budget: the subscribers of its notifications by type, and its tags.
type budget struct {
	subscribers map[string][]any
	tags        any
}

type notification struct{ NotificationType string }

// rememberBudget stores the tags of a new budget.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
func (g *Gateway) rememberBudget(c call, _ *httptest.ResponseRecorder) bool {
	var input struct {
		Budget       struct{ BudgetName string }
		ResourceTags any
	}
	if json.Unmarshal(c.body, &input) == nil {
		g.lock.Lock()
		g.budgets[input.Budget.BudgetName] = budget{map[string][]any{}, input.ResourceTags}
		g.lock.Unlock()
	}
	return false
}

// rememberSubscribers stores those of a new notification. The provider creates a notification for each budget and type.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateNotification.html
func (g *Gateway) rememberSubscribers(c call, _ *httptest.ResponseRecorder) bool {
	var input struct {
		BudgetName   string
		Notification notification
		Subscribers  []any
	}
	if json.Unmarshal(c.body, &input) == nil {
		g.lock.Lock()
		g.budgets[input.BudgetName].subscribers[input.Notification.NotificationType] = input.Subscribers
		g.lock.Unlock()
	}
	return false
}

// listSubscribers responds to an operation that moto lacks.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeSubscribersForNotification.html
func (g *Gateway) listSubscribers(c call, response *httptest.ResponseRecorder) bool {
	var input struct {
		BudgetName   string
		Notification notification
	}
	_ = json.Unmarshal(c.body, &input)
	g.lock.Lock()
	defer g.lock.Unlock()
	writeJSON(response, http.StatusOK, map[string]any{"Subscribers": g.budgets[input.BudgetName].subscribers[input.Notification.NotificationType]})
	return true
}

// listBudgetTags responds to an operation that moto lacks.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_ListTagsForResource.html
func (g *Gateway) listBudgetTags(c call, response *httptest.ResponseRecorder) bool {
	var input struct{ ResourceARN string }
	_ = json.Unmarshal(c.body, &input)
	g.lock.Lock()
	defer g.lock.Unlock()
	writeJSON(response, http.StatusOK, map[string]any{"ResourceTags": g.budgets[path.Base(input.ResourceARN)].tags})
	return true
}

// updateBudget replaces the budget in moto, which cannot update one. The provider deletes the notifications before, and
// creates them again afterwards.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html
func (g *Gateway) updateBudget(c call, response *httptest.ResponseRecorder) bool {
	var input struct {
		AccountID string `json:"AccountId"`
		NewBudget map[string]any
	}
	_ = json.Unmarshal(c.body, &input)
	identity := map[string]any{"AccountId": input.AccountID, "BudgetName": input.NewBudget["BudgetName"]}
	g.callMoto(c.region, "budgets", budgetService+"DeleteBudget", identity, &struct{}{})
	g.callMoto(c.region, "budgets", budgetService+"CreateBudget", map[string]any{"AccountId": input.AccountID, "Budget": input.NewBudget}, &struct{}{})
	writeJSON(response, http.StatusOK, map[string]any{})
	return true
}
