package gateway

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
)

// motoAccount is the account of all of moto's resources.
const motoAccount = "123456789012"

type tag struct{ Key, Value string }

// tagged is a resource in a response of the tagging API.
type tagged struct {
	ResourceARN string
	Tags        []tag
}

// resourceFilter are the filters of a request to the tagging API.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
type resourceFilter struct {
	TagFilters []struct {
		Key    string
		Values []string
	}
	ResourceTypeFilters []string
}

// unlisted are the resource types that moto's tagging API does not list, or lists by other names.
var unlisted = map[string]func(*Gateway, string) []tagged{
	"ec2:vpc-endpoint":                   (*Gateway).taggedEndpoints,
	"ec2:vpc-flow-log":                   (*Gateway).taggedFlowLogs,
	"elasticloadbalancing:listener":      (*Gateway).taggedListeners,
	"elasticloadbalancing:listener-rule": (*Gateway).taggedRules,
	"servicediscovery:namespace":         (*Gateway).taggedNamespaces,
	"servicediscovery:service":           (*Gateway).taggedServices,
	"wafv2:regional/webacl":              (*Gateway).taggedWebACLs,
}

// addResources adds resources that moto does not list to the last page.
func (g *Gateway) addResources(c call, response *httptest.ResponseRecorder) {
	var body map[string]any
	if json.Unmarshal(response.Body.Bytes(), &body) != nil || body["PaginationToken"] != nil && body["PaginationToken"] != "" {
		return
	}
	var filter resourceFilter
	_ = json.Unmarshal(c.body, &filter)
	list, _ := body["ResourceTagMappingList"].([]any)
	// moto lists flow logs under an ARN that AWS does not use.
	list = slices.DeleteFunc(list, func(resource any) bool {
		entry, _ := resource.(map[string]any)
		arn, _ := entry["ResourceARN"].(string)
		return strings.Contains(arn, ":flow-logs/")
	})
	for _, kind := range slices.Sorted(maps.Keys(unlisted)) {
		if !filter.selectsType(kind) {
			continue
		}
		for _, each := range unlisted[kind](g, c.region) {
			if filter.selectsTags(each.Tags) {
				list = append(list, each)
			}
		}
	}
	body["ResourceTagMappingList"] = list
	rewrite(response, body)
}

// selectsType reports whether a type, or its service, is in the filter.
func (f resourceFilter) selectsType(kind string) bool {
	service, _, _ := strings.Cut(kind, ":")
	return len(f.ResourceTypeFilters) == 0 || slices.Contains(f.ResourceTypeFilters, kind) || slices.Contains(f.ResourceTypeFilters, service)
}

func (f resourceFilter) selectsTags(tags []tag) bool {
	for _, want := range f.TagFilters {
		if !slices.ContainsFunc(tags, func(t tag) bool {
			return t.Key == want.Key && (len(want.Values) == 0 || slices.Contains(want.Values, t.Value))
		}) {
			return false
		}
	}
	return true
}

func (g *Gateway) taggedFlowLogs(region string) (resources []tagged) {
	var output struct {
		FlowLogs []struct {
			ID   string `xml:"flowLogId"`
			Tags []struct {
				Key   string `xml:"key"`
				Value string `xml:"value"`
			} `xml:"tagSet>item"`
		} `xml:"flowLogSet>item"`
	}
	g.queryMoto(region, "ec2", url.Values{"Action": {"DescribeFlowLogs"}, "Version": {"2016-11-15"}}, &output)
	for _, each := range output.FlowLogs {
		resource := tagged{ResourceARN: "arn:aws:ec2:" + region + ":" + motoAccount + ":vpc-flow-log/" + each.ID}
		for _, one := range each.Tags {
			resource.Tags = append(resource.Tags, tag(one))
		}
		resources = append(resources, resource)
	}
	return resources
}

func (g *Gateway) taggedListeners(region string) (resources []tagged) {
	for _, loadBalancer := range g.loadBalancers(region) {
		for _, each := range g.listeners(region, loadBalancer) {
			resources = append(resources, tagged{each.ARN, g.elbTags(region, each.ARN)})
		}
	}
	return resources
}

func (g *Gateway) taggedRules(region string) (resources []tagged) {
	for _, listener := range g.taggedListeners(region) {
		for _, each := range g.rules(region, listener.ResourceARN) {
			resources = append(resources, tagged{each.ARN, g.elbTags(region, each.ARN)})
		}
	}
	return resources
}

func (g *Gateway) elbTags(region, arn string) []tag {
	var output struct {
		Tags []tag `xml:"DescribeTagsResult>TagDescriptions>member>Tags>member"`
	}
	g.elb(region, "DescribeTags", url.Values{"ResourceArns.member.1": {arn}}, &output)
	return output.Tags
}

func (g *Gateway) taggedNamespaces(region string) []tagged {
	return g.taggedInCloudMap(region, "ListNamespaces", "Namespaces")
}

func (g *Gateway) taggedServices(region string) []tagged {
	return g.taggedInCloudMap(region, "ListServices", "Services")
}

func (g *Gateway) taggedInCloudMap(region, operation, field string) (resources []tagged) {
	var found map[string][]struct{ Arn string }
	g.callMoto(region, "servicediscovery", cloudMap+operation, map[string]any{}, &found)
	for _, each := range found[field] {
		var output struct{ Tags []tag }
		g.callMoto(region, "servicediscovery", cloudMap+"ListTagsForResource", map[string]any{"ResourceARN": each.Arn}, &output)
		resources = append(resources, tagged{each.Arn, output.Tags})
	}
	return resources
}

func (g *Gateway) taggedWebACLs(region string) (resources []tagged) {
	var found struct{ WebACLs []struct{ ARN string } }
	g.callMoto(region, "wafv2", waf+"ListWebACLs", map[string]any{"Scope": "REGIONAL"}, &found)
	for _, each := range found.WebACLs {
		var output struct {
			TagInfoForResource struct{ TagList []tag }
		}
		g.callMoto(region, "wafv2", waf+"ListTagsForResource", map[string]any{"ResourceARN": each.ARN}, &output)
		resources = append(resources, tagged{each.ARN, output.TagInfoForResource.TagList})
	}
	return resources
}
