package compartment

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
	"claimwright/fhir/search"
	"claimwright/fhir/spelling"
)

// Scope says which resources a walk visits. The zero value is everything that there is.
type Scope struct {
	// Kind is what the compartments are about, Patient or Encounter; empty visits resources whatever they concern.
	Kind string
	// IDs are the resources of the Kind whose compartments are visited; nil means those of all of them.
	IDs []string
	// Types are the resource types that are visited, nil for all.
	Types []string
	// Since leaves out what was last written before, zero leaves out nothing.
	Since time.Time
	// Start and End are FHIR dates, empty for none: what has dates of care, and none between them, is left out.
	Start, End string
	// Filters are queries by type, any of which a resource of that type must match ("status=active").
	Filters map[string][]string
}

// chunk is how many compartments one query asks about.
const chunk = 50

// besides are parameters that tie a type to a compartment without being in R4's definition of it: a Task is about whom it
// is for.
var besides = map[string]map[string][]string{
	"Patient":   {"Task": {"patient"}},
	"Encounter": {"Task": {"encounter"}},
}

// ties gives, by type, the parameters that put a resource into compartments of the kind, the kind itself included.
func ties(kind string) map[string][]string {
	all := map[string][]string{kind: nil}
	definition, _ := registry.Compartment(kind)
	if definition == nil {
		return all
	}
	for _, member := range definition.Members() {
		all[member] = definition.Params(member)
	}
	for member, params := range besides[kind] {
		all[member] = params
	}
	return all
}

// step is one query of a walk.
type step struct {
	query *search.Query
	// params are the parameters that tie the type to the compartments, where membership must be judged by them; part is
	// the chunk of compartments that the query asks about.
	params []string
	part   int
	judged bool
	// care is what was done within the scope's dates, nil where the scope does not ask.
	care *search.Query
	// filter is the type's own, nil for none and for one that a resource alone cannot be judged by.
	filter *search.Query
}

// steps are the queries of a scope: the kind itself first, then type by type, then chunk by chunk.
func (w *Walk) plan() error {
	types := registry.Types()
	tied := map[string][]string{}
	if w.scope.Kind != "" {
		tied = ties(w.scope.Kind)
		types = []string{w.scope.Kind}
		for _, t := range registry.Types() {
			if _, member := tied[t]; member && t != w.scope.Kind {
				types = append(types, t)
			}
		}
	}
	for _, t := range w.scope.Types {
		if !registry.IsType(t) {
			return unknownType(t)
		}
	}
	for _, t := range types {
		if w.scope.Types != nil && !slices.Contains(w.scope.Types, t) {
			continue
		}
		if err := w.planType(t, tied[t]); err != nil {
			return err
		}
	}
	return nil
}

func (w *Walk) planType(resourceType string, params []string) error {
	care, err := w.care(resourceType)
	if err != nil {
		return err
	}
	filters := w.scope.Filters[resourceType]
	if len(filters) == 0 {
		filters = []string{""}
	}
	if len(filters) > 1 {
		return outcome.New(http.StatusBadRequest, outcome.NotSupported, "", "%s has several filters; one for each type can be used", resourceType)
	}
	base, _, err := search.Parse(resourceType, filters[0], w.strict())
	if err != nil {
		return err
	}
	base.CountOnly, base.Sort, base.Total = false, nil, search.TotalNone
	s := step{query: base, params: params, care: care}
	if len(base.Where) > 0 && !base.Deferred() {
		filter := *base
		s.filter = &filter
	}
	if !w.scope.Since.IsZero() {
		base.Where = append(slices.Clone(base.Where), updatedSince(w.scope.Since))
	}
	base.Applied = fmt.Sprintf("%s of %s since %d from %s to %s where %s", resourceType, w.scope.Kind, w.scope.Since.UnixMilli(), w.scope.Start, w.scope.End, filters[0])
	switch {
	case w.scope.Kind == "":
		w.steps = append(w.steps, s)
	case w.scope.IDs == nil:
		s.judged = resourceType != w.scope.Kind
		w.steps = append(w.steps, s)
	default:
		for part := 0; part*chunk < len(w.scope.IDs); part++ {
			w.steps = append(w.steps, w.chunked(s, part))
		}
	}
	return nil
}

// chunked narrows a step to a chunk of compartments.
func (w *Walk) chunked(s step, part int) step {
	ids := w.scope.IDs[part*chunk : min((part+1)*chunk, len(w.scope.IDs))]
	var member search.Clause
	for _, id := range ids {
		if s.query.Type == w.scope.Kind {
			member.AnyOf = append(member.AnyOf, search.Condition{Kind: search.HasID, Text: id})
		}
		for _, param := range s.params {
			member.AnyOf = append(member.AnyOf, search.Condition{Kind: search.HasTerm, Param: param, Text: w.scope.Kind + "/" + id})
		}
	}
	narrowed := *s.query
	narrowed.Where = append(slices.Clone(narrowed.Where), member)
	narrowed.Applied += " in " + strings.Join(ids, ",")
	s.query, s.part, s.judged = &narrowed, part, len(w.scope.IDs) > chunk
	return s
}

func updatedSince(since time.Time) search.Clause {
	ms := float64(since.UnixMilli())
	return search.Clause{AnyOf: []search.Condition{{Kind: search.UpdatedIn, Box: search.Box{LoMin: ms, LoMax: maxFloat, HiMin: ms, HiMax: maxFloat}}}}
}

// careParams are the parameters that tell when care was given, those that say it best first. Where a type has none of
// them, its resources have no dates of care.
var careParams = []string{
	"occurrence", "onset-date", "onset", "effective", "effective-time", "date", "period", "started", "collected", "identified",
	"start-date", "whenhandedover", "event-date", "authored-on", "authoredon", "authored", "datetime", "datewritten", "sent", "recorded", "created",
}

// care is the query that what was done within the scope's dates matches; nil where they do not matter to the type.
func (w *Walk) care(resourceType string) (*search.Query, error) {
	if w.scope.Start == "" && w.scope.End == "" {
		return nil, nil
	}
	for _, name := range careParams {
		if p, ok := registry.Lookup(resourceType, name); ok && p.Type == registry.Date {
			var outside []string
			if w.scope.Start != "" {
				outside = append(outside, name+"=eb"+w.scope.Start)
			}
			if w.scope.End != "" {
				outside = append(outside, name+"=sa"+w.scope.End)
			}
			q, _, err := search.Parse(resourceType, strings.Join(outside, "&"), w.strict())
			if err != nil {
				return nil, err
			}
			for i := range q.Where { // what touches the dates ends not before them and starts not after them
				q.Where[i].Not = true
			}
			return q, nil
		}
	}
	return nil, nil
}

func (w *Walk) strict() search.Options {
	o := w.options
	o.Strict = true
	return o
}

func unknownType(found string) error {
	err := outcome.New(http.StatusBadRequest, outcome.Value, "", "there is no such resource type in R4")
	err.Issues[0].Found, err.Issues[0].Expected = found, "a resource type such as Claim"
	if near := spelling.Nearest(found, registry.Types()); near != "" {
		err.Issues[0].Expected = near
	}
	return err
}
