package config

import (
	"fmt"
	"strings"

	"github.com/cdtait/mcpfleet/internal/text"
)

// checkBootstrap rejects a scheduler that could not apply anything.
func checkBootstrap(c checker, fleet *Fleet) {
	if !c.valid("bootstrap", "bootstrap.scheduler", "bootstrap.source", "bootstrap.connection_arn", "state", "state.backend", "regions") {
		return
	}
	bootstrap := fleet.Bootstrap
	if bootstrap.Scheduler != SchedulerAWS {
		for _, key := range []string{"source", "connection_arn"} {
			if c.changes("bootstrap." + key) {
				c.reject("bootstrap."+key, "applies only to scheduler: aws", "set scheduler: aws, or remove "+key)
			}
		}
		return
	}
	if bootstrap.ConnectionARN != "" && bootstrap.Source != SourceRepository {
		c.reject("bootstrap.connection_arn", "applies only to source: repository", "set source: repository, or remove connection_arn")
	}
	if fleet.State.Backend != "s3" {
		c.reject("bootstrap.scheduler", "needs the state in S3, because a build keeps no files", "set state: {backend: s3, bucket: <bucket name>, region: <the bucket's region>}, or remove scheduler")
	}
	// Without a valid region, the mistakes in the regions are what to mend.
	if len(fleet.Regions) == 0 || len(c.problems) > 0 {
		return
	}
	if len(fleet.DestroyRegions()) == 0 {
		c.reject("bootstrap.scheduler", "has nothing to apply: no active region destroys its load balancer, so AWS starts and stops all tasks by itself",
			"set weekend: {enabled: true, destroy_albs: true}, or remove scheduler")
		return
	}
	var late []string
	for _, region := range fleet.DestroyRegions() {
		if region.Weekend.LeadMinutes < scheduledLead {
			late = append(late, region.Name)
		}
	}
	if len(late) > 0 {
		c.warn("bootstrap.scheduler", fmt.Sprintf("needs about %d minutes until tasks run, which is longer than the lead of %s", scheduledLead, text.JoinMost(late, 4, ", ")),
			fmt.Sprintf("set weekend.lead_minutes: %d or more", scheduledLead))
	}
	if topic, emails := fleet.ScheduledApplyAlarms(); topic == "" && len(emails) == 0 {
		c.warn("bootstrap.scheduler", "has alarms that nobody gets, so nobody learns that an apply has failed", "add alarms: {email: <address>}")
	}
}

// scheduledLead is how long a scheduled apply takes to wake a region, in minutes: a build of about ten minutes, a load
// balancer of three, and tasks of two, with some to spare.
const scheduledLead = 20

// ScheduledApplyAlarms returns who gets the alarms of scheduled applies: the topic of the region that the state is in,
// because alarms publish only in their own region, or the addresses that get the alarms of the regions, for a topic of
// the bootstrap.
func (f *Fleet) ScheduledApplyAlarms() (topic string, emails []string) {
	for _, region := range f.AllRegions {
		if region.Name == f.State.Region && region.Alarms.TopicARN != "" {
			return region.Alarms.TopicARN, nil
		}
	}
	seen := map[string]bool{}
	for _, region := range f.DestroyRegions() {
		if address := region.Alarms.Email; address != "" && !seen[strings.ToLower(address)] {
			seen[strings.ToLower(address)] = true
			emails = append(emails, address)
		}
	}
	return "", emails
}
