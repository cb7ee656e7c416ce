package resources

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// state is a resource before a write: as stored, or as staged by this unit already.
type state struct {
	// version is 0 where there is none; next is the one to write, which is version itself while that is only staged.
	version, next int64
	updated       time.Time
	deleted       bool
	doc           *codec.Document // nil unless the resource exists
}

func (s state) exists() bool { return s.doc != nil }

func (s state) stored(key store.Key) *Stored {
	return &Stored{Key: key, Version: s.version, Updated: s.updated, Doc: s.doc, Deleted: s.deleted}
}

// Put stages the next version of a resource without asking its type's Behaviour: what behaviours and use cases end in. It
// sees to the version, id and meta, index values, labels, audit facts and the guards of identifiers. It reads the current
// version unless the id came from NewID, and the guards unless they were read before.
func (u *Unit) Put(ctx context.Context, key store.Key, doc *codec.Document, how Interaction) (*Stored, error) {
	before, err := u.state(ctx, key)
	if err != nil {
		return nil, err
	}
	if doc.Type() != key.Type {
		return nil, fmt.Errorf("put %s: the content is a %s", key, doc.Type())
	}
	if err := literal(doc); err != nil {
		return nil, err
	}
	if err := consistent(doc); err != nil {
		return nil, err
	}
	if err := u.moveGuards(ctx, key, before.doc, doc); err != nil {
		return nil, err
	}
	updated := u.after(before)
	versioned := doc.WithMeta(key.ID, before.next, updated)
	if err := u.bounded(versioned); err != nil {
		return nil, err
	}
	values, labels := u.extractor.index(key, versioned)
	err = u.staged.Put(store.Write{
		Key: key, Version: before.next, Updated: updated, Body: versioned.Bytes(),
		Values: values, Labels: labels, Audit: u.audit(how),
	})
	if err != nil {
		return nil, err
	}
	u.docs[key] = versioned
	return &Stored{Key: key, Version: before.next, Updated: updated, Doc: versioned, Created: !before.exists()}, nil
}

// Remove stages the delete of a resource without asking its type's Behaviour. Removing what is not there is no error and
// stages nothing.
func (u *Unit) Remove(ctx context.Context, key store.Key, how Interaction) (*Stored, error) {
	before, err := u.state(ctx, key)
	if err != nil {
		return nil, err
	}
	if !before.exists() {
		return &Stored{Key: key, Version: before.version, Updated: before.updated, Deleted: true, Unchanged: true}, nil
	}
	if err := u.moveGuards(ctx, key, before.doc, nil); err != nil {
		return nil, err
	}
	updated := u.after(before)
	// The labels of the last content stay, so that those who saw it, and only they, see that it was deleted.
	err = u.staged.Put(store.Write{
		Key: key, Version: before.next, Updated: updated, Deleted: true,
		Labels: labelsOf(key, before.doc), Audit: u.audit(how),
	})
	if err != nil {
		return nil, err
	}
	delete(u.docs, key)
	return &Stored{Key: key, Version: before.next, Updated: updated, Deleted: true}, nil
}

// state reads what there is, with the server's own access.
func (u *Unit) state(ctx context.Context, key store.Key) (state, error) {
	if w, pending := u.staged.Pending(key); pending {
		return state{version: w.Version, next: w.Version, updated: w.Updated, deleted: w.Deleted, doc: u.docs[key]}, nil
	}
	if _, fresh := u.run.drawn[key.ID]; fresh {
		return state{next: 1}, nil
	}
	if known, ok := u.states[key]; ok {
		return known, nil
	}
	found, err := u.staged.Get(ctx, store.System(), key)
	if err != nil {
		return state{}, fmt.Errorf("read %s: %w", key, err)
	}
	s, err := readState(key, found[0])
	if err == nil {
		u.states[key] = s
	}
	return s, err
}

func readState(key store.Key, r *store.Record) (state, error) {
	if r == nil {
		return state{next: 1}, nil
	}
	s := state{version: r.Version, next: r.Version + 1, updated: r.Updated, deleted: r.Deleted}
	if r.Deleted {
		return s, nil
	}
	doc, err := parseStored(key, r.Body)
	s.doc = doc
	return s, err
}

// after is the time of a new version. Clocks differ and step back; the times of one resource's versions do not.
func (u *Unit) after(before state) time.Time {
	if before.updated.After(u.run.now) {
		return before.updated
	}
	return u.run.now
}

func (u *Unit) audit(how Interaction) store.Audit {
	p := &u.run.principal
	return store.Audit{Principal: p.ID, Request: p.Request, Interaction: string(how)}
}

// bounded keeps single resources and whole units of work within what every backend takes.
func (u *Unit) bounded(doc *codec.Document) error {
	o := &u.run.service.options
	if size := len(doc.Bytes()); size > o.MaxBytes {
		err := outcome.New(http.StatusRequestEntityTooLarge, outcome.TooLong, doc.Type(), "the resource is too large to be stored")
		err.Issues[0].Found, err.Issues[0].Expected = fmt.Sprintf("%d bytes", size), fmt.Sprintf("at most %d", o.MaxBytes)
		return err
	}
	if len(u.docs) >= o.MaxWrites {
		return outcome.New(http.StatusRequestEntityTooLarge, outcome.TooCostly, "", "one request may write at most %d resources", o.MaxWrites)
	}
	return nil
}

// literal refuses conditional references that nobody resolved: they mean something in transactions only.
func literal(doc *codec.Document) error {
	conditions := bundle.Conditions(doc)
	if len(conditions) == 0 {
		return nil
	}
	issues := make([]outcome.Issue, len(conditions))
	for i, c := range conditions {
		issues[i] = outcome.Issue{
			Code: outcome.Value, Expression: c.At.Path(), Text: "a conditional reference can only be resolved in a transaction",
			Found: c.Type + "?…", Expected: "a reference such as " + c.Type + "/1",
		}
	}
	return outcome.Of(http.StatusBadRequest, issues)
}

// consistent refuses a Bundle that breaks R4's invariants of Bundles; of what type it is does not matter.
func consistent(doc *codec.Document) error {
	if doc.Type() != "Bundle" {
		return nil
	}
	if refused := outcome.Rejected(bundle.Check(doc)); refused != nil {
		return refused
	}
	return nil
}

// parseStored reads a stored body. It was checked when it was written; that it cannot be read now is a fault.
func parseStored(key store.Key, body []byte) (*codec.Document, error) {
	doc, issues := codec.Parse(body, codec.Limits{MaxBytes: len(body)})
	if len(issues) > 0 {
		return nil, fmt.Errorf("the stored %s cannot be read: %s: %s", key, issues[0].Expression, issues[0].Text)
	}
	return doc, nil
}
