package store

import (
	"context"
	"fmt"
)

// Staged lays pending writes over a Reader, so that a unit of work sees what it is about to commit: by key, internal
// records, and searches. Nothing reaches the store before the Commit that it hands out is committed.
//
// A pending write hides the stored version from every read. Access is honoured for pending writes by their own labels. A
// staged search costs what the underlying search costs, plus the pending writes of the type.
//
// The zero value is not usable; make one with NewStaged. A Staged belongs to one goroutine.
type Staged struct {
	under     Reader
	extractor Extractor

	writes     []Write
	byKey      map[Key]int
	internals  []InternalWrite
	byInternal map[InternalKey]int
	requires   []Precondition
}

// NewStaged lays an empty set of writes over a reader. The extractor is needed only to sort a search by a parameter
// where stored and pending resources must be merged; without one (nil) such a search gives ErrNotStaged.
func NewStaged(under Reader, e Extractor) *Staged {
	return &Staged{under: under, extractor: e, byKey: map[Key]int{}, byInternal: map[InternalKey]int{}}
}

// Put stages a resource's next version. Staging a key again replaces what was pending and must carry the pending version,
// because the store will see one write only; deleting what this Staged itself would have created takes the write back.
// An error is a fault of the caller.
func (s *Staged) Put(w Write) error {
	if err := w.validate(); err != nil {
		return err
	}
	i, pending := s.byKey[w.Key]
	if !pending {
		s.byKey[w.Key] = len(s.writes)
		s.writes = append(s.writes, w)
		return nil
	}
	if before := s.writes[i].Version; before != w.Version && before != 0 {
		return fmt.Errorf("stage %s: version %d over the pending version %d", w.Key, w.Version, before)
	}
	if w.Deleted && w.Version == 1 {
		w = Write{Key: w.Key} // version 0: taken back
	}
	s.writes[i] = w
	return nil
}

// PutInternal stages an internal record's next version. The version is the one read through this Staged plus one, also
// when what was read was pending itself: the store still sees one write, on top of the version that it has.
func (s *Staged) PutInternal(w InternalWrite) error {
	i, pending := s.byInternal[w.Key]
	if !pending {
		s.byInternal[w.Key] = len(s.internals)
		s.internals = append(s.internals, w)
		return nil
	}
	before := &s.internals[i]
	if w.Version != visible(before)+1 {
		return fmt.Errorf("stage %s/%s: version %d over the pending version %d", w.Key.Space, w.Key.ID, w.Version, visible(before))
	}
	switch {
	case before.Version == 0: // created and taken back before
		before.Version = 1
	case w.Delete && before.Version == 1 && !before.Delete:
		before.Version = 0
	}
	before.Data, before.Delete = w.Data, w.Delete
	return nil
}

// visible is the version that reads see of a pending internal write.
func visible(w *InternalWrite) int64 {
	if w.Delete {
		return 0
	}
	return w.Version
}

// Require states a version that the staged writes rely on without writing it.
func (s *Staged) Require(p Precondition) { s.requires = append(s.requires, p) }

// Pending is the staged write of a key; false where there is none or it was taken back.
func (s *Staged) Pending(k Key) (Write, bool) {
	if i, ok := s.byKey[k]; ok && s.writes[i].Version != 0 {
		return s.writes[i], true
	}
	return Write{}, false
}

// Empty tells that a commit would write nothing.
func (s *Staged) Empty() bool {
	for i := range s.writes {
		if s.writes[i].Version != 0 {
			return false
		}
	}
	for i := range s.internals {
		if s.internals[i].Version != 0 {
			return false
		}
	}
	return true
}

// Commit hands out everything staged as one commit. Writes appear in the order in which their keys were first staged.
func (s *Staged) Commit(id CommitID, extractorVersion int) Commit {
	c := Commit{ID: id, ExtractorVersion: extractorVersion}
	c.Resources = make([]Write, 0, len(s.writes))
	for i := range s.writes {
		if s.writes[i].Version == 0 {
			c.Requires = append(c.Requires, Precondition{Key: s.writes[i].Key})
			continue
		}
		c.Resources = append(c.Resources, s.writes[i])
	}
	c.Internals = make([]InternalWrite, 0, len(s.internals))
	for i := range s.internals {
		if s.internals[i].Version == 0 {
			c.Requires = append(c.Requires, Precondition{Internal: s.internals[i].Key})
			continue
		}
		c.Internals = append(c.Internals, s.internals[i])
	}
	c.Requires = append(c.Requires, s.unstatedRequires()...)
	return c
}

// unstatedRequires leaves out what a write states already by its own version, and what was stated twice.
func (s *Staged) unstatedRequires() []Precondition {
	var out []Precondition
	seen := make(map[Precondition]struct{}, len(s.requires))
	for _, p := range s.requires {
		if _, twice := seen[p]; twice || s.stated(p) {
			continue
		}
		seen[p] = struct{}{}
		out = append(out, p)
	}
	return out
}

// stated tells whether a pending write depends on what the precondition does: on the stored version, read before the write
// was staged, or on the pending one, read through it, which comes to be with the write or not at all.
func (s *Staged) stated(p Precondition) bool {
	if i, ok := s.byKey[p.Key]; ok && p.Key != (Key{}) {
		return p.Version == s.writes[i].Version-1 || p.Version == s.writes[i].Version
	}
	if i, ok := s.byInternal[p.Internal]; ok && p.Key == (Key{}) {
		return p.Version == s.internals[i].Version-1 || p.Version == visible(&s.internals[i])
	}
	return false
}

// Get implements Reader; a pending delete is a Deleted record.
func (s *Staged) Get(ctx context.Context, a Access, keys ...Key) ([]*Record, error) {
	if len(s.writes) == 0 {
		return s.under.Get(ctx, a, keys...)
	}
	out := make([]*Record, len(keys))
	var asked []Key
	var at []int
	for i, k := range keys {
		if j, pending := s.byKey[k]; pending {
			out[i] = s.writes[j].record(a)
			continue
		}
		asked, at = append(asked, k), append(at, i)
	}
	if len(asked) == 0 {
		return out, ctx.Err()
	}
	found, err := s.under.Get(ctx, a, asked...)
	if err != nil {
		return nil, err
	}
	for i, r := range found {
		out[at[i]] = r
	}
	return out, nil
}

// record is the pending write as a reader with this access sees it: nil when hidden or taken back.
func (w *Write) record(a Access) *Record {
	if w.Version == 0 || !a.Allows(w.Labels) {
		return nil
	}
	return &Record{Key: w.Key, Version: w.Version, Updated: w.Updated, Deleted: w.Deleted, Body: w.Body, Audit: w.Audit}
}

// Internals implements Reader.
func (s *Staged) Internals(ctx context.Context, a Access, keys ...InternalKey) ([]Internal, error) {
	if len(s.internals) == 0 {
		return s.under.Internals(ctx, a, keys...)
	}
	out := make([]Internal, len(keys))
	var asked []InternalKey
	var at []int
	for i, k := range keys {
		if !a.AllowsInternal(k.Space) {
			return nil, fmt.Errorf("read %s records: %w", k.Space, ErrDenied)
		}
		j, pending := s.byInternal[k]
		if !pending {
			asked, at = append(asked, k), append(at, i)
			continue
		}
		out[i] = Internal{Key: k, Version: visible(&s.internals[j])}
		if out[i].Version > 0 {
			out[i].Data = s.internals[j].Data
		}
	}
	if len(asked) == 0 {
		return out, ctx.Err()
	}
	found, err := s.under.Internals(ctx, a, asked...)
	if err != nil {
		return nil, err
	}
	for i, r := range found {
		out[at[i]] = r
	}
	return out, nil
}
