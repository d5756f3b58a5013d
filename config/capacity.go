package config

// Types of capacity.
const (
	FargateCapacity = "fargate"
	SpotCapacity    = "spot"
	MixedCapacity   = "mixed"
)

// Capacity is the Fargate capacity that the tasks run on.
type Capacity struct {
	Type string `yaml:"type" oneof:"fargate,spot,mixed" example:"spot" doc:"fargate runs the tasks on demand. spot runs them on spare capacity, cheaper, which AWS takes back with two minutes' notice. mixed runs base tasks on demand and divides the others. Default: mixed if base or spot_weight is set, otherwise fargate."`
	// Limits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
	Base       int `yaml:"base" default:"0" min:"0" max:"5000" unit:"tasks" example:"1" doc:"Tasks that run on demand before any runs on Spot. Applies only to mixed capacity."`
	SpotWeight int `yaml:"spot_weight" default:"1" min:"1" max:"1000" unit:"tasks" example:"3" doc:"Tasks on Spot for each further task on demand, beyond base. Applies only to mixed capacity."`
}

// The capacity providers of Fargate. Both support x86 and ARM:
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
const (
	OnDemandProvider = "FARGATE"
	SpotProvider     = "FARGATE_SPOT"
)

// CapacityProviders returns the names of all capacity providers of Fargate.
func CapacityProviders() []string { return []string{OnDemandProvider, SpotProvider} }

// CapacityProvider is an item of a capacity provider strategy.
type CapacityProvider struct {
	Name         string
	Base, Weight int
}

// HasSpot reports whether tasks may run on Spot.
func (c Capacity) HasSpot() bool { return c.Type != FargateCapacity }

// Strategy returns the capacity provider strategy. On demand alone it has one item, and is equivalent to the
// launch type FARGATE.
func (c Capacity) Strategy() []CapacityProvider {
	switch c.Type {
	case SpotCapacity:
		return []CapacityProvider{{SpotProvider, 0, 1}}
	case MixedCapacity:
		return []CapacityProvider{{OnDemandProvider, c.Base, 1}, {SpotProvider, 0, c.SpotWeight}}
	}
	return []CapacityProvider{{OnDemandProvider, 0, 1}}
}

// OnSpot returns how many of a number of tasks run on Spot. ECS first places the base on demand and divides the
// others by weight. AWS does not document which provider gets a task that cannot be divided; it counts as on
// demand here, so that an estimate is not too low.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
func (c Capacity) OnSpot(tasks int) int {
	switch c.Type {
	case SpotCapacity:
		return tasks
	case MixedCapacity:
		beyond := max(tasks-c.Base, 0)
		return beyond - (beyond+c.SpotWeight)/(1+c.SpotWeight)
	}
	return 0
}

// Tasks describes the region's tasks: "6 tasks of 1 vCPU and 3 GB, 3 on Spot".
func (r Region) Tasks() string {
	tasks := r.Service.TaskRange().Describe() + " of " + r.Container.Size()
	if spot := r.Service.Spot(); spot != "" {
		return tasks + ", " + spot
	}
	return tasks
}

// Spot describes which tasks run on Spot: "on Spot" for all, "3 on Spot" for some, "" for none.
func (s Service) Spot() string {
	switch s.Capacity.Type {
	case SpotCapacity:
		return "on Spot"
	case MixedCapacity:
		tasks := s.TaskRange()
		return TaskRange{s.Capacity.OnSpot(tasks.Min), s.Capacity.OnSpot(tasks.Max)}.String() + " on Spot"
	}
	return ""
}
