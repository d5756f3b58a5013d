package gateway

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// endpoint is a VPC endpoint in moto.
type endpoint struct {
	ID                string   `xml:"vpcEndpointId"`
	VPC               string   `xml:"vpcId"`
	Service           string   `xml:"serviceName"`
	Type              string   `xml:"vpcEndpointType"`
	State             string   `xml:"state"`
	OwnerID           string   `xml:"ownerId"`
	NetworkInterfaces []string `xml:"networkInterfaceIdSet>item"`
	RouteTables       []string `xml:"routeTableIdSet>item"`
	Tags              []ec2Tag `xml:"tagSet>item"`
}

type ec2Tag struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func (g *Gateway) endpoints(region string) []endpoint {
	var output struct {
		Endpoints []endpoint `xml:"vpcEndpointSet>item"`
	}
	g.queryMoto(region, "ec2", url.Values{"Action": {"DescribeVpcEndpoints"}, "Version": {"2016-11-15"}}, &output)
	return output.Endpoints
}

// endpoint returns an endpoint that has not been deleted, nil if there is none.
func (g *Gateway) endpoint(region string, matches func(endpoint) bool) *endpoint {
	for _, each := range g.endpoints(region) {
		if each.State != "deleted" && matches(each) {
			return &each
		}
	}
	return nil
}

// taggedEndpoints includes deleted endpoints, which AWS lists for a while, too.
func (g *Gateway) taggedEndpoints(region string) (resources []tagged) {
	for _, each := range g.endpoints(region) {
		var tags []tag
		for _, one := range each.Tags {
			tags = append(tags, tag(one))
		}
		resources = append(resources, tagged{"arn:aws:ec2:" + region + ":123456789012:vpc-endpoint/" + each.ID, tags})
	}
	return resources
}

// createEndpoint rejects a second endpoint of a service, like AWS: two interface endpoints would have the same private
// DNS name, and two gateway endpoints the same routes. moto accepts both.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
func (g *Gateway) createEndpoint(c call, response *httptest.ResponseRecorder) bool {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return false
	}
	existing := g.endpoint(c.region, func(each endpoint) bool {
		return each.VPC == form.Get("VpcId") && each.Service == form.Get("ServiceName")
	})
	if existing == nil {
		return false
	}
	code, message := "InvalidParameter", "private-dns-enabled cannot be set because there is already a conflicting DNS domain in the VPC "+existing.VPC
	if form.Get("VpcEndpointType") == "Gateway" {
		code, message = "RouteAlreadyExists", "route table already has a route to "+existing.Service
	}
	response.Code = http.StatusBadRequest
	response.Body = bytes.NewBufferString(fmt.Sprintf("<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors></Response>", code, message))
	return true
}

// listEndpointInterfaces lists the network interfaces of an interface endpoint by their description, which moto does
// not set.
func (g *Gateway) listEndpointInterfaces(c call, response *httptest.ResponseRecorder) bool {
	id, found := strings.CutPrefix(filterValue(c, "description"), "VPC Endpoint Interface ")
	if !found {
		return false
	}
	var ids []string
	if existing := g.endpoint(c.region, func(each endpoint) bool { return each.ID == id }); existing != nil {
		ids = existing.NetworkInterfaces
	}
	writeEC2List(response, "DescribeNetworkInterfacesResponse", "networkInterfaceSet", "networkInterfaceId", ids)
	return true
}

// listEndpointTables lists the route tables that lead to a gateway endpoint. moto only knows other gateways.
func (g *Gateway) listEndpointTables(c call, response *httptest.ResponseRecorder) bool {
	id := filterValue(c, "route.gateway-id")
	if !strings.HasPrefix(id, "vpce-") {
		return false
	}
	var ids []string
	if existing := g.endpoint(c.region, func(each endpoint) bool { return each.ID == id }); existing != nil {
		ids = existing.RouteTables
	}
	writeEC2List(response, "DescribeRouteTablesResponse", "routeTableSet", "routeTableId", ids)
	return true
}

// filterValue returns the first value of a filter in a request, "" without the filter.
func filterValue(c call, name string) string {
	form, _ := url.ParseQuery(string(c.body))
	for i := 1; ; i++ {
		switch form.Get(fmt.Sprintf("Filter.%d.Name", i)) {
		case name:
			return form.Get(fmt.Sprintf("Filter.%d.Value.1", i))
		case "":
			return ""
		}
	}
}

func writeEC2List(response *httptest.ResponseRecorder, root, set, field string, ids []string) {
	var items strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&items, "<item><%[1]s>%[2]s</%[1]s></item>", field, id)
	}
	response.Body = bytes.NewBufferString(fmt.Sprintf(`<%[1]s xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><%[2]s>%[3]s</%[2]s></%[1]s>`, root, set, &items))
}

// filterNATGateways applies the filters for tags, which moto ignores.
func (g *Gateway) filterNATGateways(c call, response *httptest.ResponseRecorder) {
	type gateway struct {
		XML  string   `xml:",innerxml"`
		Tags []ec2Tag `xml:"tagSet>item"`
	}
	var body struct {
		Gateways []gateway `xml:"natGatewaySet>item"`
	}
	if xml.Unmarshal(response.Body.Bytes(), &body) != nil {
		return
	}
	var items strings.Builder
	for _, each := range body.Gateways {
		matches := true
		form, _ := url.ParseQuery(string(c.body))
		for i := 1; form.Get(fmt.Sprintf("Filter.%d.Name", i)) != ""; i++ {
			key, isTag := strings.CutPrefix(form.Get(fmt.Sprintf("Filter.%d.Name", i)), "tag:")
			wanted := ec2Tag{key, form.Get(fmt.Sprintf("Filter.%d.Value.1", i))}
			matches = matches && (!isTag || containsTag(each.Tags, wanted))
		}
		if matches {
			items.WriteString("<item>" + each.XML + "</item>")
		}
	}
	response.Body = bytes.NewBufferString(`<DescribeNatGatewaysResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><natGatewaySet>` + items.String() + "</natGatewaySet></DescribeNatGatewaysResponse>")
}

func containsTag(tags []ec2Tag, wanted ec2Tag) bool {
	for _, each := range tags {
		if each == wanted {
			return true
		}
	}
	return false
}
