package schedule

import (
	"fmt"
	"slices"
	"strings"
)

// Action is a scheduled action of AWS Application Auto Scaling, which runs in the window's time zone.
type Action struct {
	// Name is short, stable, and valid as a Terraform map key.
	Name string
	// Expression is the cron expression.
	Expression string
	// Up reports whether the action scales up, which wakes the region.
	Up bool
}

// maxActions is the AWS quota of scheduled actions per scalable target
// (https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html).
const maxActions = 200

// Actions returns the scheduled actions that implement Awake, with those that scale up first. They do not
// depend on the current date.
//
// The actions up and down cover the edges of every week. A cron expression cannot exclude a date, so a month
// with a skipped or an extra date has separate actions: up_2026_12 lists the days of December 2026, and
// up_dec covers December in all other years.
//
// An action such as down_mar_0300 covers an edge that falls into an hour skipped by a clock change in March.
// AWS may omit the action of that edge. This action runs at the time to which the clock is set forward, and
// on all other days repeats what the edge has done.
func (s *Schedule) Actions() []Action {
	up, down := s.upSide(), s.downSide()
	return slices.Concat(s.actionsOf(up, down), s.actionsOf(down, up))
}

// actionProblems reports more scheduled actions than AWS allows.
func (s *Schedule) actionProblems() Problems {
	count := len(s.Actions())
	if count <= maxActions {
		return nil
	}
	field := FieldSkip
	if len(s.window.Extra) > len(s.window.Skip) {
		field = FieldExtra
	}
	return Problems{{field, -1,
		fmt.Sprintf("skip and extra need %d scheduled actions, but AWS allows %d", count, maxActions),
		"remove dates that have passed or are years away"}}
}

func (s *Schedule) actionsOf(side, opposite side) (actions []Action) {
	explicit := s.explicitMonths(side)
	for _, rule := range s.rules(side, opposite) {
		actions = append(actions, rule.actions(side, explicit)...)
	}
	resumptions := s.resumptions(side, opposite, s.opens)
	for _, month := range explicit {
		suffix := fmt.Sprintf("_%d_%02d", month.Year, month.Month)
		if days := s.edgeDays(side, month, s.opens); len(days) > 0 {
			actions = append(actions, side.action(suffix, dateCron(month.at(side.hour), days)))
		}
		for _, resumption := range resumptions {
			if dateOf(resumption).month() == month {
				actions = append(actions, side.action(suffix+resumption.Format("_1504"),
					dateCron(resumption, []int{resumption.Day()})))
			}
		}
	}
	return actions
}

func (side side) action(suffix, expression string) Action {
	return Action{side.name + strings.ToLower(suffix), expression, side.up}
}
