package gateway

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// replacements run before a call goes to moto. One that returns true has responded in place of moto. The files
// are named after the services.
var replacements = map[string]func(*Gateway, call, *httptest.ResponseRecorder) bool{
	"acm.DeleteCertificate":                          (*Gateway).deleteCertificate,
	"apigateway.PutRestApi":                          (*Gateway).putAPI,
	"application-autoscaling.ListTagsForResource":    (*Gateway).listScalableTargetTags,
	"application-autoscaling.RegisterScalableTarget": (*Gateway).rememberScalableTargetTags,
	"application-autoscaling.TagResource":            (*Gateway).tagScalableTarget,
	"application-autoscaling.UntagResource":          (*Gateway).untagScalableTarget,
	"budgets.CreateBudget":                           (*Gateway).rememberBudget,
	"budgets.CreateNotification":                     (*Gateway).rememberSubscribers,
	"budgets.DescribeSubscribersForNotification":     (*Gateway).listSubscribers,
	"budgets.ListTagsForResource":                    (*Gateway).listBudgetTags,
	"budgets.UpdateBudget":                           (*Gateway).updateBudget,
	"codebuild.CreateProject":                        (*Gateway).rememberProject,
	"ec2.CreateVpcEndpoint":                          (*Gateway).createEndpoint,
	"ec2.DescribeNetworkInterfaces":                  (*Gateway).listEndpointInterfaces,
	"ec2.DescribeRouteTables":                        (*Gateway).listEndpointTables,
	"ec2.ModifySecurityGroupRules":                   (*Gateway).modifyRuleForAllPorts,
	"ecs.CreateService":                              (*Gateway).createService,
	"ecs.ListServiceDeployments":                     (*Gateway).listServiceDeployments,
	"ecs.PutClusterCapacityProviders":                (*Gateway).putProviders,
	"ecs.UpdateService":                              (*Gateway).updateService,
	"elasticfilesystem.DeleteFileSystemPolicy":       (*Gateway).deleteFileSystemPolicy,
	"elasticfilesystem.DescribeBackupPolicy":         (*Gateway).describeBackupPolicy,
	"elasticfilesystem.PutBackupPolicy":              (*Gateway).putBackupPolicy,
	"elasticloadbalancing.CreateListener":            (*Gateway).checkCertificate,
	"elasticloadbalancing.CreateRule":                (*Gateway).checkConditions,
	"elasticloadbalancing.DeleteLoadBalancer":        (*Gateway).deleteLoadBalancer,
	"elasticloadbalancing.ModifyListener":            (*Gateway).modifyListener,
	"elasticloadbalancing.ModifyRule":                (*Gateway).checkConditions,
	"logs.AssociateKmsKey":                           (*Gateway).setLogKey,
	"logs.DeleteLogGroup":                            (*Gateway).forgetLogGroup,
	"logs.DisassociateKmsKey":                        (*Gateway).setLogKey,
	"route53.ChangeResourceRecordSets":               (*Gateway).changeRecords,
	"servicediscovery.DeleteService":                 (*Gateway).deleteDiscoveryService,
	"wafv2.AssociateWebACL":                          (*Gateway).associateWebACL,
	"wafv2.DeleteWebACL":                             (*Gateway).deleteWebACL,
	"wafv2.GetWebACLForResource":                     (*Gateway).checkResource,
}

// amendments change moto's response to what AWS would return.
var amendments = map[string]func(*Gateway, call, *httptest.ResponseRecorder){
	"acm.DescribeCertificate":                        (*Gateway).amendCertificate,
	"application-autoscaling.RegisterScalableTarget": (*Gateway).adjustDesiredCount,
	"codebuild.BatchGetProjects":                     (*Gateway).restoreProjects,
	"ec2.AuthorizeSecurityGroupEgress":               (*Gateway).rememberRule,
	"ec2.AuthorizeSecurityGroupIngress":              (*Gateway).rememberRule,
	"ec2.CreateSubnet":                               (*Gateway).amendSubnets,
	"ec2.DescribeNatGateways":                        (*Gateway).filterNATGateways,
	"ec2.DescribeNetworkInterfaces":                  (*Gateway).describeMountTargets,
	"ec2.DescribeSecurityGroupRules":                 (*Gateway).restoreRules,
	"ec2.DescribeSubnets":                            (*Gateway).amendSubnets,
	"ec2.ModifySecurityGroupRules":                   (*Gateway).rememberRule,
	"ecs.CreateService":                              (*Gateway).amendServices,
	"ecs.DescribeServices":                           (*Gateway).amendServices,
	"ecs.UpdateService":                              (*Gateway).amendServices,
	"elasticfilesystem.CreateMountTarget":            (*Gateway).rememberMountTarget,
	"elasticloadbalancing.CreateListener":            (*Gateway).amendNewListener,
	"elasticloadbalancing.DescribeTargetHealth":      (*Gateway).amendTargetHealth,
	"logs.DescribeLogGroups":                         (*Gateway).amendLogGroups,
	"route53.ListResourceRecordSets":                 (*Gateway).amendRecords,
	"tagging.GetResources":                           (*Gateway).addResources,
	"wafv2.CreateWebACL":                             (*Gateway).amendDuplicateWebACL,
}

// replace responds to a call that moto does not handle like AWS. It reports whether it did.
func (g *Gateway) replace(c call, response *httptest.ResponseRecorder) bool {
	if c.service == "s3" && c.request.URL.Query().Has("lifecycle") {
		return g.lifecycle(c, response)
	}
	correct, known := replacements[c.operation]
	return known && correct(g, c, response)
}

func (g *Gateway) amend(c call, response *httptest.ResponseRecorder) {
	if correct, known := amendments[c.operation]; known {
		correct(g, c, response)
	}
}

// Call calls an operation of a JSON protocol in a region. The target is the value of X-Amz-Target.
func (g *Gateway) Call(region, service, target string, input, output any) {
	sendJSON(g, region, service, target, input, output)
}

// Get gets a resource of a REST protocol in a region.
func (g *Gateway) Get(region, service, path string, output any) error {
	return json.Unmarshal(send(g, region, service, httptest.NewRequest(http.MethodGet, path, http.NoBody)), output)
}

// callMoto is Call without the log, holds and corrections of the gateway.
func (g *Gateway) callMoto(region, service, target string, input, output any) {
	sendJSON(g.moto, region, service, target, input, output)
}

func sendJSON(handler http.Handler, region, service, target string, input, output any) {
	text, err := json.Marshal(input)
	if err != nil {
		return
	}
	request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(text))
	request.Header.Set("X-Amz-Target", target)
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.Unmarshal(send(handler, region, service, request), output)
}

// queryMoto calls an operation of a query protocol in a region of moto.
func (g *Gateway) queryMoto(region, service string, input url.Values, output any) {
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(input.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_ = xml.Unmarshal(send(g.moto, region, service, request), output)
}

// getMoto calls an operation of a REST protocol in moto.
func (g *Gateway) getMoto(service, path string, query url.Values, output any) {
	request := httptest.NewRequest(http.MethodGet, path+"?"+query.Encode(), http.NoBody)
	_ = xml.Unmarshal(send(g.moto, "us-east-1", service, request), output)
}

func send(handler http.Handler, region, service string, request *http.Request) []byte {
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=test/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", region, service))
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, request)
	return response.Body.Bytes()
}

// writeError writes an error of a JSON protocol.
func writeError(response *httptest.ResponseRecorder, code, message string) {
	writeJSON(response, http.StatusBadRequest, map[string]any{"__type": code, "message": message})
}

// writeXMLError writes an error of a query or REST protocol, in place of an earlier response.
func writeXMLError(response *httptest.ResponseRecorder, code, message string) {
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, []byte(message))
	response.Code = http.StatusBadRequest
	response.Header().Set("Content-Type", "text/xml")
	response.Body = bytes.NewBufferString(fmt.Sprintf("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, &escaped))
}

func writeJSON(response *httptest.ResponseRecorder, status int, body any) {
	response.Header().Set("Content-Type", "application/x-amz-json-1.1")
	response.WriteHeader(status)
	_ = json.NewEncoder(response.Body).Encode(body)
}

func rewrite(response *httptest.ResponseRecorder, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	response.Body = bytes.NewBuffer(text)
}
