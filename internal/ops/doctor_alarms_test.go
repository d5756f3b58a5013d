package ops

import (
	"slices"
	"testing"
)

const alarmNames = "  service: {deployment: {alarms: {names: [errors, latency]}}}"

// alarms is a DescribeAlarms response with metric alarms of these names and states.
func alarms(t *testing.T, pairs ...string) string {
	t.Helper()
	metric := []object{}
	for pair := range slices.Chunk(pairs, 2) {
		metric = append(metric, object{"AlarmName": pair[0], "StateValue": pair[1]})
	}
	return mustJSON(t, object{"MetricAlarms": metric})
}

func TestDoctorChecksTheAlarmsOfADeployment(t *testing.T) {
	watched := object{"deploymentConfiguration": object{
		"minimumHealthyPercent": 100, "maximumPercent": 200,
		"alarms": object{"alarmNames": []string{"latency", "errors"}, "enable": true, "rollback": true},
	}}
	const last = `{"serviceDeployments": [{"serviceDeploymentArn": "arn:last", "status": "STOPPED"}]}`
	for name, each := range map[string]struct {
		alarms, last, deployments string
		code                      Code
		message                   string
	}{
		"all are OK":              {alarms(t, "errors", "OK", "latency", "INSUFFICIENT_DATA"), "", "", "", ""},
		"one does not exist":      {alarms(t, "errors", "OK"), "", "", AlarmMissing, "alarm latency does not exist in eu-west-1"},
		"one is in ALARM":         {alarms(t, "errors", "ALARM", "latency", "OK"), "", "", AlarmActive, "alarm errors is in ALARM: ECS watches no alarm"},
		"one failed a deployment": {alarms(t, "errors", "OK", "latency", "OK"), last, `{"serviceDeployments": [{"alarms": {"status": "TRIGGERED", "triggeredAlarmNames": ["errors"]}}]}`, AlarmTriggered, "the last deployment failed by alarm errors"},
		"one is composite":        {mustJSON(t, object{"MetricAlarms": []object{{"AlarmName": "errors", "StateValue": "OK"}}, "CompositeAlarms": []object{{"AlarmName": "latency", "StateValue": "ALARM"}}}), "", "", AlarmActive, "alarm latency is in ALARM"},
		"none failed one":         {alarms(t, "errors", "OK", "latency", "OK"), last, `{"serviceDeployments": [{}]}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			aws := serviceFields(t, watched)
			aws["DescribeAlarms"] = body(each.alarms)
			if each.last != "" {
				aws["ListServiceDeployments"], aws["DescribeServiceDeployments"] = body(each.last), body(each.deployments)
			}
			problems := found(t, newFakeAWS(t, aws).region(alarmNames, saturday).Doctor(t.Context()), "alarms")
			wantProblems(t, problems, each.message, each.code)
		})
	}
}

func TestDeploymentDrift(t *testing.T) {
	configuration := func(minimum, maximum int, names []string, rollback bool) object {
		cfg := object{"minimumHealthyPercent": minimum, "maximumPercent": maximum}
		if names != nil {
			cfg["alarms"] = object{"alarmNames": names, "enable": len(names) > 0, "rollback": rollback}
		}
		return cfg
	}
	const off = "  service: {deployment: {alarms: {names: [errors, latency], enabled: false}}}"
	both := []string{"latency", "errors"}
	for name, each := range map[string]struct {
		settings string
		is       object
		drift    string
		deploys  bool
	}{
		"none":                     {alarmNames, configuration(100, 200, both, true), "", false},
		"none, without alarms":     {"", configuration(100, 200, nil, false), "", false},
		"alarms are off":           {off, configuration(100, 200, nil, false), "", false},
		"the minimum":              {"", configuration(50, 200, nil, false), "minimum_healthy_percent is 50, not 100", true},
		"the maximum":              {"", configuration(100, 150, nil, false), "maximum_percent is 150, not 200", true},
		"an alarm is missing":      {alarmNames, configuration(100, 200, []string{"errors"}, true), "deployments fail by the alarms errors, not errors, latency", true},
		"all alarms are missing":   {alarmNames, configuration(100, 200, nil, true), "deployments fail by the alarms (none), not errors, latency", true},
		"alarms should be off":     {off, configuration(100, 200, both, true), "deployments fail by the alarms errors, latency, not (none)", true},
		"no rollback":              {alarmNames, configuration(100, 200, both, false), "rollback by an alarm is false, not true", true},
		"alarms that no one names": {"", configuration(100, 200, both, true), "deployments fail by the alarms errors, latency, which the fleet file does not name", false},
	} {
		t.Run(name, func(t *testing.T) {
			aws := serviceFields(t, object{"deploymentConfiguration": each.is})
			aws["DescribeAlarms"] = body(alarms(t, "errors", "OK", "latency", "OK"))
			problems := found(t, newFakeAWS(t, aws).region(each.settings, saturday).Doctor(t.Context()), "service")
			if each.drift == "" && len(problems) > 0 {
				t.Errorf("got %+v", problems)
			}
			if each.drift != "" && (len(problems) != 1 || problems[0].Message != each.drift || (problems[0].Fix.Verb == VerbDeploy) != each.deploys) {
				t.Errorf("got %+v", problems)
			}
		})
	}
}

func TestKeyDrift(t *testing.T) {
	const arn, other = "arn:aws:kms:eu-west-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef", "arn:aws:kms:eu-west-1:123456789012:key/00000000-90ab-cdef-1234-567890abcdef"
	logs := func(key string) string {
		return `{"logGroups": [{"logGroupName": "/ecs/` + prefix + `-task", "kmsKeyId": "` + key + `"}]}`
	}
	for name, each := range map[string]struct {
		settings, secretKey, logKey string
		check, drift                string
		deploys                     bool
	}{
		"the keys of the file":       {"  secrets: {kms_key: '" + arn + "'}\n  logs: {kms_key: '" + arn + "'}", arn, arn, "", "", false},
		"AWS's keys":                 {"  secrets: {kms_key: alias/aws/secretsmanager}", "", "", "", "", false},
		"AWS's key by its alias":     {"", "alias/aws/secretsmanager", "", "", "", false},
		"another key of the secret":  {"  secrets: {kms_key: '" + arn + "'}", other, "", "service", "the secret is encrypted with " + other + ", not " + arn, true},
		"AWS's key, not one's own":   {"  secrets: {kms_key: '" + arn + "'}", "", "", "service", "the secret is encrypted with alias/aws/secretsmanager, not " + arn, true},
		"a key that the file lacks":  {"", arn, "", "service", "the secret is encrypted with " + arn + ", which the fleet file does not name", false},
		"another key of the logs":    {"  logs: {kms_key: '" + arn + "'}", "", other, "logs", "the logs are encrypted with " + other + ", not " + arn, true},
		"no key of the logs":         {"  logs: {kms_key: '" + arn + "'}", "", "", "logs", "the logs are encrypted with a key of CloudWatch Logs, not " + arn, true},
		"a key that the logs lacked": {"", "", arn, "logs", "the logs are encrypted with " + arn + ", not a key of CloudWatch Logs", true},
	} {
		t.Run(name, func(t *testing.T) {
			fields := object{}
			if each.secretKey != "" {
				fields["KmsKeyId"] = each.secretKey
			}
			aws := map[string]response{"DescribeSecret": body(secret(t, fields)), "DescribeLogGroups": body(logs(each.logKey))}
			problems := found(t, newFakeAWS(t, aws).region(each.settings, saturday).Doctor(t.Context()), each.check)
			if each.drift == "" && len(problems) > 0 {
				t.Errorf("got %+v", problems)
			}
			if each.drift != "" && (len(problems) != 1 || problems[0].Message != each.drift || (problems[0].Fix.Verb == VerbDeploy) != each.deploys) {
				t.Errorf("got %+v", problems)
			}
		})
	}
}
