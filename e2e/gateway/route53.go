package gateway

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// recordSet is a record set in a request to Route 53, or in moto.
type recordSet struct {
	Name, Type, SetIdentifier string
	Weight, Region, Failover  string
	Values                    []string `xml:"ResourceRecords>ResourceRecord>Value"`
}

// policy returns the routing policy. Record sets with the same name and type must have the same.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
func (r recordSet) policy() string {
	switch {
	case r.Weight != "":
		return "weighted"
	case r.Region != "":
		return "latency"
	case r.Failover != "":
		return "failover"
	}
	return "simple"
}

func (r recordSet) sameName(other recordSet) bool {
	return strings.EqualFold(strings.TrimSuffix(r.Name, "."), strings.TrimSuffix(other.Name, ".")) && r.Type == other.Type
}

// recordSets returns the record sets of a hosted zone with the name and type of another.
func (g *Gateway) recordSets(zone string, other recordSet) (found []recordSet) {
	var output struct {
		RecordSets []recordSet `xml:"ResourceRecordSets>ResourceRecordSet"`
	}
	g.getMoto("route53", "/2013-04-01/hostedzone/"+zone+"/rrset", url.Values{"name": {other.Name}, "type": {other.Type}}, &output)
	for _, each := range output.RecordSets {
		if each.sameName(other) {
			each.SetIdentifier, _, _ = strings.Cut(each.SetIdentifier, separator)
			found = append(found, each)
		}
	}
	return found
}

// cname returns the values of the CNAME records with a name in all hosted zones.
func (g *Gateway) cname(name string) (values []string) {
	for _, domain, more := strings.Cut(name, "."); more && domain != ""; _, domain, more = strings.Cut(domain, ".") {
		var output struct {
			IDs []string `xml:"HostedZones>HostedZone>Id"`
		}
		g.getMoto("route53", "/2013-04-01/hostedzonesbyname", url.Values{"dnsname": {domain}}, &output)
		for _, id := range output.IDs {
			for _, each := range g.recordSets(path.Base(id), recordSet{Name: name, Type: "CNAME"}) {
				values = append(values, each.Values...)
			}
		}
	}
	return values
}

// changeRecords rejects changes that AWS rejects, and makes moto do the others. moto accepts record sets that
// exclude each other.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func (g *Gateway) changeRecords(c call, response *httptest.ResponseRecorder) bool {
	var batch struct {
		Changes []struct {
			Action            string
			ResourceRecordSet recordSet
		} `xml:"ChangeBatch>Changes>Change"`
	}
	_ = xml.Unmarshal(c.body, &batch)
	zone := path.Base(path.Dir(strings.TrimSuffix(c.request.URL.Path, "/")))
	for i, change := range batch.Changes {
		existing := g.recordSets(zone, change.ResourceRecordSet)
		for _, earlier := range batch.Changes[:i] {
			existing = applyChange(existing, earlier.Action, earlier.ResourceRecordSet)
		}
		if message := conflict(existing, change.Action, change.ResourceRecordSet); message != "" {
			writeXMLError(response, "InvalidChangeBatch", "["+message+"]")
			return true
		}
	}
	body := changesForMoto(c.body)
	c.request.Body, c.request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return false
}

// applyChange returns the record sets with the name and type of existing ones after a change.
func applyChange(existing []recordSet, action string, changed recordSet) (after []recordSet) {
	for _, each := range existing {
		if !each.sameName(changed) {
			return existing
		}
		if each.SetIdentifier != changed.SetIdentifier {
			after = append(after, each)
		}
	}
	if action != "DELETE" {
		after = append(after, changed)
	}
	return after
}

// conflict returns why AWS rejects a change, or "".
func conflict(existing []recordSet, action string, changed recordSet) string {
	exists := false
	for _, each := range existing {
		same := each.SetIdentifier == changed.SetIdentifier
		exists = exists || same
		if action != "DELETE" && !same && each.policy() != changed.policy() {
			return fmt.Sprintf("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as other RRSets exist with the same name and type.",
				changed.Name, changed.Type, cmp.Or(changed.SetIdentifier, "null"))
		}
	}
	description := fmt.Sprintf("resource record set [name='%s', type='%s', set identifier='%s']", changed.Name, changed.Type, changed.SetIdentifier)
	switch {
	case action == "CREATE" && exists:
		return "Tried to create " + description + " but it already exists"
	case action == "DELETE" && !exists:
		return "Tried to delete " + description + " but it was not found"
	}
	return ""
}

// separator is between a set identifier and what makes it unique in moto.
const separator = "|"

var (
	recordSetElement  = regexp.MustCompile(`(?s)<ResourceRecordSet>.*?</ResourceRecordSet>`)
	uniqueSuffix      = regexp.MustCompile(`(<SetIdentifier>[^<|]*)\|[^<]*(</SetIdentifier>)`)
	setIdentifierTail = "</SetIdentifier>"
)

// changesForMoto appends name and type to the set identifiers in a request, because moto deletes all record sets
// of a hosted zone with the same set identifier at once. It also replaces CREATE by UPSERT, because moto rejects
// to create a record set like one that was deleted.
func changesForMoto(body []byte) []byte {
	body = bytes.ReplaceAll(body, []byte("<Action>CREATE</Action>"), []byte("<Action>UPSERT</Action>"))
	return recordSetElement.ReplaceAllFunc(body, func(element []byte) []byte {
		var record recordSet
		_ = xml.Unmarshal(element, &record)
		suffix := separator + record.Type + separator + strings.TrimSuffix(record.Name, ".")
		return bytes.Replace(element, []byte(setIdentifierTail), []byte(suffix+setIdentifierTail), 1)
	})
}

// amendRecords returns the set identifiers of the requests.
func (g *Gateway) amendRecords(_ call, response *httptest.ResponseRecorder) {
	response.Body = bytes.NewBuffer(uniqueSuffix.ReplaceAll(response.Body.Bytes(), []byte("$1$2")))
}
