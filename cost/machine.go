package cost

// Machine is what tasks run on.
type Machine struct {
	ARM  bool `json:"arm"`
	Spot bool `json:"spot"`
}

// Machines are all there are, that of the fleet first.
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

// fargate is the price of a vCPU-hour or a GB-hour on the machine; nil where it is not known.
func (t *Table) fargate(m Machine, x86, arm Item, region string) (Item, *Price) {
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

func (t *Table) lookup(item Item, region string) *Price {
	price, known := t.Price(item, region)
	if !known {
		return nil
	}
	return &price
}
