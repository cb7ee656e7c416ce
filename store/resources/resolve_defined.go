package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/fhir/terminology"
	"claimwright/store"
)

// resolveDefined resolves the conditions that ask what somebody has defined: a value set, a code system, a List, or which
// resource is a part of which.
func (r *Reads) resolveDefined(ctx context.Context, a store.Access, resourceType string, c *search.Condition) ([]search.Condition, error) {
	switch c.Kind {
	case search.InValueSet:
		return r.inValueSet(ctx, a, c)
	case search.BelowCode, search.AboveCode:
		return r.inHierarchy(ctx, a, c)
	case search.BelowResource:
		return r.belowResource(ctx, a, c)
	case search.AboveResource:
		return r.aboveResource(ctx, a, c)
	case search.InList:
		return r.inList(ctx, a, resourceType, c)
	}
	return nil, fmt.Errorf("nothing resolves search conditions of kind %d", c.Kind)
}

func (r *Reads) terms(a store.Access) *terminology.Terms { return terminology.New(Definitions{r, a}) }

// inValueSet looks for any code of a value set.
func (r *Reads) inValueSet(ctx context.Context, a store.Access, c *search.Condition) ([]search.Condition, error) {
	set, err := r.expand(ctx, a, c.Text)
	if err != nil {
		return nil, asked(c.Codes.Name, err)
	}
	var conditions []search.Condition
	for _, part := range set.Parts() {
		switch {
		case part.Whole && len(part.Except) == 0:
			conditions = append(conditions, c.Codes.All(part.System)...)
		default:
			codes, listed := set.Codes(part.System)
			if !listed {
				return nil, asked(c.Codes.Name, &terminology.Error{Code: outcome.NotSupported, URL: part.System,
					Text: "the value set has all codes but some of a code system that is not known here"})
			}
			conditions = append(conditions, c.Codes.Any(part.System, codes)...)
		}
		if len(conditions) > mostJoined {
			return nil, asked(c.Codes.Name, &terminology.Error{Code: outcome.TooCostly, URL: c.Text,
				Text: fmt.Sprintf("the value set has more than %d codes to look for", mostJoined)})
		}
	}
	return conditions, nil
}

// expand finds a value set by its canonical url or as ValueSet/id.
func (r *Reads) expand(ctx context.Context, a store.Access, ref string) (*terminology.Set, error) {
	id, relative := strings.CutPrefix(ref, "ValueSet/")
	if !relative {
		return r.terms(a).Expand(ctx, ref)
	}
	doc, err := r.documentOf(ctx, a, store.Key{Type: "ValueSet", ID: id})
	if err != nil {
		return nil, err
	}
	if doc == nil {
		return nil, &terminology.Error{Code: outcome.NotFound, URL: ref, Text: "the value set is not known here"}
	}
	return r.terms(a).ExpandDocument(ctx, doc)
}

// documentOf reads a resource; nil where there is none that the reader may see.
func (r *Reads) documentOf(ctx context.Context, a store.Access, key store.Key) (*codec.Document, error) {
	found, err := r.reader.Get(ctx, a, key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, readFault(err))
	}
	if found[0] == nil || found[0].Deleted {
		return nil, nil
	}
	return parseStored(key, found[0].Body)
}

// inHierarchy looks for any code that is below or above another one.
func (r *Reads) inHierarchy(ctx context.Context, a store.Access, c *search.Condition) ([]search.Condition, error) {
	cs, err := r.terms(a).CodeSystem(ctx, c.Codes.System)
	if err != nil {
		return nil, asked(c.Codes.Name, err)
	}
	if cs == nil {
		return nil, asked(c.Codes.Name, &terminology.Error{Code: outcome.NotFound, URL: c.Codes.System, Text: "the code system is not known here"})
	}
	codes := cs.Below(c.Codes.Code)
	if c.Kind == search.AboveCode {
		codes = cs.Above(c.Codes.Code)
	}
	switch {
	case codes == nil:
		return nil, asked(c.Codes.Name, &terminology.Error{Code: outcome.NotFound, URL: c.Codes.Code, Text: "the code system has no such code"})
	case !cs.Subsumes:
		return nil, asked(c.Codes.Name, &terminology.Error{Code: outcome.NotSupported, URL: cs.URL, Text: "the hierarchy of the code system is not one of meaning"})
	case len(codes) > mostJoined:
		return nil, asked(c.Codes.Name, &terminology.Error{Code: outcome.TooCostly, URL: c.Codes.Code,
			Text: fmt.Sprintf("there are more than %d codes to look for", mostJoined)})
	}
	return c.Codes.Any(c.Codes.System, codes), nil
}

// asked says of an error of the terminology which parameter asked.
func asked(name string, err error) error {
	var fault *terminology.Error
	if !errors.As(err, &fault) {
		return err
	}
	said := fault.Outcome(http.StatusUnprocessableEntity)
	said.Issues[0].Text = "search parameter " + name + ": " + said.Issues[0].Text
	return said
}
