package sqlite

import (
	"fmt"
	"maps"
	"slices"

	"claimwright/store"
)

// group is the set of commits that are written together. Members are added in order and see what the earlier ones wrote;
// a member whose versions do not hold is turned away before anything of it is written, so that it has nothing to undo.
type group struct {
	w     *writer
	state state // as it will be
	ids   map[store.CommitID]struct{}

	resources map[store.Key]*latest // looked up or written by a member
	rids      map[int64]struct{}    // given to new resources by members
	versions  []versionRow
	delta     *delta
	journal   []byte
	touched   map[int64]*latest // resources to write, by rid
}

// latest is the current version of a resource as the group's members see it.
type latest struct {
	located
	entries   *entries // nil until needed
	extractor int
	record    *stored // of the version that the group writes
}

// versionRow is a row for the log.
type versionRow struct {
	seq, rid, before int64
	write            *store.Write
	encoded          *encodedWrite
}

func newGroup(w *writer) *group {
	g := &group{
		w: w, state: w.state, ids: map[store.CommitID]struct{}{}, resources: map[store.Key]*latest{},
		rids: map[int64]struct{}{}, delta: w.delta.reset(), journal: w.journal[:0], touched: map[int64]*latest{},
	}
	g.state.group++
	return g
}

// add takes a commit in. It answers nil, also for a commit that was applied before, or store.ErrConflict. Any other error
// is a fault of the disk and fails the whole group.
func (g *group) add(c *work) error {
	if _, twice := g.ids[c.ID]; twice {
		return nil
	}
	// A commit that writes a resource cannot apply twice, because a resource's versions only grow. Internal records can be
	// removed and start anew.
	if len(c.Resources) == 0 {
		if known, err := wasApplied(g.w.applied, c.ID); known || err != nil {
			return err
		}
	}
	conflict, err := g.check(c)
	if err != nil {
		return err
	}
	if conflict != nil {
		if known, err := wasApplied(g.w.applied, c.ID); known || err != nil {
			return err
		}
		return conflict
	}
	for i := range c.Resources {
		if err := g.write(&c.Resources[i], &c.writes[i], c.ExtractorVersion); err != nil {
			return err
		}
	}
	for i := range c.internals {
		g.writeInternal(&c.internals[i])
	}
	g.ids[c.ID] = struct{}{}
	return nil
}

// check finds the first version that does not hold.
func (g *group) check(c *work) (conflict, fault error) {
	for i := range c.Resources {
		w := &c.Resources[i]
		have, err := g.resource(w.Key)
		if err != nil {
			return nil, err
		}
		if have.version != w.Version-1 {
			return fmt.Errorf("write %s version %d over %d: %w", w.Key, w.Version, have.version, store.ErrConflict), nil
		}
	}
	for i := range c.internals {
		w := &c.internals[i]
		have, err := g.internal(w.Key)
		if err != nil {
			return nil, err
		}
		if have.version != w.Version-1 {
			return fmt.Errorf("write %s %s version %d over %d: %w", w.Key.Space, w.Key.ID, w.Version, have.version, store.ErrConflict), nil
		}
	}
	for _, p := range c.Requires {
		have, err := g.required(p)
		if err != nil {
			return nil, err
		}
		if have != p.Version {
			return fmt.Errorf("requirement of version %d met %d: %w", p.Version, have, store.ErrConflict), nil
		}
	}
	return nil, nil
}

// required is the version that a precondition is about.
func (g *group) required(p store.Precondition) (int64, error) {
	if p.Internal != (store.InternalKey{}) {
		in, err := g.internal(p.Internal)
		return in.version, err
	}
	r, err := g.resource(p.Key)
	if err != nil {
		return 0, err
	}
	return r.version, nil
}

// resource is the current version of a resource; version 0 where there is none.
func (g *group) resource(k store.Key) (*latest, error) {
	if r, ok := g.resources[k]; ok {
		return r, nil
	}
	at, err := g.w.locate(k)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", k, err)
	}
	r := &latest{located: at}
	g.resources[k] = r
	return r, nil
}

// internal is the current state of an internal record.
func (g *group) internal(k store.InternalKey) (internalState, error) {
	if in, ok := g.delta.internals[k]; ok {
		return in, nil
	}
	in, err := g.w.internal(k)
	if err != nil {
		return in, fmt.Errorf("look up %s %s: %w", k.Space, k.ID, err)
	}
	return in, nil
}

// write takes one version in.
func (g *group) write(w *store.Write, enc *encodedWrite, extractor int) error {
	r := g.resources[w.Key]
	before, err := g.entriesOf(r)
	if err != nil {
		return err
	}
	if r.version == 0 {
		if err := g.admit(r, w.Key); err != nil {
			return err
		}
	}
	if enc.entries != nil && g.w.s.keys.addID(enc.entries, w.Key, r.rid) {
		enc.code = enc.entries.encode()
	}
	g.delta.replace(r.rid, before, enc.entries)
	g.countResource(r, w)
	g.state.seq++
	g.versions = append(g.versions, versionRow{seq: g.state.seq, rid: r.rid, before: r.seq, write: w, encoded: enc})
	r.version, r.seq, r.updated, r.deleted, r.entries, r.extractor = w.Version, g.state.seq, w.Updated.UnixMilli(), w.Deleted, enc.entries, extractor
	r.record = newStored(w, r.rid, r.seq)
	g.touched[r.rid] = r
	return nil
}

// entriesOf are the entries of the current version; nil where nothing is indexed.
func (g *group) entriesOf(r *latest) (*entries, error) {
	if r.version == 0 || r.deleted || r.entries != nil {
		return r.entries, nil
	}
	return readEntries(g.w.entries, r.seq)
}

// admit gives a new resource its rid.
func (g *group) admit(r *latest, k store.Key) error {
	r.resourceType, r.id = k.Type, k.ID
	if rid, ordered := orderedRID(k.Type, k.ID); ordered {
		free, err := g.isFree(rid)
		if err != nil {
			return err
		}
		if free {
			r.rid = rid
			g.rids[rid] = struct{}{}
			return nil
		}
	}
	r.rid = g.state.irregular
	g.state.irregular++
	return nil
}

// isFree tells whether no resource has an ordered rid yet.
func (g *group) isFree(rid int64) (bool, error) {
	if _, taken := g.rids[rid]; taken {
		return false, nil
	}
	if rid > g.w.maxOrdered {
		return true, nil
	}
	_, taken, err := g.w.byRID(rid)
	return !taken, err
}

func (g *group) countResource(r *latest, w *store.Write) {
	was := r.version > 0 && !r.deleted
	switch {
	case !was && !w.Deleted:
		g.state.resources++
	case was && w.Deleted:
		g.state.resources--
	}
}

func (g *group) writeInternal(w *store.InternalWrite) {
	in := internalState{version: w.Version, data: w.Data}
	switch {
	case w.Delete:
		in = internalState{}
		if w.Version > 1 {
			g.state.internals--
		}
	case w.Version == 1:
		g.state.internals++
	}
	g.delta.internals[w.Key] = in
	g.journal = appendJournal(g.journal, w.Key, in)
}

// isEmpty tells that no member wrote anything.
func (g *group) isEmpty() bool { return len(g.ids) == 0 }

// byRID lists the touched resources in the order of the table.
func (g *group) byRID() []int64 { return slices.Sorted(maps.Keys(g.touched)) }

func newStored(w *store.Write, rid, seq int64) *stored {
	return &stored{
		record: &store.Record{
			Key: w.Key, Version: w.Version, Updated: moment(w.Updated.UnixMilli()), Deleted: w.Deleted, Body: w.Body,
			Audit: w.Audit,
		},
		labels: slices.Clone(w.Labels), rid: rid, seq: seq,
	}
}
