package schedule

import (
	"fmt"
	"slices"
	"strings"
)

// Action is a scheduled action of AWS Application Auto Scaling. It runs in the window's time zone.
type Action struct {
	// Name is short and stable, and fit for a key of Terraform's.
	Name string
	// Expression is the cron expression.
	Expression string
	// Up says whether the action wakes the tasks or puts them to sleep.
	Up bool
}

// maxActions is what AWS allows for one scalable target
// (https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html).
const maxActions = 200

// Actions are the scheduled actions that keep Awake, those that scale up first. They do not depend on
// today's date.
//
// Every week has the same action for each edge: up, down. No cron expression can leave a date out, so
// a month with a skipped or an extra date gets actions of its own: up_2026_12 is December 2026 day by
// day, and up_dec December in all other years.
//
// An action such as down_mar_0300 stands for an edge that some day of March skips when the clocks go
// forward. AWS may pass over the action of that edge; this one runs when the clock resumes, and on all
// other days repeats what the edge has done.
func (s *Schedule) Actions() []Action {
	up, down := s.upSide(), s.downSide()
	return slices.Concat(s.actionsOf(up, down), s.actionsOf(down, up))
}

// actionProblems is what AWS would not take.
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
		fmt.Sprintf("skip and extra take %d scheduled actions, and AWS allows %d", count, maxActions),
		"leave out dates that have passed, or are years away"}}
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
