package ops

import (
	"encoding/json"
	"fmt"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ExecSession is a session of ECS Exec. AWS's session-manager-plugin connects a terminal to it.
type ExecSession struct {
	// Task is the beginning of the task's ID, as in the logs.
	Task string
	// Container is the name of the container in ECS.
	Container string

	region, target string
	session        ecstypes.Session
}

// PluginArguments returns the arguments of session-manager-plugin: the session, its region, the operation that started it,
// the profile, the parameters of that operation, and the endpoint of Systems Manager, by which the plugin resumes the
// session after a lost connection. The AWS CLI starts the plugin like this, too.
//
// Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html,
// https://github.com/aws/session-manager-plugin/blob/mainline/src/sessionmanagerplugin/session/session.go and
// https://github.com/aws/aws-cli/blob/v2/awscli/customizations/ecs/executecommand.py
func (s *ExecSession) PluginArguments(profile string) ([]string, error) {
	session, err := json.Marshal(map[string]string{
		"sessionId": value(s.session.SessionId), "streamUrl": value(s.session.StreamUrl), "tokenValue": value(s.session.TokenValue),
	})
	if err != nil {
		return nil, err
	}
	parameters, err := json.Marshal(map[string]string{"Target": s.target})
	if err != nil {
		return nil, err
	}
	return []string{string(session), s.region, "StartSession", profile, string(parameters), fmt.Sprintf("https://ssm.%s.amazonaws.com", s.region)}, nil
}
