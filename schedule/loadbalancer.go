package schedule

import "time"

// LoadBalancerPresent reports whether the load balancer of a region in destroy mode should exist at an
// instant: in the window, in the lead before it, and between the windows of two consecutive days, because
// keeping a load balancer for a few hours costs less than replacing it.
func (s *Schedule) LoadBalancerPresent(t time.Time) bool { return s.covered(t, s.presentSpan) }

// NextLoadBalancerChange returns when the load balancer should next be created or destroyed after t, in the
// window's time zone. It returns false if it never should.
func (s *Schedule) NextLoadBalancerChange(t time.Time) (Change, bool) {
	return s.nextChange(t, s.presentSpan)
}

func (s *Schedule) presentSpan(d Date) span {
	if tomorrow := d.plus(1); s.opens(tomorrow) {
		return span{s.ahead(d), s.start(tomorrow)}
	}
	return span{s.ahead(d), s.end(d)}
}
