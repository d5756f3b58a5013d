package ops

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLogsAreReadPageByPage(t *testing.T) {
	page := func(token, message string) string {
		return mustJSON(t, object{"nextToken": token, "events": []object{{
			"timestamp": saturday.UnixMilli(), "logStreamName": "demo/demo/0123456789abcdef", "message": message, "eventId": message,
		}}})
	}
	aws := newFakeAWS(t, map[string]response{"FilterLogEvents": inTurn(page("more", "one\n"), strings.Replace(page("", "two"), `"nextToken":"",`, "", 1))})
	var messages []string
	for events, err := range aws.region("", saturday).Logs(t.Context(), LogQuery{Since: saturday.Add(-time.Hour), Filter: "ERROR"}, time.Minute) {
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range events {
			messages = append(messages, event.Region+" "+event.Task+" "+event.Message)
		}
	}
	if want := []string{"eu-west-1 01234567 one", "eu-west-1 01234567 two"}; !slices.Equal(messages, want) {
		t.Errorf("got %q", messages)
	}
	if sent := aws.sent("FilterLogEvents"); !strings.Contains(sent[0], `"filterPattern":"ERROR"`) || !strings.Contains(sent[1], `"nextToken":"more"`) {
		t.Errorf("sent %q", sent)
	}
}

// TestLogsOfOneContainer holds that AWS filters by the names that ECS gives log streams: prefix/container/task.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
func TestLogsOfOneContainer(t *testing.T) {
	for container, want := range map[string]string{
		"": "", "server": `"logStreamNamePrefix":"ecs/demo/"`, "proxy": `"logStreamNamePrefix":"ecs/proxy/"`, "collector": `"logStreamNamePrefix":"traces/collector/"`,
	} {
		aws := newFakeAWS(t, map[string]response{"FilterLogEvents": body(`{"events": []}`)})
		region := aws.region("", saturday)
		addSidecars(region)
		for _, err := range region.Logs(t.Context(), LogQuery{Since: saturday, Container: container}, time.Minute) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if sent := aws.sent("FilterLogEvents")[0]; !strings.Contains(sent, want) || strings.Contains(sent, "logStreamNamePrefix") != (want != "") {
			t.Errorf("%q: sent %s", container, sent)
		}
	}
}

// TestAFailureEndsTheLogs after the pages that were read.
func TestAFailureEndsTheLogs(t *testing.T) {
	for name, each := range map[string]struct {
		refusal response
		want    Code
	}{
		"no log group": {refuse(http.StatusBadRequest, notFound, "The specified log group does not exist."), NotDeployed},
		"denied":       {refuse(http.StatusBadRequest, "AccessDeniedException", "no"), NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, map[string]response{"FilterLogEvents": func(times int) (int, string) {
				if times == 0 {
					return http.StatusOK, `{"nextToken": "more", "events": []}`
				}
				return each.refusal(times)
			}})
			pages, end := 0, error(nil)
			for _, err := range aws.region("", saturday).Logs(t.Context(), LogQuery{Since: saturday}, time.Minute) {
				pages, end = pages+1, err
			}
			if pages != 2 || ProblemOf(end).Code != each.want {
				t.Errorf("%d pages, then %v", pages, end)
			}
		})
	}
}
