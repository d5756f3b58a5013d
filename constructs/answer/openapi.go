package answer

import (
	"net/http"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Names of the locals.
const (
	localAPI     = "answer_api"
	localOpening = "answer_opening"
	localMessage = "answer_message"
	localRetry   = "answer_retry"
)

// serverError is the code of errors that a server defines.
//
// Source: https://www.jsonrpc.org/specification#error_object
const serverError = "-32000"

// Locals returns the locals that the API is made of: the time at which the server is back, what says so, and the API as an
// OpenAPI document with the extensions of API Gateway. While the region is awake, they do not depend on the time, so that a
// plan has no changes.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
func Locals(cfg Config) map[string]any {
	date := `formatdate("EEE, DD MMM YYYY hh:mm:ss 'GMT'", local.` + localOpening + ")"
	return map[string]any{
		localOpening: hcl.Expression(cfg.Awake + " ? null : " + cfg.Opening),
		// Until the record has left, clients that come back in time still ask here.
		localMessage: hcl.Expression(cfg.Awake + ` ? "This server is waking up." : local.` + localOpening + ` == null ? "This server is asleep." : "This server is asleep until ${` + date + `}."`),
		// Without an opening within a year, ask again the next day.
		localRetry: hcl.Expression(cfg.Awake + ` ? "60" : local.` + localOpening + ` == null ? "86400" : ` + date),
		localAPI:   document(cfg),
	}
}

// object is a JSON object.
type object map[string]any

func document(cfg Config) object {
	text := method("text/plain", hcl.Expression("local."+localMessage))
	fault := method("application/json", hcl.Expression(
		`jsonencode({jsonrpc = "2.0", id = null, error = {code = `+serverError+`, message = local.`+localMessage+`, data = {opening = local.`+localOpening+`}}})`))
	paths := object{"/": object{anyMethod: text}, "/{proxy+}": object{anyMethod: text}}
	if cfg.Path != "" {
		paths[cfg.Path] = object{anyMethod: text, "post": fault}
	}
	refusal := object{
		"statusCode":         http.StatusServiceUnavailable,
		"responseParameters": object{"gatewayresponse.header.Retry-After": retryAfter},
		"responseTemplates":  object{"text/plain": hcl.Expression("local." + localMessage)},
	}
	return object{
		"openapi": "3.0.1",
		"info":    object{"title": cfg.Name, "version": "1"},
		"paths":   paths,
		// What API Gateway rejects by itself, such as a content type, gets the same answer.
		"x-amazon-apigateway-gateway-responses": object{"DEFAULT_4XX": refusal, "DEFAULT_5XX": refusal},
	}
}

const anyMethod = "x-amazon-apigateway-any-method"

// retryAfter is a mapping to a literal value.
var retryAfter = "'" + hcl.Expression("local."+localRetry) + "'"

// method returns a method that is answered without a backend.
func method(contentType, body string) object {
	const status = "503"
	return object{
		"responses": object{status: object{
			"description": "The server is asleep.",
			"headers":     object{"Retry-After": object{"schema": object{"type": "string"}}},
		}},
		"x-amazon-apigateway-integration": object{
			"type":                "mock",
			"passthroughBehavior": "never",
			"requestTemplates":    object{"application/json": `{"statusCode": ` + status + `}`},
			"responses": object{"default": object{
				"statusCode":         status,
				"responseParameters": object{"method.response.header.Retry-After": retryAfter},
				"responseTemplates":  object{contentType: body},
			}},
		},
	}
}
