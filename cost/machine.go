package cost

import "github.com/cdtait/mcpfleet/config"

// Machine is the processor and capacity type that tasks run on.
type Machine struct {
	ARM  bool `json:"arm"`
	Spot bool `json:"spot"`
}

// placement is how many of a region's tasks run on which machine: on Spot, or else on demand.
type placement struct {
	arm    bool
	onSpot int
}

// placer returns the placement of the minimum number of a region's tasks.
type placer func(config.Region) placement

// placementOf is the placer of the fleet file.
func placementOf(region config.Region) placement {
	return placement{region.Container.ARM(), region.Service.Capacity.OnSpot(region.Service.TaskRange().Min)}
}

// all is the placer that puts all tasks on the machine.
func (m Machine) all(region config.Region) placement {
	if m.Spot {
		return placement{m.ARM, region.Service.TaskRange().Min}
	}
	return placement{m.ARM, 0}
}

// runsOn describes the machines that the fleet file sets for a region.
func runsOn(region config.Region) string {
	machine := Machine{ARM: region.Container.ARM(), Spot: region.Service.Capacity.Type == config.SpotCapacity}
	if region.Service.Capacity.Type == config.MixedCapacity {
		return machine.String() + " and " + Machine{machine.ARM, true}.String()
	}
	return machine.String()
}

// Machines returns all machines.
func Machines() []Machine { return []Machine{{}, {ARM: true}, {Spot: true}, {ARM: true, Spot: true}} }

func (m Machine) String() string {
	name := "x86"
	if m.ARM {
		name = "ARM"
	}
	if m.Spot {
		name += " Spot (estimate)"
	}
	return name
}

// fargatePrice returns the item of a vCPU-hour or GB-hour on the machine and its price, nil if it is not
// known.
func (t *Table) fargatePrice(m Machine, x86, arm Item, region string) (Item, *Price) {
	item := x86
	if m.ARM {
		item = arm
	}
	price := t.lookup(item, region)
	if !m.Spot {
		return item, price
	}
	share := t.lookup(SpotShare, region)
	if price == nil || share == nil {
		return item, nil
	}
	spot := *price
	spot.USD = price.USD.Mul(share.USD)
	spot.Confidence = worse(price.Confidence, share.Confidence)
	if share.AsOf.Before(spot.AsOf) {
		spot.AsOf = share.AsOf
	}
	return item, &spot
}

// worse returns the lower of two confidences.
func worse(a, b Confidence) Confidence {
	for _, each := range confidences {
		switch each {
		case a:
			return b
		case b:
			return a
		}
	}
	return b
}

// lookup returns the price of an item in a region, nil if it is not known.
func (t *Table) lookup(item Item, region string) *Price {
	price, known := t.Price(item, region)
	if !known {
		return nil
	}
	return &price
}
