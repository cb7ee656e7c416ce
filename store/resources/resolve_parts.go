package resources

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

const (
	// partsAtOnce is how many resources are asked for their parts in one search.
	partsAtOnce = 100
	// mostSteps bounds how far a hierarchy of resources is followed.
	mostSteps = 64
)

// belowResource looks for references to a resource and to all that is part of it, step by step.
func (r *Reads) belowResource(ctx context.Context, a store.Access, c *search.Condition) ([]search.Condition, error) {
	resourceType, _, _ := strings.Cut(c.Text, "/")
	partOf, _ := search.PartOf(resourceType)
	all := hierarchy{seen: map[string]struct{}{}}
	for step := all.add(c.Text); len(step) > 0; {
		if all.steps++; all.steps > mostSteps {
			return nil, tooManyParts(c.Text)
		}
		var next []string
		for some := range slices.Chunk(step, partsAtOnce) {
			q := &search.Query{Type: resourceType, Count: mostJoined + 1}
			q.Where = []search.Clause{{AnyOf: referring(partOf.Name, some)}}
			page, err := r.reader.Search(ctx, a, q, "")
			if err != nil {
				return nil, fmt.Errorf("search the parts of %s: %w", c.Text, readFault(err))
			}
			for _, part := range page.Records {
				next = append(next, all.add(part.Key.String())...)
			}
			if len(all.seen) > mostJoined {
				return nil, tooManyParts(c.Text)
			}
		}
		step = next
	}
	return referring(c.Param, all.order), nil
}

// aboveResource looks for references to a resource and to all that it is part of.
func (r *Reads) aboveResource(ctx context.Context, a store.Access, c *search.Condition) ([]search.Condition, error) {
	resourceType, _, _ := strings.Cut(c.Text, "/")
	partOf, _ := search.PartOf(resourceType)
	all := hierarchy{seen: map[string]struct{}{}}
	for step := all.add(c.Text); len(step) > 0; {
		if all.steps++; all.steps > mostSteps || len(all.seen) > mostJoined {
			return nil, tooManyParts(c.Text)
		}
		keys := make([]store.Key, len(step))
		for i, ref := range step {
			keys[i] = store.Key{Type: resourceType, ID: strings.TrimPrefix(ref, resourceType+"/")}
		}
		found, err := r.reader.Get(ctx, a, keys...)
		if err != nil {
			return nil, fmt.Errorf("read what %s is part of: %w", c.Text, readFault(err))
		}
		step = nil
		for _, record := range found {
			if record == nil || record.Deleted {
				continue
			}
			references, err := r.references(record)
			if err != nil {
				return nil, err
			}
			for _, ref := range references {
				if ref.Param == partOf.Name && ref.Type == resourceType {
					step = append(step, all.add(resourceType+"/"+ref.ID)...)
				}
			}
		}
	}
	return referring(c.Param, all.order), nil
}

// hierarchy are the resources that were met, each once, so that a circle ends.
type hierarchy struct {
	seen  map[string]struct{}
	order []string
	steps int
}

// add gives back what is new.
func (h *hierarchy) add(ref string) []string {
	if _, again := h.seen[ref]; again {
		return nil
	}
	h.seen[ref] = struct{}{}
	h.order = append(h.order, ref)
	return []string{ref}
}

func referring(param string, refs []string) []search.Condition {
	conditions := make([]search.Condition, len(refs))
	for i, ref := range refs {
		conditions[i] = search.Condition{Kind: search.HasTerm, Param: param, Text: ref}
	}
	return conditions
}

func tooManyParts(ref string) error {
	err := outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "", "the resource has too many parts, or is part of too many, to search by them")
	err.Issues[0].Found, err.Issues[0].Expected = ref, fmt.Sprintf("at most %d, in %d steps", mostJoined, mostSteps)
	return err
}

var (
	nEntry   = codec.Intern("entry")
	nItem    = codec.Intern("item")
	nDeleted = codec.Intern("deleted")
)

// inList looks for the entries of a List that are of the type; one that is not there, or that the reader may not see, has
// none.
func (r *Reads) inList(ctx context.Context, a store.Access, resourceType string, c *search.Condition) ([]search.Condition, error) {
	list, err := r.documentOf(ctx, a, store.Key{Type: "List", ID: c.Text})
	if err != nil || list == nil {
		return nil, err
	}
	base := strings.TrimSuffix(r.extractor.Values.BaseURL, "/") + "/"
	var conditions []search.Condition
	for entry := range list.Root().Get(nEntry).Each() {
		if entry.Get(nDeleted).Kind() == codec.True {
			continue
		}
		ref := entry.Find(nItem, nReference).Text()
		if len(base) > 1 {
			ref = strings.TrimPrefix(ref, base)
		}
		ref, _, _ = strings.Cut(ref, "/_history/")
		if id, ok := strings.CutPrefix(ref, resourceType+"/"); ok && id != "" {
			conditions = append(conditions, search.Condition{Kind: search.HasID, Text: strings.Clone(id)})
		}
		if len(conditions) > mostJoined {
			err := outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "", "the List has too many entries to search by them")
			err.Issues[0].Found, err.Issues[0].Expected = "List/"+c.Text, fmt.Sprintf("at most %d of type %s", mostJoined, resourceType)
			return nil, err
		}
	}
	return conditions, nil
}
