package config

import (
	"errors"
	"math/big"
	"regexp"
)

// Usage is the expected monthly usage of a region. Only mcpfleet cost reads it; it does not affect resources.
type Usage struct {
	LCU             Amount `yaml:"lcu" is:"a number such as 0.5" unit:"LCUs" example:"0.5" doc:"Load balancer capacity units (LCUs) used per hour, on average, for cost estimates."`
	LogGB           Amount `yaml:"log_gb" is:"a number such as 0.5" unit:"GB per month" example:"2" doc:"Logs that the tasks write, for cost estimates."`
	FlowLogGB       Amount `yaml:"flow_log_gb" is:"a number such as 0.5" unit:"GB per month" example:"5" doc:"Flow logs of the VPC, for cost estimates."`
	AccessLogGB     Amount `yaml:"access_log_gb" is:"a number such as 0.5" unit:"GB" example:"5" doc:"Access logs that are in the bucket, on average, for cost estimates."`
	InsightsMetrics Amount `yaml:"insights_metrics" is:"a number such as 0.5" unit:"metrics" example:"50" doc:"Metrics of Container Insights, on average over the month, for cost estimates."`
	EgressGB        Amount `yaml:"egress_gb" is:"a number such as 0.5" unit:"GB per month" example:"20" doc:"Data transferred to the internet, for cost estimates."`
	NATGB           Amount `yaml:"nat_gb" is:"a number such as 0.5" unit:"GB per month" example:"10" doc:"Data that the tasks send and receive through NAT gateways, such as images, logs and the server's own requests, for cost estimates."`
	EFSGB           Amount `yaml:"efs_gb" is:"a number such as 0.5" unit:"GB" example:"20" doc:"Files stored on the region's own EFS file system, for cost estimates."`
	DNSQueries      Amount `yaml:"dns_queries" is:"a number such as 0.5" unit:"million queries per month" example:"1.5" doc:"DNS queries for the tasks' name in the private zone, for cost estimates. Queries for the load balancer's own name are free."`
	SecretReads     Amount `yaml:"secret_reads" is:"a number such as 0.5" unit:"calls per month" example:"3000" doc:"Reads of the secret, for cost estimates. A task reads it once, when it starts."`
	AnswerRequests  Amount `yaml:"answer_requests" is:"a number such as 0.5" unit:"million requests per month" example:"0.1" doc:"Requests that are answered while the region sleeps, for cost estimates."`
	WakeHours       Amount `yaml:"wake_hours" is:"a number such as 0.5" unit:"hours per month" example:"10" doc:"How long requests keep the region awake, up to weekend.wake_budget, for cost estimates."`
	WAFRequests     Amount `yaml:"waf_requests" is:"a number such as 0.5" unit:"million requests per month" example:"5" doc:"Requests that the web ACL inspects, for cost estimates."`
}

// Amount is a nonnegative decimal number, kept exactly as written. The zero value is an amount that is not set.
type Amount struct{ digits string }

var amount = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,6})?$`)

// UnmarshalText accepts up to twelve digits, and up to six after the decimal point.
func (a *Amount) UnmarshalText(text []byte) error {
	if !amount.Match(text) {
		return errors.New("not a number of up to twelve digits, and up to six after the decimal point")
	}
	a.digits = string(text)
	return nil
}

// MarshalText returns the number as it was written.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.digits), nil }

// String returns the number as it was written, or "" if it is not set.
func (a Amount) String() string { return a.digits }

// IsSet reports whether the amount is set.
func (a Amount) IsSet() bool { return a.digits != "" }

// Exceeds reports whether the amount is set to more than a whole number.
func (a Amount) Exceeds(whole int) bool {
	number, valid := new(big.Rat).SetString(a.digits)
	return valid && number.Cmp(big.NewRat(int64(whole), 1)) > 0
}

// Equal reports whether two amounts are written identically.
func (a Amount) Equal(other Amount) bool { return a == other }
