package sqlite

import (
	"claimwright/store/sqlite/internal/native"
	"claimwright/store/sqlite/internal/posting"
)

// freeze begins to merge the overlay when it is full. If the one before is still being merged and the new one has grown
// twice too large, it is merged to its end first, so that memory stays bounded.
func (w *writer) freeze() {
	now := w.s.overlays.Load()
	limit := w.s.options.overlayBytes
	for w.merge != nil && now.active.bytes > 2*limit {
		<-w.merge.sorted
		if w.mergeAlone(len(w.merge.plan.terms)) != nil {
			return
		}
		now = w.s.overlays.Load()
	}
	if w.merge == nil && now.active.bytes > limit {
		w.swap()
	}
}

// swap freezes the overlay, whatever it holds, and starts a new one.
func (w *writer) swap() {
	w.s.visible.Lock()
	defer w.s.visible.Unlock()
	frozen := w.s.overlays.Load().active
	w.merge = startMerge(frozen, w.state.group, w.state.seq)
	w.s.overlays.Store(&overlays{active: newOverlay(w.state.group), frozen: frozen})
}

// idle goes on merging while nobody asks for anything.
func (w *writer) idle() {
	<-w.merge.sorted
	_ = w.mergeAlone(mergeIdle) // kept in failing; the next group tries again
}

// drain merges everything that was committed, for tasks that work on the tables alone.
func (w *writer) drain() error {
	for range 2 { // what is being merged, and what came after it
		for w.merge != nil {
			<-w.merge.sorted
			if err := w.mergeAlone(mergeIdle); err != nil {
				return err
			}
		}
		if w.s.overlays.Load().active.isEmpty() {
			return nil
		}
		w.swap()
	}
	return nil
}

// mergeAlone merges a slice in a transaction of its own.
func (w *writer) mergeAlone(entries int) error {
	return w.transaction(func() (func(), error) {
		done, err := w.mergeSome(entries)
		if err != nil {
			return nil, err
		}
		return func() {
			if done {
				w.s.visible.Lock()
				w.s.overlays.Store(&overlays{active: w.s.overlays.Load().active})
				w.s.visible.Unlock()
				w.merge = nil
			}
		}, w.saveState()
	})
}

// mergeSome merges about as many entries as told, and tells whether the merge is done with that.
func (w *writer) mergeSome(entries int) (bool, error) {
	if w.merge == nil || !w.merge.isSorted() {
		return false, nil
	}
	p, at := &w.merge.plan, &w.merge.at
	for left := max(entries, mergeLeast); left > 0; {
		var n int
		var err error
		switch {
		case at.terms < len(p.terms):
			n, err = w.mergeTerms(p.terms[at.terms:])
			at.terms += n
		case at.columns < len(p.columns):
			n, err = w.mergeColumns(p.columns[at.columns:])
			at.columns += n
		case at.spans < len(p.spans):
			n, err = 1, w.mergeSpan(&p.spans[at.spans])
			at.spans++
		case at.phrases < len(p.phrases):
			n, err = 1, w.mergePhrase(&p.phrases[at.phrases])
			at.phrases++
		case at.internals < len(p.internals):
			n, err = 1, w.mergeInternal(at.internals)
			at.internals++
		default:
			w.mergeDone()
			return true, nil
		}
		if err != nil {
			return false, err
		}
		left -= n
	}
	return false, nil
}

func (w *writer) mergeDone() {
	w.state.mergedGroup, w.state.mergedSeq = w.merge.group, w.merge.seq
	w.state.topOrdered = max(w.state.topOrdered, w.merge.plan.topOrdered)
	w.state.topIrregular = max(w.state.topIrregular, w.merge.plan.topIrregular)
	w.trim = true
}

// mergeTerms merges the operations of the first key and tells how many they were.
func (w *writer) mergeTerms(ops []termOp) (int, error) {
	key, n := ops[0].key, 0
	w.ops = w.ops[:0]
	for ; n < len(ops) && ops[n].key == key; n++ {
		w.ops = append(w.ops, blockOp{posting.Item{RID: ops[n].rid}, ops[n].removed})
	}
	return n, w.postings.merge(w, key, w.ops)
}

// mergeColumns does the same for columns.
func (w *writer) mergeColumns(ops []columnOp) (int, error) {
	key, n := ops[0].key, 0
	w.ops = w.ops[:0]
	for ; n < len(ops) && ops[n].key == key; n++ {
		w.ops = append(w.ops, blockOp{posting.Item{RID: ops[n].rid, Value: ops[n].value}, ops[n].removed})
	}
	return n, w.sortings.merge(w, key, w.ops)
}

func (w *writer) mergeSpan(op *spanOp) error {
	s := w.addSpan
	if op.removed {
		s = w.dropSpan
	}
	s.Int(1, int64(op.key))
	s.Int(2, int64(op.level))
	s.Float(3, op.lo)
	s.Float(4, op.hi)
	s.Int(5, op.rid)
	return w.countRow(s, op.removed)
}

func (w *writer) mergePhrase(op *phraseOp) error {
	s := w.addPhrase
	if op.removed {
		s = w.dropPhrase
	}
	s.Int(1, int64(op.key))
	s.Text(2, op.folded)
	s.Int(3, op.rid)
	return w.countRow(s, op.removed)
}

// countRow runs a statement that adds or removes one row of the index, or none where that was done before.
func (w *writer) countRow(s *native.Stmt, removed bool) error {
	if err := s.Run(); err != nil {
		return err
	}
	if removed {
		w.state.indexRows -= w.conn.Changes()
	} else {
		w.state.indexRows += w.conn.Changes()
	}
	return nil
}

func (w *writer) mergeInternal(i int) error {
	k := w.merge.plan.internals[i]
	in := w.merge.from.internals[k]
	s := w.putInternal
	if in.version == 0 {
		s = w.dropInternal
	}
	s.Text(1, string(k.Space))
	s.Text(2, k.ID)
	if in.version != 0 {
		s.Int(3, in.version)
		s.Blob(4, in.data)
	}
	return s.Run()
}
