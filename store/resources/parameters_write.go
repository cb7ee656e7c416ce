package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
)

// parametersLock makes those take turns who change the search parameters.
const parametersLock = "search-parameters"

// searchParameters is the behaviour of SearchParameter: an active one that defines a parameter beside R4's own must be one
// that can be honoured, and changes how everything is indexed.
type searchParameters struct{}

// define reads what a version defines, nil for nothing.
func (searchParameters) define(doc *codec.Document) (*search.Definition, error) {
	if doc == nil {
		return nil, nil
	}
	d, issues := search.Define(doc)
	if len(issues) > 0 {
		return nil, outcome.Of(http.StatusUnprocessableEntity, issues)
	}
	return d, nil
}

// defined is what the old version defines and what the new one does; the error is that of the new one.
func (b searchParameters) defined(c Change) (before, after *search.Definition, err error) {
	if c.Old != nil {
		before, _ = b.define(c.Old.Doc) // one that was stored before anybody looked defines nothing
	}
	after, err = b.define(c.New)
	return before, after, err
}

// Locks implements Behaviour.
func (b searchParameters) Locks(_ context.Context, _ *Unit, c Change) ([]string, error) {
	before, after, err := b.defined(c)
	if err != nil || unchanged(before, after) {
		return nil, nil // Stage tells the error
	}
	return []string{parametersLock}, nil
}

// Stage implements Behaviour.
func (b searchParameters) Stage(ctx context.Context, u *Unit, c Change) (*Stored, error) {
	if c.Interaction == Meta {
		return Plain(ctx, u, c)
	}
	before, after, err := b.defined(c)
	if err != nil {
		return nil, err
	}
	stored, err := Plain(ctx, u, c)
	if err != nil || unchanged(before, after) {
		return stored, err
	}
	epoch, err := u.Internal(ctx, parametersEpoch)
	if err != nil {
		return nil, fmt.Errorf("read the epoch of the search parameters: %w", err)
	}
	if epoch.Version >= mostEpochs-1 {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "", "the search parameters were changed too often")
	}
	if after != nil {
		if err := b.fits(ctx, u, c.Key.ID, after); err != nil {
			return nil, err
		}
	}
	u.PutInternal(parametersEpoch, epoch.Version, []byte{parametersFormat})
	u.redefines = true
	return stored, nil
}

// unchanged tells that what is defined before a change is defined after it, and nothing else.
func unchanged(before, after *search.Definition) bool {
	if before == nil || after == nil {
		return before == after
	}
	return before.Same(after)
}

// fits refuses a definition that clashes with that of another resource, stored or staged.
func (searchParameters) fits(ctx context.Context, u *Unit, id string, d *search.Definition) error {
	docs, err := activeParameters(ctx, u)
	if errors.Is(err, errTooManyDefinitions) {
		return outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "SearchParameter.status",
			"there are too many active SearchParameters: at most %d", mostDefinitions)
	}
	if err != nil {
		return fmt.Errorf("read the search parameters: %w", err)
	}
	others, _ := definitionsOf(slices.DeleteFunc(docs, func(doc *codec.Document) bool { return doc.ID() == id }))
	_, clashes := search.NewCustom(append(others, d))
	for _, clash := range clashes {
		if clash.Definition == d {
			return outcome.Of(http.StatusUnprocessableEntity, []outcome.Issue{clash.Issue})
		}
	}
	return nil
}
