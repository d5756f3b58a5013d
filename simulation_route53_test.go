package main

import (
	"slices"

	"github.com/cdtait/mcpfleet/internal/route53test"
)

// recordTarget is what the latency record of a region refers to.
type recordTarget int

const (
	noRecord recordTarget = iota
	toBalancer
	// toAPI is the answer of a sleeping region: an API that replies 503, with a health check that always fails, so
	// that awake regions answer instead while there are any.
	toAPI
	// toUncheckedAPI is the same without a health check, so that Route 53 takes it for healthy.
	toUncheckedAPI
)

const (
	simulatedName = "simulated.example.com"
	alwaysFails   = "asleep"
)

// outcome is what a client gets who looks up the name and connects to where it leads.
type outcome int

const (
	// nothing is no record, or one that leads to what does not exist.
	nothing outcome = iota
	// unavailable is the status 503, from the API or from a load balancer without a healthy task.
	unavailable
	served
)

// records returns the records of the fleet's name.
func (w *simulatedWorld) records() (records []route53test.Record) {
	for _, region := range w.regions {
		record := route53test.Record{Name: simulatedName, Type: "A", SetIdentifier: region.Name, Region: region.Name, Target: region.Name}
		switch region.record {
		case noRecord:
			continue
		case toBalancer:
			record.EvaluateTargetHealth = true
		case toAPI:
			record.HealthCheckID = alwaysFails
		}
		records = append(records, record)
	}
	return records
}

// lookUp returns what a client near a region gets.
func (w *simulatedWorld) lookUp(near *simulatedRegion) outcome {
	health := route53test.Health{
		Target: func(target string) bool { return w.region(target).serving(w.now) },
		Check:  func(string) bool { return route53test.Calculated(1) },
	}
	record, found := route53test.Resolve(w.records(), simulatedName, "A", w.latency(near), health)
	if !found {
		return nothing
	}
	region := w.region(record.SetIdentifier)
	switch {
	case region.record == toAPI, region.record == toUncheckedAPI:
		return unavailable
	case !region.balancer || !region.listener:
		return nothing
	case region.serving(w.now):
		return served
	}
	return unavailable
}

// latency returns the regions by latency from one of them.
func (w *simulatedWorld) latency(near *simulatedRegion) []string {
	order := []string{near.Name}
	for _, region := range w.regions {
		if region != near {
			order = append(order, region.Name)
		}
	}
	return order
}

func (w *simulatedWorld) region(name string) *simulatedRegion {
	return w.regions[slices.IndexFunc(w.regions, func(r *simulatedRegion) bool { return r.Name == name })]
}
