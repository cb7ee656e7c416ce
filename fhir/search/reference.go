package search

import (
	"strings"
	"sync/atomic"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
)

// Reference is a reference that a resource makes, by a search parameter that sees it.
type Reference struct {
	Param string
	// Type and ID are the resource on this server that it leads to, and Version the version that it states, empty for none.
	Type, ID, Version string
	// URL is what a canonical refers to, without its version; Type is empty then.
	URL string
}

// linkPlans are like plans, with the reference parameters alone.
var linkPlans = make([]atomic.Pointer[plan], len(registry.Types()))

// References lists where a document's references lead, each once for each parameter: to resources here, and to canonicals.
// Others, such as those to other servers or into the document itself, are left out.
func (e Extractor) References(d *codec.Document) []Reference {
	x := extraction{baseURL: e.BaseURL, zone: e.Zone, links: &distinct[Reference]{}}
	x.walk(&planFrom(linkPlans, d.Type(), isReference).root, d.Root())
	if e.Custom != nil {
		if p := e.Custom.linkPlan(d.Type()); p != nil {
			x.walk(&p.root, d.Root())
		}
	}
	return x.links.items
}

func isReference(p *registry.Param) bool { return p.Type == registry.Reference && Offered(p) }

// link records where a Reference leads.
func (x *extraction) link(y *yield, reference string) {
	local := localReference(reference, x.baseURL)
	resourceType, rest, _ := strings.Cut(local, "/")
	id, version, _ := strings.Cut(rest, "/_history/")
	if registry.IsType(resourceType) && isID(id) {
		x.links.add(Reference{Param: y.key, Type: resourceType, ID: id, Version: version})
	}
}

// canonicalLink records what a canonical refers to.
func (x *extraction) canonicalLink(y *yield, text string) {
	url, version, _ := strings.Cut(text, "|")
	url, _, _ = strings.Cut(url, "#")
	if url != "" {
		x.links.add(Reference{Param: y.key, URL: url, Version: version})
	}
}

// URITerm is the Text of the HasTerm condition that a uri or canonical without a version meets.
func URITerm(uri string) string { return bounded(uri) }
