package bundle

import (
	"fmt"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var (
	nTimestamp    = codec.Intern("timestamp")
	nIdentifier   = codec.Intern("identifier")
	nMeta         = codec.Intern("meta")
	nResourceType = codec.Intern("resourceType")
	nResponse     = codec.Intern("response")
	nSearch       = codec.Intern("search")
	nSystem       = codec.Intern("system")
	nTotal        = codec.Intern("total")
	nValue        = codec.Intern("value")
	nVersionID    = codec.Intern("versionId")
)

// Check finds which of R4's invariants a Bundle of any type breaks (bdl-1 to bdl-12). The codec has checked its structure
// already.
func Check(doc *codec.Document) []outcome.Issue {
	return check(doc, false)
}

// check is stricter with a Bundle that is to be processed: there a fullUrl names one resource, whatever its version.
func check(doc *codec.Document, process bool) []outcome.Issue {
	c := checker{kind: doc.Root().Get(nType).Text(), process: process}
	root := doc.Root()
	if root.Get(nTotal).Exists() && !c.is("searchset", "history") {
		c.broken("bdl-1", "Bundle.total", "only a searchset or history has a total")
	}
	c.entries(root.Get(nEntry))
	c.uniqueFullURLs(root.Get(nEntry))
	switch c.kind {
	case "document":
		c.document(root)
	case "message":
		c.first(root, "bdl-12", "MessageHeader")
	}
	return c.issues
}

type checker struct {
	kind    string
	process bool
	issues  []outcome.Issue
}

func (c *checker) is(kinds ...string) bool {
	for _, k := range kinds {
		if c.kind == k {
			return true
		}
	}
	return false
}

func (c *checker) broken(rule, expression, text string) {
	c.issues = append(c.issues, outcome.Issue{Code: outcome.Invariant, Expression: expression, Text: rule + ": " + text})
}

func (c *checker) entries(entries codec.Value) {
	wantsRequest := c.is("batch", "transaction", "history")
	wantsResponse := c.is("batch-response", "transaction-response", "history")
	i := 0
	for e := range entries.Each() {
		at := fmt.Sprintf("Bundle.entry[%d]", i)
		i++
		request, response := e.Get(nRequest).Exists(), e.Get(nResponse).Exists()
		if e.Get(nSearch).Exists() && c.kind != "searchset" {
			c.broken("bdl-2", at+".search", "only entries of a searchset have search")
		}
		if request != wantsRequest {
			c.broken("bdl-3", at+".request", "entries of a batch, transaction or history have a request, others have none")
		}
		if response != wantsResponse {
			c.broken("bdl-4", at+".response", "entries of a batch-response, transaction-response or history have a response, others have none")
		}
		if !request && !response && !e.Get(nResource).Exists() {
			c.broken("bdl-5", at, "an entry has a resource, a request or a response")
		}
		if strings.Contains(e.Get(nFullURL).Text(), "/_history/") {
			c.broken("bdl-8", at+".fullUrl", "a fullUrl does not name a version")
		}
	}
}

// uniqueFullURLs checks bdl-7: equal addresses are versions of one resource. A Bundle that is processed has each only once.
func (c *checker) uniqueFullURLs(entries codec.Value) {
	if c.kind == "history" {
		return
	}
	type identity struct{ url, version string }
	seen := map[identity]struct{}{}
	i := 0
	for e := range entries.Each() {
		at := identity{url: e.Get(nFullURL).Text()}
		if !c.process {
			at.version = e.Get(nResource).Get(nMeta).Get(nVersionID).Text()
		}
		if _, twice := seen[at]; twice && at.url != "" {
			c.broken("bdl-7", fmt.Sprintf("Bundle.entry[%d].fullUrl", i), "a fullUrl is used once only")
		}
		seen[at] = struct{}{}
		i++
	}
}

func (c *checker) document(root codec.Value) {
	id := root.Get(nIdentifier)
	if !id.Get(nSystem).Exists() || !id.Get(nValue).Exists() {
		c.broken("bdl-9", "Bundle.identifier", "a document has an identifier with system and value")
	}
	if !root.Get(nTimestamp).Exists() {
		c.broken("bdl-10", "Bundle.timestamp", "a document has a timestamp")
	}
	c.first(root, "bdl-11", "Composition")
}

func (c *checker) first(root codec.Value, rule, resourceType string) {
	typ := root.Get(nEntry).Index(0).Get(nResource).Get(nResourceType).Text()
	if typ != resourceType {
		c.broken(rule, "Bundle.entry[0].resource", "the first resource of a "+c.kind+" is a "+resourceType)
	}
}
