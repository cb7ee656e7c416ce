package search

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// has reads "_has:Type:param:rest" (R4 §3.1.1.5.5): a criterion for a resource that refers to this one. The rest may be a
// chain or a further _has.
func (p *parser) has(name, value string) {
	parts := strings.SplitN(name, ":", 4)
	if len(parts) < 4 || parts[3] == "" {
		p.fault(invalidName(name, "_has:Type:reference:parameter, such as _has:Claim:patient:status"))
		return
	}
	source, by, rest := parts[1], parts[2], parts[3]
	if !registry.IsType(source) {
		p.fault(notAType(name, source))
		return
	}
	param, known := p.options.Custom.Lookup(source, by)
	switch {
	case !known:
		p.unknownOf("unknown search parameter", by, source, p.hintOf(source, by))
		return
	case param.Type != registry.Reference || !Offered(param):
		p.fault(notSupported(fmt.Sprintf("search parameter %s of %s is no reference", shown(by), source), by, "a reference parameter of "+source))
		return
	case len(param.Targets) > 0 && !slices.Contains(param.Targets, p.query.Type):
		p.fault(invalidName(by, fmt.Sprintf("a parameter of %s that refers to %s; %s refers to %s", source, p.query.Type, by, oneOf(param.Targets))))
		return
	}
	p.join(Condition{Kind: IsReferredTo}, Join{Name: name, Type: source, Param: by}, name, rest, value)
}

// notAType says that a part of a parameter is no resource type, and which one it may mean.
func notAType(name, found string) *outcome.Issue {
	issue := invalidName(name, "an R4 resource type"+nearest(found, registry.Types()))
	issue.Found = excerpt(found)
	return issue
}
