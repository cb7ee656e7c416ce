package sqlite

import (
	"context"
	"errors"
	"fmt"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// reindexBatch is how many resources are reindexed in one transaction.
const reindexBatch = 100

// Reindex implements store.Maintainer. It goes through the resources by number; those that are done carry the
// extractor's version, so that a later run passes over them. A resource that cannot be read keeps its old values and its
// old version; the others are done, and the error names the unreadable ones.
func (s *Store) Reindex(ctx context.Context, e store.Extractor, progress func(store.Progress)) error {
	if err := s.isOpen(ctx); err != nil {
		return err
	}
	run := &reindexing{s: s, extractor: e}
	if err := s.read(ctx, run.count); err != nil {
		return fmt.Errorf("reindex: %w", err)
	}
	for from := int64(-1); ; {
		var batch []*stale
		err := s.read(ctx, func(r *reader) (err error) {
			batch, err = run.next(r, from)
			return err
		})
		if err != nil {
			return fmt.Errorf("reindex: %w", err)
		}
		if len(batch) == 0 {
			return errors.Join(run.failed...)
		}
		from = batch[len(batch)-1].rid
		if err := run.do(ctx, batch); err != nil {
			return fmt.Errorf("reindex: %w", err)
		}
		progress(store.Progress{Stage: "reindex", Done: run.done, Total: run.total})
	}
}

// reindexing is one run.
type reindexing struct {
	s           *Store
	extractor   store.Extractor
	done, total int64
	failed      []error
}

// stale is a resource whose entries an older extractor made, and what the new one makes of it.
type stale struct {
	rid, seq int64
	key      store.Key
	body     []byte
	values   *search.Values
	labels   []string
}

func (x *reindexing) count(r *reader) error {
	return r.maintain("SELECT count(*) FROM resource WHERE extractor < ?1 AND deleted = 0", func(st *native.Stmt) error {
		st.Int(1, int64(x.extractor.Version()))
		return eachRow(st, func() error {
			x.total = st.IntAt(0)
			return nil
		})
	})
}

// next reads the next resources that are not reindexed.
func (x *reindexing) next(r *reader, from int64) (batch []*stale, err error) {
	const sql = `SELECT r.rid, r.seq, r.type, r.id, v.body FROM resource r JOIN version v ON v.seq = r.seq
		WHERE r.rid > ?1 AND r.extractor < ?2 AND r.deleted = 0 ORDER BY r.rid LIMIT ?3`
	err = r.maintain(sql, func(st *native.Stmt) error {
		st.Int(1, from)
		st.Int(2, int64(x.extractor.Version()))
		st.Int(3, reindexBatch)
		return eachRow(st, func() error {
			old := &stale{rid: st.IntAt(0), seq: st.IntAt(1), key: store.Key{Type: st.TextAt(2), ID: st.TextAt(3)}}
			var err error
			if old.body, err = unpackBody(st.BytesAt(4)); err != nil {
				return fmt.Errorf("%s: %w", old.key, err)
			}
			batch = append(batch, old)
			return nil
		})
	})
	return batch, err
}

// maintain runs a statement that only maintenance runs; it may look at every row.
func (r *reader) maintain(sql string, use func(*native.Stmt) error) error {
	st, err := r.conn.Prepare(sql)
	if err != nil {
		return err
	}
	defer st.Close()
	return use(st)
}

// do extracts a batch and has the writer replace its entries. What was extracted when the context ends is still written.
func (x *reindexing) do(ctx context.Context, batch []*stale) error {
	var ready []*stale
	for _, r := range batch {
		if ctx.Err() != nil {
			break
		}
		var err error
		if r.values, r.labels, err = x.extractor.Extract(r.key, r.body); err != nil {
			x.failed = append(x.failed, fmt.Errorf("reindex %s: %w", r.key, err))
			continue
		}
		ready = append(ready, r)
	}
	task := &request{task: func() error { return x.s.writer.reindex(ready, x.extractor.Version()) }}
	if err := x.s.hand(context.WithoutCancel(ctx), task); err != nil {
		return err
	}
	x.done += int64(len(ready))
	return ctx.Err()
}

// reindex replaces the entries of resources that nobody wrote meanwhile. It changes the tables directly, which is why
// everything that waits in the overlays is merged first.
func (w *writer) reindex(batch []*stale, extractor int) error {
	if err := w.drain(); err != nil {
		return err
	}
	d := newDelta()
	return w.transaction(func() (func(), error) {
		w.state.group++ // so that nobody takes what he read before for what is current
		var changed []int64
		for _, r := range batch {
			at, _, err := w.byRID(r.rid)
			if err != nil {
				return nil, err
			}
			if at.seq != r.seq {
				continue
			}
			if err := w.replaceEntries(d, r, extractor); err != nil {
				return nil, err
			}
			changed = append(changed, r.rid)
		}
		if err := w.mergeNow(d); err != nil {
			return nil, err
		}
		return func() { w.forget(changed) }, w.saveState()
	})
}

func (w *writer) replaceEntries(d *delta, r *stale, extractor int) error {
	before, err := readEntries(w.entries, r.seq)
	if err != nil {
		return err
	}
	after := w.s.keys.entriesOf(r.key, r.values, r.labels)
	w.s.keys.addID(after, r.key, r.rid)
	d.replace(r.rid, before, after)
	w.putEntries.Int(1, r.seq)
	w.putEntries.Blob(2, after.encode())
	w.putEntries.Blob(3, encodeLabels(r.labels))
	if err := w.putEntries.Run(); err != nil {
		return err
	}
	w.putExtractor.Int(1, r.rid)
	w.putExtractor.Int(2, int64(extractor))
	return w.putExtractor.Run()
}

// mergeNow merges a delta into the tables at once.
func (w *writer) mergeNow(d *delta) error {
	o := newOverlay(w.state.group)
	o.apply(w.state.group, d)
	o.careful = true
	was := w.merge
	w.merge = &merge{from: o, group: w.state.group, seq: w.state.seq, sorted: make(chan struct{}), plan: planOf(o)}
	close(w.merge.sorted)
	_, err := w.mergeSome(many)
	w.merge = was
	return err
}

// forget makes a group visible that changed no version, only what resources are found by and whom they are open to.
func (w *writer) forget(rids []int64) {
	s := w.s
	s.visible.Lock()
	defer s.visible.Unlock()
	s.overlays.Load().active.apply(w.state.group, newDelta())
	s.records.publish(w.state.group, func(_ func(int64, *stored), remove func(int64)) {
		for _, rid := range rids {
			remove(rid)
		}
	})
	s.internals.publish(w.state.group, func(func(store.InternalKey, internalState), func(store.InternalKey)) {})
	s.published.Store(w.state.group)
}
