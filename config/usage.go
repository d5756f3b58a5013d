package config

import (
	"errors"
	"regexp"
)

// Usage is what a region is expected to use in a month. It makes nothing: mcpfleet cost reads it.
type Usage struct {
	LCU         Amount `yaml:"lcu" is:"a number such as 0.5" unit:"LCUs" example:"0.5" doc:"For cost estimates: capacity units that the load balancer uses in an hour, on average."`
	LogGB       Amount `yaml:"log_gb" is:"a number such as 0.5" unit:"GB a month" example:"2" doc:"For cost estimates: logs that the tasks write."`
	EgressGB    Amount `yaml:"egress_gb" is:"a number such as 0.5" unit:"GB a month" example:"20" doc:"For cost estimates: data that leaves for the internet."`
	DNSQueries  Amount `yaml:"dns_queries" is:"a number such as 0.5" unit:"millions a month" example:"1.5" doc:"For cost estimates: queries for the tasks' name in the private zone. Queries for the load balancer's own name are free."`
	SecretReads Amount `yaml:"secret_reads" is:"a number such as 0.5" unit:"calls a month" example:"3000" doc:"For cost estimates: reads of the secret. A task reads it once, when it starts."`
}

// Amount is a number, 0 or more, exactly as it is written; the zero Amount was not written.
type Amount struct{ digits string }

var amount = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,6})?$`)

// UnmarshalText takes up to twelve digits, and six after the point.
func (a *Amount) UnmarshalText(text []byte) error {
	if !amount.Match(text) {
		return errors.New("not a number of up to twelve digits, and six after the point")
	}
	a.digits = string(text)
	return nil
}

// MarshalText answers what was written.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.digits), nil }

// String is the number as it was written, or "" where it was not.
func (a Amount) String() string { return a.digits }

// Given says whether the number was written.
func (a Amount) Given() bool { return a.digits != "" }

// Equal says whether two amounts are written alike.
func (a Amount) Equal(other Amount) bool { return a == other }
