package ops

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// WakeBudget is how much of weekend.wake_budget is used up.
type WakeBudget struct {
	// UsedHours is how long requests have kept the region awake in this calendar month, in UTC.
	UsedHours float64 `json:"used_hours"`
	// Hours is how long they may.
	Hours int `json:"hours"`
}

// String returns the budget, such as "12.5 of 20 h".
func (b WakeBudget) String() string {
	return fmt.Sprintf("%s of %d h", strconv.FormatFloat(rounded(b.UsedHours, 1), 'f', -1, 64), b.Hours)
}

// wakeRecord is what the function that wakes the region counts. Its times are in seconds.
type wakeRecord struct {
	// Month is the month that the record is about, such as 2026-11.
	Month string  `json:"month"`
	Used  float64 `json:"used"`
	// Since and Ends are the time awake that is not in Used yet, 0 if there is none.
	Since float64 `json:"since"`
	Ends  float64 `json:"ends"`
}

// wakeBudget returns the region's budget, nil if no request wakes the region or the parameter does not exist.
func (r *Region) wakeBudget(ctx context.Context) (*WakeBudget, error) {
	if !r.WakesOnRequest() {
		return nil, nil
	}
	output, err := r.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: new(r.Names.WakeBudget())})
	if hasCode(err, "ParameterNotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var record wakeRecord
	if output.Parameter != nil {
		err = json.Unmarshal([]byte(value(output.Parameter.Value)), &record)
	}
	if err != nil {
		return nil, failure{Problem{Failed, "parameter " + r.Names.WakeBudget() + " does not have the JSON object that counts the hours", Fix{
			Verb: VerbAWS, Region: r.Name, Arguments: []string{"ssm", "put-parameter", "--name", r.Names.WakeBudget(), "--value", "{}", "--overwrite"},
			Advice: "this begins to count anew",
		}}}
	}
	return &WakeBudget{UsedHours: rounded(record.used(r.Now()).Hours(), 2), Hours: r.Weekend.WakeBudget}, nil
}

// used returns how long requests have kept the region awake in the month of an instant. The time awake never goes beyond
// the end of its month.
func (w wakeRecord) used(now time.Time) time.Duration {
	if w.Month != now.UTC().Format("2006-01") {
		return 0
	}
	seconds := w.Used + max(0, min(float64(now.Unix()), w.Ends)-w.Since)
	return time.Duration(seconds * float64(time.Second))
}

// rounded returns a number with at most so many digits after the decimal point.
func rounded(number float64, digits int) float64 {
	shift := math.Pow10(digits)
	return math.Round(number*shift) / shift
}
