package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"claimwright/fhir/bundle"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// Return is what the client wants back of each write (Prefer: return=…).
type Return string

// The preferences; none given is minimal.
const (
	Minimal          Return = ""
	Representation   Return = "representation"
	OperationOutcome Return = "OperationOutcome"
)

// BundleOptions refine a batch or transaction.
type BundleOptions struct {
	Return Return
	// Base is the server's base URL without a trailing slash, for the fullUrl of what is returned; empty leaves fullUrls
	// out.
	Base string
	// Fetch answers the GET and HEAD entries, over what the transaction staged before them; nil serves read and vread and
	// refuses searches and histories.
	Fetch func(ctx context.Context, p Principal, r *Reads, e *bundle.Entry) (*bundle.Answer, error)
	// Operate performs the entries that are operations, whatever their method. In a transaction it stages into the unit of work; in a batch the
	// unit is nil and it commits by itself. nil refuses operations. References within e.Resource are rewritten.
	Operate func(ctx context.Context, p Principal, u *Unit, e *bundle.Entry) (*bundle.Answer, error)
}

// Process does what a batch or transaction Bundle asks for and writes the response Bundle.
func (s *Service) Process(ctx context.Context, p Principal, plan *bundle.Plan, o BundleOptions) ([]byte, error) {
	if plan.Kind == bundle.Transaction {
		return s.Transaction(ctx, p, plan, o)
	}
	return s.Batch(ctx, p, plan, o)
}

// Batch processes each entry by itself, in the order of transactions, and never fails for what is wrong with an entry:
// that is in the entry's response. It returns an error only when the request has ended.
func (s *Service) Batch(ctx context.Context, p Principal, plan *bundle.Plan, o BundleOptions) ([]byte, error) {
	answers := make([]bundle.Answer, len(plan.Entries))
	room := answerRoom{left: s.options.MaxAnswer}
	for _, i := range plan.Order() {
		e := &plan.Entries[i]
		a, err := s.batchEntry(ctx, p, e, o, &room)
		if ended := ctx.Err(); ended != nil {
			return nil, explain(ended)
		}
		if err != nil {
			a = s.failed(ctx, e, err)
		}
		answers[i] = *a
	}
	return plan.Respond(answers), nil
}

func (s *Service) batchEntry(ctx context.Context, p Principal, e *bundle.Entry, o BundleOptions, room *answerRoom) (*bundle.Answer, error) {
	if e.Fault != nil {
		return nil, e.Fault
	}
	if err := supported(e, o); err != nil {
		return nil, err
	}
	var stored *Stored
	var err error
	switch {
	case e.Method == bundle.GET, e.Method == bundle.HEAD:
		return room.fetch(ctx, o, p, &s.Reads, nil, e)
	case e.Target.Operation != "":
		return o.Operate(ctx, p, nil, e)
	case e.Method == bundle.POST:
		stored, err = s.Create(ctx, p, e.Resource, CreateOptions{IfNoneExist: e.IfNoneExist})
	default:
		stored, err = s.batchChange(ctx, p, e)
	}
	if err != nil {
		return nil, err
	}
	return room.trim(o.answer(stored)), nil
}

// batchChange does a PUT, PATCH or DELETE, of the resource that the entry names or of the one that its query finds.
func (s *Service) batchChange(ctx context.Context, p Principal, e *bundle.Entry) (*Stored, error) {
	key := store.Key{Type: e.Target.Type, ID: e.Target.ID}
	update := UpdateOptions{IfMatch: e.IfMatch}
	switch {
	case e.Method == bundle.PUT && e.Conditional():
		return s.UpdateWhere(ctx, p, e.Target.Query, e.Resource, update)
	case e.Method == bundle.PUT:
		return s.Update(ctx, p, key, e.Resource, update)
	case e.Method == bundle.PATCH && e.Conditional():
		return s.PatchWhere(ctx, p, key.Type, e.Target.Query, e.Patch, update)
	case e.Method == bundle.PATCH:
		return s.Patch(ctx, p, key, e.Patch, update)
	case e.Conditional():
		return s.DeleteWhere(ctx, p, key.Type, e.Target.Query, DeleteOptions{IfMatch: e.IfMatch})
	}
	return s.Delete(ctx, p, key, DeleteOptions{IfMatch: e.IfMatch})
}

// failed is the answer to an entry of a batch that could not be processed. What no client should see is logged, since
// nobody else will hear of it.
func (s *Service) failed(ctx context.Context, e *bundle.Entry, err error) *bundle.Answer {
	var said *outcome.Error
	if !errors.As(err, &said) {
		s.options.Logger.ErrorContext(ctx, "an entry of a batch failed", "entry", e.Index, "error", err)
		said = outcome.New(http.StatusInternalServerError, outcome.Exception, "", "the entry could not be processed")
	}
	return &bundle.Answer{Status: said.StatusOr500(), Outcome: outcome.Render(e.Within(said.Issues))}
}

// supported refuses what an entry may ask for but is not done here.
func supported(e *bundle.Entry, o BundleOptions) error {
	if e.Target.Operation != "" && o.Operate == nil {
		return notSupported(e, "operations cannot be entries of this Bundle")
	}
	return nil
}

func notSupported(e *bundle.Entry, text string) error {
	err := outcome.New(http.StatusBadRequest, outcome.NotSupported, e.Path()+".request", "%s", text)
	err.Issues[0].Found = e.Name()
	return err
}

// fetch answers a GET or HEAD entry with all that a GET would get.
func (o BundleOptions) fetch(ctx context.Context, p Principal, r *Reads, e *bundle.Entry) (*bundle.Answer, error) {
	if o.Fetch != nil {
		return o.Fetch(ctx, p, r, e)
	}
	key := store.Key{Type: e.Target.Type, ID: e.Target.ID}
	var found *store.Record
	var err error
	switch {
	case key.ID == "" || e.Target.Member != "" || e.Target.History && e.Target.Version == 0:
		return nil, notSupported(e, "only reads can be entries of this Bundle")
	case e.Target.Version > 0:
		found, err = r.VRead(ctx, p, key, e.Target.Version)
	default:
		found, err = r.Read(ctx, p, key)
	}
	if err != nil {
		return nil, err
	}
	return &bundle.Answer{
		FullURL: o.fullURL(key), Status: http.StatusOK, Version: found.Version, LastModified: found.Updated, Resource: found.Body,
	}, nil
}

// answer is the response entry of a write.
func (o BundleOptions) answer(stored *Stored) *bundle.Answer {
	a := &bundle.Answer{Status: http.StatusOK, Version: stored.Version, LastModified: stored.Updated}
	switch {
	case stored.Deleted:
		a.Status = http.StatusNoContent
	case stored.Created:
		a.Status = http.StatusCreated
	}
	if !stored.Deleted {
		a.Location = fmt.Sprintf("%s/_history/%d", stored.Key, stored.Version)
	}
	switch o.Return {
	case Representation:
		if stored.Doc != nil {
			a.Resource, a.FullURL = stored.Doc.Bytes(), o.fullURL(stored.Key)
		}
	case OperationOutcome:
		a.Outcome = outcome.Render(nil)
	}
	return a
}

func (o BundleOptions) fullURL(key store.Key) string {
	if o.Base == "" {
		return ""
	}
	return strings.TrimSuffix(o.Base, "/") + "/" + key.String()
}
