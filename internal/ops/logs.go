package ops

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// LogEvent is one line of a task's log.
type LogEvent struct {
	Region  string    `json:"region"`
	Time    time.Time `json:"time"`
	Task    string    `json:"task"`
	Message string    `json:"message"`

	// ID distinguishes events that have the same time and message.
	ID string `json:"-"`
}

// Logs returns the events since a time, oldest first, that match a CloudWatch Logs filter pattern. It yields
// one page at a time. The timeout applies to each page: many events may take long, but a region that does not
// respond fails soon. If an error occurs, the last pair holds it.
func (r *Region) Logs(ctx context.Context, since time.Time, filter string, timeout time.Duration) iter.Seq2[[]LogEvent, error] {
	input := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: new(r.Names.LogGroup()), StartTime: new(max(since.UnixMilli(), 0))}
	if filter != "" {
		input.FilterPattern = &filter
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
		events = append(events, LogEvent{
			Region:  r.Name,
			Time:    time.UnixMilli(value(event.Timestamp)).UTC(),
			Task:    shortTask(value(event.LogStreamName)),
			Message: strings.TrimRight(value(event.Message), "\r\n"),
			ID:      value(event.EventId),
		})
	}
	return events, nil
}

// shortTask returns the start of the task ID, which is the last part of a log stream's name.
func shortTask(stream string) string {
	const length = 8
	task := stream[strings.LastIndex(stream, "/")+1:]
	return task[:min(length, len(task))]
}
