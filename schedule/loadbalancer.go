package schedule

import "time"

// LoadBalancerPresent says whether a region that destroys its load balancer is to have one at an
// instant: in the window, within the lead before it, and in the night between the windows of two
// neighbouring days, as a few hours of a load balancer cost less than tearing it down.
func (s *Schedule) LoadBalancerPresent(t time.Time) bool { return s.covered(t, s.presentSpan) }

// NextLoadBalancerChange is when a load balancer is next to appear or to go after t, in the window's
// time zone; false where it never is.
func (s *Schedule) NextLoadBalancerChange(t time.Time) (Change, bool) {
	return s.nextChange(t, s.presentSpan)
}

func (s *Schedule) presentSpan(d Date) span {
	if tomorrow := d.plus(1); s.opens(tomorrow) {
		return span{s.ahead(d), s.start(tomorrow)}
	}
	return span{s.ahead(d), s.end(d)}
}
