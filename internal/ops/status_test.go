package ops

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAHealthyRegionHasNoProblem(t *testing.T) {
	status := newFakeAWS(t, nil).region("", saturday).Status(t.Context())
	if len(status.Problems) > 0 || len(status.Drift) > 0 {
		t.Errorf("problems %v, drift %v", status.Problems, status.Drift)
	}
	want := ServiceStatus{Desired: 2, Running: 2, Rollout: "completed", Image: "example/server:1", Revision: 7, Healthy: 2, Targets: 2}
	if *status.Service != want {
		t.Errorf("service %+v", *status.Service)
	}
	if want := (LoadBalancerStatus{Name: prefix + "-alb", DNSName: balancerDNS, State: "active", URL: "http://" + balancerDNS}); *status.LoadBalancer != want {
		t.Errorf("load balancer %+v", *status.LoadBalancer)
	}
	if status.Secret != KeySet || status.Stack != "dev-eu-west-1" || status.Schedule.State != AlwaysOn {
		t.Errorf("got %+v", status)
	}
}

// serviceFields is a DescribeServices response with some fields replaced.
func serviceFields(t *testing.T, fields object) map[string]response {
	t.Helper()
	return map[string]response{"DescribeServices": body(service(t, fields))}
}

func TestStatusNamesWhatIsWrong(t *testing.T) {
	denied := refuse(http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:iam::123456789012:user/a is not authorized")
	rollback := mustJSON(t, object{"serviceDeployments": []object{
		{"serviceDeploymentArn": "arn:old", "status": "SUCCESSFUL", "createdAt": ago(48 * time.Hour)},
		{"serviceDeploymentArn": "arn:new", "status": "ROLLBACK_SUCCESSFUL", "statusReason": "circuit breaker", "createdAt": ago(20 * time.Minute)},
	}})
	failed := []object{{"status": "PRIMARY", "rolloutState": "FAILED", "rolloutStateReason": "tasks failed to start", "createdAt": ago(time.Hour)}}
	for name, each := range map[string]struct {
		aws     map[string]response
		code    Code
		verb    Verb
		message string
	}{
		"no cluster":         {map[string]response{"DescribeServices": refuse(http.StatusBadRequest, "ClusterNotFoundException", "Cluster not found.")}, NotDeployed, VerbDeploy, clusterName},
		"no service":         {map[string]response{"DescribeServices": body(`{"services": [], "failures": [{"reason": "MISSING"}]}`)}, NotDeployed, VerbDeploy, prefix + "-service"},
		"a deleted service":  {serviceFields(t, object{"status": "INACTIVE"}), NotDeployed, VerbDeploy, prefix + "-service"},
		"a draining service": {serviceFields(t, object{"status": "DRAINING"}), ServiceDraining, VerbDeploy, "deleted"},
		"a rollback":         {map[string]response{"ListServiceDeployments": body(rollback)}, RolledBack, VerbLogs, "circuit breaker"},
		"a failed rollout":   {serviceFields(t, object{"deployments": failed}), DeploymentFailed, VerbLogs, "tasks failed to start"},
		"missing tasks":      {serviceFields(t, object{"runningCount": 1}), TasksMissing, VerbDoctor, "1 of 2"},
		"no task wanted":     {serviceFields(t, object{"desiredCount": 0, "runningCount": 0}), DesiredCountZero, VerbScale, ""},
		"no healthy target":  {map[string]response{"DescribeTargetHealth": body(targets([3]string{"unhealthy", "Target.Timeout", ""}))}, NoHealthyTarget, VerbDoctor, ""},
		"no load balancer":   {map[string]response{"DescribeLoadBalancers": withoutBalancer}, LoadBalancerMissing, VerbDeploy, ""},
		"the placeholder":    {map[string]response{"DescribeSecret": body(secret(t, object{"VersionIdsToStages": object{"one": []string{"AWSCURRENT", "placeholder"}}}))}, SecretPlaceholder, VerbSecretSet, "KEY"},
		"a deleted secret":   {map[string]response{"DescribeSecret": body(secret(t, object{"DeletedDate": ago(time.Hour)}))}, SecretDeleted, VerbAWS, prefix + "-api-key"},
		"no secret":          {map[string]response{"DescribeSecret": refuse(http.StatusBadRequest, "ResourceNotFoundException", "")}, SecretWithoutValue, VerbDeploy, ""},
		"no right to look":   {map[string]response{"DescribeTargetHealth": denied}, NotAllowed, "", "DescribeTargetHealth"},
		"throttling":         {map[string]response{"DescribeScalableTargets": refuse(http.StatusBadRequest, "ThrottlingException", "Rate exceeded")}, Throttled, "", ""},
		"an error of AWS":    {map[string]response{"DescribeSecret": refuse(http.StatusInternalServerError, "InternalServiceError", "")}, AWSError, "", "500"},
	} {
		t.Run(name, func(t *testing.T) {
			status := newFakeAWS(t, each.aws).region("", saturday).Status(t.Context())
			at := slices.IndexFunc(status.Problems, func(problem Problem) bool { return problem.Code == each.code })
			if at < 0 {
				t.Fatalf("no %s in %+v", each.code, status.Problems)
			}
			problem := status.Problems[at]
			if problem.Fix.Verb != each.verb || !strings.Contains(problem.Message, each.message) {
				t.Errorf("got %+v", problem)
			}
			if problem.Fix.Verb == "" && problem.Fix.Advice == "" {
				t.Error("nothing says what to do")
			}
		})
	}
}

// TestARegionThatIsNotDeployedHasOneProblem holds that what follows from a missing cluster is not repeated.
func TestARegionThatIsNotDeployedHasOneProblem(t *testing.T) {
	gone := refuse(http.StatusBadRequest, "ClusterNotFoundException", "Cluster not found.")
	status := newFakeAWS(t, map[string]response{"DescribeServices": gone, "DescribeLoadBalancers": withoutBalancer}).region("", saturday).Status(t.Context())
	if got := codes(status.Problems); !slices.Equal(got, []Code{NotDeployed}) {
		t.Errorf("got %v", got)
	}
}

// TestOneCauseIsOneProblem has the same error for every request to one API.
func TestOneCauseIsOneProblem(t *testing.T) {
	expired := refuse(http.StatusBadRequest, "ExpiredTokenException", "The security token included in the request is expired")
	responses := map[string]response{}
	for operation := range healthyRegion(t) {
		responses[operation] = expired
	}
	status := newFakeAWS(t, responses).region("", saturday).Status(t.Context())
	if got := codes(status.Problems); !slices.Equal(got, []Code{CredentialsExpired}) {
		t.Errorf("got %v", got)
	}
}

func TestTasksHaveTimeToStart(t *testing.T) {
	started := func(before time.Duration) object {
		return object{"runningCount": 0, "events": []object{
			{"id": "2", "createdAt": ago(before), "message": "(service x) has started 2 tasks: (task a)."},
			{"id": "1", "createdAt": ago(3 * time.Hour), "message": "(service x) has reached a steady state."},
		}}
	}
	for name, each := range map[string]struct {
		fields object
		want   Code
	}{
		"seconds ago":              {started(40 * time.Second), Starting},
		"twenty minutes ago":       {started(20 * time.Minute), TasksMissing},
		"a deployment of just now": {object{"runningCount": 1, "deployments": []object{{"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "createdAt": ago(time.Minute), "updatedAt": ago(time.Minute)}}}, Starting},
	} {
		t.Run(name, func(t *testing.T) {
			status := newFakeAWS(t, serviceFields(t, each.fields)).region("", saturday).Status(t.Context())
			if got := codes(status.Problems); !slices.Equal(got, []Code{each.want}) {
				t.Errorf("got %v", status.Problems)
			}
		})
	}
}

func TestASleepingRegionHasNoProblem(t *testing.T) {
	asleep := serviceFields(t, object{"desiredCount": 0, "runningCount": 0, "loadBalancers": []object{}})
	asleep["DescribeLoadBalancers"] = withoutBalancer
	asleep["DescribeScalableTargets"] = body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0}]}`)
	asleep["DescribeScheduledActions"] = body(scheduledActions(t, fleet(t, destroyMode), nil))
	status := newFakeAWS(t, asleep).region(destroyMode, tuesday).Status(t.Context())
	if len(status.Problems) > 0 || len(status.Drift) > 0 || status.Schedule.State != Asleep {
		t.Errorf("got %+v", status)
	}
}

func TestStatusHasTheURLOfTheRegion(t *testing.T) {
	for settings, want := range map[string]string{
		"":         "http://" + balancerDNS,
		httpsFleet: "https://" + customDomain,
		"  dns: {enabled: true, zone: example.com, name: mcp, regional: true}":                              "https://" + regionalDomain,
		"  dns: {enabled: true, zone: example.com, name: mcp}\n  load_balancer: {https: false, port: 8080}": "http://" + balancerDNS + ":8080",
		ownCertificate: "https://" + balancerDNS,
	} {
		status := newFakeAWS(t, nil).region(settings, saturday).Status(t.Context())
		if status.LoadBalancer == nil || status.LoadBalancer.URL != want {
			t.Errorf("%q: got %+v", settings, status.LoadBalancer)
		}
	}
}
