package ops

import (
	"context"
	"iter"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// LogEvent is one line of a task's log.
type LogEvent struct {
	Region    string    `json:"region"`
	Time      time.Time `json:"time"`
	Task      string    `json:"task"`
	Container string    `json:"container"`
	Message   string    `json:"message"`

	// ID distinguishes events that have the same time and message.
	ID string `json:"-"`
}

// LogQuery selects log events. All but Since is optional.
type LogQuery struct {
	Since time.Time
	// Filter is a CloudWatch Logs filter pattern.
	Filter string
	// Container is a container of the tasks, by its name in depends_on: server, or that of a sidecar.
	Container string
}

// Logs returns the events of a query, oldest first. It yields one page at a time. The timeout applies to each page: many
// events may take long, but a region that does not respond fails soon. If an error occurs, the last pair holds it.
func (r *Region) Logs(ctx context.Context, query LogQuery, timeout time.Duration) iter.Seq2[[]LogEvent, error] {
	input := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: new(r.Names.LogGroup()), StartTime: new(max(query.Since.UnixMilli(), 0))}
	if query.Filter != "" {
		input.FilterPattern = &query.Filter
	}
	if query.Container != "" {
		input.LogStreamNamePrefix = new(r.LogStreamPrefix(query.Container))
	}
	return func(yield func([]LogEvent, error) bool) {
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(r.logs, input)
		for pages.HasMorePages() {
			events, err := r.logPage(ctx, pages, timeout)
			if !yield(events, err) || err != nil {
				return
			}
		}
	}
}

func (r *Region) logPage(ctx context.Context, pages *cloudwatchlogs.FilterLogEventsPaginator, timeout time.Duration) (events []LogEvent, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	page, err := pages.NextPage(ctx)
	if hasCode(err, notFound) {
		return nil, r.notDeployed("log group " + r.Names.LogGroup())
	}
	if err != nil {
		return nil, err
	}
	for _, event := range page.Events {
		stream := value(event.LogStreamName)
		events = append(events, LogEvent{
			Region:    r.Name,
			Time:      time.UnixMilli(value(event.Timestamp)).UTC(),
			Task:      shortTaskID(stream),
			Container: path.Base(path.Dir(stream)),
			Message:   strings.TrimRight(value(event.Message), "\r\n"),
			ID:        value(event.EventId),
		})
	}
	return events, nil
}
