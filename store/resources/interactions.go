package resources

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/subset"
	"claimwright/store"
)

// AnyVersion is the If-Match of "*": there must be a resource, whatever its version (RFC 9110 §13.1.1).
const AnyVersion = bundle.AnyVersion

// CreateOptions refine a create.
type CreateOptions struct {
	// IfNoneExist is the query of a conditional create (R4 http.html#ccreate), as the header carries it; empty for none.
	IfNoneExist string
	// ID is the id to give, drawn with NewID when it must be known before; empty draws one.
	ID string
}

// UpdateOptions refine an update.
type UpdateOptions struct {
	// IfMatch is the version that the client changed, or AnyVersion; 0 for none.
	IfMatch int64
	// MustExist refuses to create where the Service would.
	MustExist bool
	// Always writes a version even if the content is the stored content.
	Always bool
}

// Create stages a new resource through its type's Behaviour. The client's id and meta.versionId are replaced. With
// IfNoneExist, no match creates; one match is returned Unchanged; more are refused with 412.
func (u *Unit) Create(ctx context.Context, doc *codec.Document, o CreateOptions) (*Stored, error) {
	if o.IfNoneExist != "" {
		found, err := u.ifNoneExist(ctx, doc.Type(), o.IfNoneExist)
		if found != nil || err != nil {
			return found, err
		}
	}
	if o.ID == "" {
		o.ID = u.NewID()
	}
	return u.stage(ctx, Change{Interaction: Create, Key: store.Key{Type: doc.Type(), ID: o.ID}, New: doc})
}

// Update stages the next version of a resource through its type's Behaviour. Refused are content of another type or id
// (400), a stale IfMatch (412), an unknown id where creating is off (405) and what the principal may not see (404).
// Content that is the stored content is returned Unchanged.
func (u *Unit) Update(ctx context.Context, key store.Key, doc *codec.Document, o UpdateOptions) (*Stored, error) {
	c, same, err := u.updating(ctx, key, doc, o)
	if same != nil || err != nil {
		return same, err
	}
	return u.stage(ctx, c)
}

// updating is the change that an update asks for, or the version that has the content already.
func (u *Unit) updating(ctx context.Context, key store.Key, doc *codec.Document, o UpdateOptions) (Change, *Stored, error) {
	if err := addressed(key, doc); err != nil {
		return Change{}, nil, err
	}
	before, err := u.visible(ctx, key)
	if err != nil {
		return Change{}, nil, err
	}
	if err := matches(key, before, o.IfMatch); err != nil {
		return Change{}, nil, err
	}
	if before.exists() {
		old := before.stored(key)
		if !o.Always && sameContent(before.doc, doc) {
			old.Unchanged = true
			return Change{}, old, nil
		}
		if subset.Marked(doc) && !subset.Marked(before.doc) {
			return Change{}, nil, incomplete(key)
		}
		return Change{Interaction: Update, Key: key, Old: old, New: doc}, nil, nil
	}
	_, assigned := u.run.drawn[key.ID] // by the server: to a conditional update that found nothing
	if before.version == 0 && !assigned && (o.MustExist || u.run.service.options.NoUpdateCreate) {
		return Change{}, nil, outcome.New(http.StatusMethodNotAllowed, outcome.NotSupported, "", "%s is not known, and an update does not create it here", key)
	}
	return Change{Interaction: Create, Key: key, New: doc}, nil, nil
}

// incomplete refuses to replace a whole resource by what a read with _summary or _elements left of one: that is what the tag
// is for (R4 search §3.1.1.5.8).
func incomplete(key store.Key) error {
	err := outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, key.Type+".meta.tag",
		"the content is tagged as incomplete, as what _summary and _elements answer is, and would replace a whole resource")
	err.Issues[0].Found, err.Issues[0].Expected = subset.TagCode, "the whole resource without this tag, or a patch"
	return err
}

// UpdateWhere stages the next version of the one resource that a query finds, or creates it when it finds none (R4
// http.html#cond-update). The content may have no id. Several matches are refused with 412, a match with another id than
// the content's with 400, and an id that belongs to a resource which does not match with 409.
func (u *Unit) UpdateWhere(ctx context.Context, query string, doc *codec.Document, o UpdateOptions) (*Stored, error) {
	key, err := u.whichToUpdate(ctx, doc.Type(), query, doc.ID())
	if err != nil {
		return nil, err
	}
	if err := u.Require(resourceLock(key)); err != nil {
		return nil, err
	}
	return u.Update(ctx, key, withID(doc, key, u.Now()), o)
}

// withID gives content without an id the one of the resource that it is for. Version and time are replaced when it is
// stored.
func withID(doc *codec.Document, key store.Key, now time.Time) *codec.Document {
	if doc.ID() != "" {
		return doc
	}
	return doc.WithMeta(key.ID, 1, now)
}

// stage asks the type's behaviour, once all locks that it names are held.
func (u *Unit) stage(ctx context.Context, c Change) (*Stored, error) {
	locks, err := u.run.service.behaviour(c.Key.Type).Locks(ctx, u, c)
	if err != nil {
		return nil, err
	}
	if err := u.Require(locks...); err != nil {
		return nil, err
	}
	return u.stageLocked(ctx, c)
}

func (u *Unit) stageLocked(ctx context.Context, c Change) (*Stored, error) {
	if u.run.service.options.Invariants && c.New != nil && c.Interaction != Meta {
		if err := keepsInvariants(ctx, c.New); err != nil {
			return nil, err
		}
	}
	return u.run.service.behaviour(c.Key.Type).Stage(ctx, u, c)
}

// addressed checks that the content belongs to the URL (R4 http.html#update).
func addressed(key store.Key, doc *codec.Document) error {
	if doc.Type() != key.Type {
		return contentMismatch("resourceType", doc.Type(), key.Type, outcome.Structure)
	}
	if id := doc.ID(); id != key.ID {
		return contentMismatch(key.Type+".id", id, key.ID, outcome.Value)
	}
	return nil
}

func contentMismatch(element, found, expected, code string) error {
	if found == "" {
		found = "nothing"
	}
	err := outcome.New(http.StatusBadRequest, code, element, "the content does not belong to the address it was sent to")
	err.Issues[0].Found, err.Issues[0].Expected = found, expected
	return err
}

// matches judges If-Match; a resource that is not there has no version that could match.
func matches(key store.Key, before state, wanted int64) error {
	if wanted == 0 || before.exists() && (before.version == wanted || wanted == AnyVersion) {
		return nil
	}
	err := outcome.New(http.StatusPreconditionFailed, outcome.Conflict, "", "%s has another version than If-Match states", key)
	err.Issues[0].Expected = fmt.Sprintf("version %d", wanted)
	if wanted == AnyVersion {
		err.Issues[0].Expected = "any version"
	}
	err.Issues[0].Found = "no resource"
	if before.exists() {
		err.Issues[0].Found = fmt.Sprintf("version %d", before.version)
	}
	return err
}

// hidden says that a resource is there, but not for this principal, to whom it is reported as unknown.
type hidden struct{ key store.Key }

func (h hidden) Error() string { return h.key.String() + " is not visible to the principal" }

// Unwrap is what the client is told.
func (h hidden) Unwrap() error { return notFound(h.key) }

func isHidden(err error) bool {
	_, is := err.(hidden) //nolint:errorlint // visible returns it unwrapped, and only there does it have this meaning
	return is
}

// visible is the state of a resource that the principal may see; it fails with hidden when there is one that he may not.
func (u *Unit) visible(ctx context.Context, key store.Key) (state, error) {
	a := u.run.principal.Access
	if a.All() {
		return u.state(ctx, key)
	}
	seen, err := u.staged.Get(ctx, a, key)
	if err != nil {
		return state{}, fmt.Errorf("read %s: %w", key, err)
	}
	s, err := u.state(ctx, key)
	if err == nil && seen[0] == nil && s.version > 0 {
		return state{}, hidden{key}
	}
	return s, err
}
