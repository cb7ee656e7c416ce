package sqlite

import (
	"errors"
	"time"

	"claimwright/store"
)

// Commits are remembered for appliedFor; contract and clients need an hour.
const appliedFor = 2 * time.Hour

func isConflict(err error) bool { return errors.Is(err, store.ErrConflict) }

// write writes a group's rows. It answers what makes the group visible once it is committed.
func (w *writer) write(g *group) (func(), error) {
	for i := range g.versions {
		if err := w.writeVersion(&g.versions[i]); err != nil {
			return nil, err
		}
	}
	for _, rid := range g.byRID() {
		if err := w.writeResource(g.touched[rid]); err != nil {
			return nil, err
		}
	}
	now := time.Now().UnixMilli()
	for id := range g.ids {
		bindCommitID(w.addApplied, 1, id)
		w.addApplied.Int(2, now)
		if err := w.addApplied.Run(); err != nil {
			return nil, err
		}
	}
	if len(g.journal) > 0 {
		w.journal = g.journal
		w.addJournal.Int(1, g.state.group)
		w.addJournal.Int(2, g.state.seq)
		w.addJournal.Blob(3, g.journal)
		if err := w.addJournal.Run(); err != nil {
			return nil, err
		}
	}
	w.state = g.state
	if err := w.tidy(now, len(g.ids)); err != nil {
		return nil, err
	}
	done, err := w.mergeSome(mergePace(len(g.delta.terms) + len(g.delta.ranges) + len(g.delta.texts) + len(g.delta.columns)))
	if err != nil {
		return nil, err
	}
	return func() { w.publish(g, done) }, w.saveState()
}

func (w *writer) writeVersion(v *versionRow) error {
	s, wr := w.addVersion, v.write
	s.Int(1, v.seq)
	s.Int(2, v.rid)
	s.Text(3, wr.Type)
	s.Int(4, wr.Version)
	s.Int(5, wr.Updated.UnixMilli())
	s.Bool(6, wr.Deleted)
	s.Int(7, v.before)
	s.Text(8, wr.Audit.Principal)
	s.Text(9, wr.Audit.Request)
	s.Text(10, wr.Audit.Interaction)
	s.Blob(11, v.encoded.labels)
	s.Blob(12, v.encoded.code)
	if wr.Deleted {
		s.Null(13)
	} else {
		s.Blob(13, v.encoded.body)
	}
	return s.Run()
}

func (w *writer) writeResource(r *latest) error {
	s := w.putResource
	s.Int(1, r.rid)
	s.Text(2, r.resourceType)
	s.Text(3, r.id)
	s.Int(4, r.version)
	s.Int(5, r.seq)
	s.Int(6, r.updated)
	s.Bool(7, r.deleted)
	s.Int(8, int64(r.extractor))
	if r.rid < firstIrregular {
		w.maxOrdered = max(w.maxOrdered, r.rid)
	}
	return s.Run()
}

// tidy forgets old commits and merged groups, a few with each group.
func (w *writer) tidy(now int64, commits int) error {
	if now >= w.sweepAt {
		w.sweepApplied.Int(1, int64(4*commits))
		w.sweepApplied.Int(2, now-appliedFor.Milliseconds())
		if err := w.sweepApplied.Run(); err != nil {
			return err
		}
		if w.conn.Changes() == 0 {
			w.sweepAt = now + time.Minute.Milliseconds()
		}
	}
	if w.trim {
		w.trimJournal.Int(1, w.state.mergedGroup)
		if err := w.trimJournal.Run(); err != nil {
			return err
		}
		w.trim = w.conn.Changes() > 0
	}
	return nil
}

// saveState rewrites the row of the state.
func (w *writer) saveState() error {
	st := w.state
	for i, v := range [...]int64{
		st.group, st.seq, st.irregular, st.resources, st.internals, st.indexRows,
		st.mergedGroup, st.mergedSeq, st.topOrdered, st.topIrregular,
	} {
		w.putState.Int(i+1, v)
	}
	return w.putState.Run()
}

// publish makes a committed group visible: to searches through the overlay, to reads by key through the caches. merged
// tells that with this group the frozen overlay is in the tables whole.
func (w *writer) publish(g *group, merged bool) {
	s := w.s
	s.visible.Lock()
	now := s.overlays.Load()
	now.active.apply(g.state.group, g.delta)
	if merged {
		s.overlays.Store(&overlays{active: now.active})
		w.merge = nil
	}
	s.records.publish(g.state.group, func(put func(int64, *stored), _ func(int64)) {
		for rid, r := range g.touched {
			put(rid, r.record)
		}
	})
	s.internals.publish(g.state.group, func(put func(store.InternalKey, internalState), remove func(store.InternalKey)) {
		for k, in := range g.delta.internals {
			if in.version > 1 { // what is written again is read again: heads, not entries
				put(k, in)
			} else {
				remove(k)
			}
		}
	})
	s.published.Store(g.state.group)
	s.visible.Unlock()
	s.checks.wrote(g)
	s.wake.ring()
}
