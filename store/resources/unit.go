package resources

import (
	"context"
	"errors"
	"slices"
	"time"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
)

// Unit is one attempt at a unit of work: a store.Reader that sees what was staged so far, and the only way to stage
// resources. What it reads by key it reads once. A Unit belongs to one goroutine and ends with the work it was made for.
type Unit struct {
	run    *run
	staged *store.Staged
	// docs are the staged documents by key, so that a second change of one need not parse it.
	docs map[store.Key]*codec.Document
	// states are the stored resources that were looked at with a change in mind, so that they are parsed once.
	states map[store.Key]state
	held   []string
	drawn  int
	// extractor makes the index values of everything that is staged.
	extractor Extractor
	// redefines tells that what is staged changes the search parameters.
	redefines bool
	// fault is a misuse that a method without error result met; it fails the commit.
	fault error
}

var _ store.Reader = (*Unit)(nil)

func (r *run) newUnit(held []string) *Unit {
	s := r.service
	e := s.extractorNow()
	return &Unit{
		run:       r,
		staged:    store.NewStaged(newSnapshot(s.store), e),
		docs:      map[store.Key]*codec.Document{},
		states:    map[store.Key]state{},
		held:      held,
		extractor: e,
	}
}

// Principal is who asks.
func (u *Unit) Principal() Principal { return u.run.principal }

// Now is the time of this unit of work, in UTC and milliseconds, the same in all attempts. It was taken when the first
// locks were held.
func (u *Unit) Now() time.Time { return u.run.now }

// NewID draws an id; each attempt gets the same ids in the same sequence. A resource put under such an id is known to be
// new, so that nothing is read for it.
func (u *Unit) NewID() string {
	id := u.run.id(u.drawn)
	u.drawn++
	return id
}

// Holds tells whether this unit of work holds a lock.
func (u *Unit) Holds(lock string) bool {
	_, held := slices.BinarySearch(u.held, lock)
	return held
}

// Require returns NeedLocks for those of the locks that are not held, nil when all are.
func (u *Unit) Require(locks ...string) error {
	var missing []string
	for _, name := range locks {
		if !u.Holds(name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return NeedLocks(missing...)
}

// Get implements store.Reader over what is stored and staged. Read with store.System() or Everything, a record is read
// once per attempt.
func (u *Unit) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	return u.staged.Get(ctx, a, keys...)
}

// Internals implements store.Reader. Reading all internal records that will be needed in one call, guards included (see
// Guards), makes it the only round trip for them.
func (u *Unit) Internals(ctx context.Context, a store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	return u.staged.Internals(ctx, a, keys...)
}

// Search implements store.Reader; see store.Staged for what it cannot answer.
func (u *Unit) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	page, err := u.staged.Search(ctx, a, q, after)
	return page, storeFault(err)
}

// Count implements store.Reader.
func (u *Unit) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	n, err := u.staged.Count(ctx, a, q)
	return n, storeFault(err)
}

// Behind implements store.Reader.
func (u *Unit) Behind(q *search.Query, id string, updated time.Time) store.Position {
	return u.staged.Behind(q, id, updated)
}

// Internal reads one internal record with the server's own access; Version 0 means that there is none.
func (u *Unit) Internal(ctx context.Context, key store.InternalKey) (store.Internal, error) {
	found, err := u.staged.Internals(ctx, store.System(), key)
	if err != nil {
		return store.Internal{}, err
	}
	return found[0], nil
}

// PutInternal stages an internal record on top of the version that was read, 0 for a new one. Data is kept and must not
// change afterwards.
func (u *Unit) PutInternal(key store.InternalKey, read int64, data []byte) {
	u.note(u.staged.PutInternal(store.InternalWrite{Key: key, Version: read + 1, Data: data}))
}

// DeleteInternal stages the removal of an internal record whose version was read.
func (u *Unit) DeleteInternal(key store.InternalKey, read int64) {
	u.note(u.staged.PutInternal(store.InternalWrite{Key: key, Version: read + 1, Delete: true}))
}

// Rely makes the commit depend on a resource still having the version that was read; 0 means that there is still none.
// What is written anyhow need not be relied on.
func (u *Unit) Rely(key store.Key, version int64) {
	u.staged.Require(store.Precondition{Key: key, Version: version})
}

// RelyInternal makes the commit depend on an internal record that is not written.
func (u *Unit) RelyInternal(r store.Internal) {
	u.staged.Require(store.Precondition{Internal: r.Key, Version: r.Version})
}

// Reads gives the reads that a client can ask for, over what is stored and staged; versions and histories are those of
// the store.
func (u *Unit) Reads() *Reads { return u.readsOver(u) }

// readsOver are the same reads over another reader.
func (u *Unit) readsOver(reader store.Reader) *Reads {
	reads := u.run.service.Reads
	reads.reader = reader
	return &reads
}

func (u *Unit) note(err error) {
	if err != nil {
		u.fault = errors.Join(u.fault, err)
	}
}

func (u *Unit) commit(ctx context.Context) error {
	if u.fault != nil || u.staged.Empty() {
		return u.fault
	}
	s := u.run.service
	if err := s.stillIndexedBy(ctx, u.extractor); err != nil {
		return err
	}
	err := s.apply(ctx, u.staged.Commit(u.run.commit, u.extractor.Version()))
	if err == nil && u.redefines {
		s.reloadParameters(ctx)
	}
	return err
}
