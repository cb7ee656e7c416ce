package server

import (
	"context"
	"net/http"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
	"claimwright/fhir/search"
	"claimwright/store"
)

// allMembers stands in a path for all types of a compartment.
const allMembers = "*"

// searchCompartment finds resources of a compartment (R4 search, "variant search"): of one type, "Patient/1/Claim", or of
// all, "Patient/1/*". A path that names neither is one where there is nothing.
func (s *Server) searchCompartment(x *exchange) error {
	member := x.Param("member")
	if strings.HasPrefix(member, "$") || strings.HasPrefix(member, "_") || member == "" {
		return s.unknownPath(x)
	}
	return x.sendSearchset(x.asking().searchCompartment(x.ctx, x.key, member, x.query))
}

// searchWholeCompartment finds resources of all types of a compartment, asked with a form.
func (s *Server) searchWholeCompartment(x *exchange) error {
	return x.sendSearchset(x.asking().searchCompartment(x.ctx, x.key, allMembers, x.query))
}

// searchCompartment answers for the compartment of a resource, whether that resource is there or not: what refers to it
// is found all the same, and the answer tells nobody whether it exists.
func (a asking) searchCompartment(ctx context.Context, about store.Key, member, rawQuery string) ([]byte, error) {
	compartment, ok := registry.Compartment(about.Type)
	if !ok {
		return nil, notThere("there are no compartments of this type", about.Type, strings.Join(registry.Compartments(), ", "))
	}
	types := search.CompartmentTypes(compartment)
	k := seeking{address: a.base + "/" + about.String() + "/" + member}
	raw, page := cutPage(rawQuery)
	k.page = page
	var err error
	if member == allMembers {
		if k.across, k.warnings, err = search.ParseAcross(types, raw, a.query); err != nil {
			return nil, err
		}
		for _, q := range k.across.Queries {
			q.Confine(compartment, about.ID)
		}
		k.query = k.across.Queries[0]
		return a.answer(ctx, k)
	}
	if !registry.IsType(member) {
		return nil, notThere("the path names no resource type of R4", member, "a resource type such as Claim, or *")
	}
	if err := a.form.Check(member); err != nil {
		return nil, err
	}
	if k.query, k.warnings, err = search.Parse(member, raw, a.query); err != nil {
		return nil, err
	}
	if !k.query.Confine(compartment, about.ID) {
		return nil, notThere("resources of this type are never in the compartment of a "+about.Type, member, strings.Join(types, ", "))
	}
	return a.answer(ctx, k)
}

func notThere(text, found, expected string) error {
	err := outcome.New(http.StatusNotFound, outcome.NotSupported, "", "%s", text)
	err.Issues[0].Found, err.Issues[0].Expected = bounded(found), expected
	return err
}
