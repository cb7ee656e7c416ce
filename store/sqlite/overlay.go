package sqlite

import (
	"sort"
	"sync"

	"claimwright/store"
)

// overlay holds what was committed but is not yet merged into the tables of the index and of internal records. The log
// of versions and the journal make it durable; after a crash it is built from them anew.
//
// Index entries are kept with their history, so that a reader sees them as they were at his snapshot. Internal records
// are kept as they are now.
type overlay struct {
	mu        sync.RWMutex
	marks     []mark // ascending by group; the first is the state before the overlay's own groups
	terms     chains[int64]
	ranges    chains[rangeRow]
	texts     chains[textRow]
	columns   chains[columnRow]
	internals map[store.InternalKey]internalState
	bytes     int
	// careful tells that parts may have been merged before a crash.
	careful bool
}

// rangeRow, textRow and columnRow are rows under a key.
type rangeRow struct {
	lo, hi float64
	rid    int64
}

type textRow struct {
	folded string
	rid    int64
}

type columnRow struct {
	value string
	rid   int64
}

// internalState is an internal record as it is now; version 0 when it was removed.
type internalState struct {
	version int64
	data    []byte
}

// extent is how long each list of an overlay was at some moment.
type extent struct{ terms, ranges, texts, columns int32 }

// mark is the extent after a group.
type mark struct {
	group int64
	extent
}

// newOverlay makes an empty overlay on top of the state after a group.
func newOverlay(group int64) *overlay {
	o := &overlay{marks: []mark{{group: group}}, internals: map[store.InternalKey]internalState{}}
	o.terms = newChains[int64](&o.mu)
	o.ranges = newChains[rangeRow](&o.mu)
	o.texts = newChains[textRow](&o.mu)
	o.columns = newChains[columnRow](&o.mu)
	return o
}

// extent is how long the lists are now; the caller holds the lock or is the writer.
func (o *overlay) extent() extent {
	return extent{o.terms.count, o.ranges.count, o.texts.count, o.columns.count}
}

// entries is the number of index entries.
func (o *overlay) entries() int {
	e := o.extent()
	return int(e.terms + e.ranges + e.texts + e.columns)
}

// isEmpty tells that there is nothing to merge.
func (o *overlay) isEmpty() bool { return o.entries() == 0 && len(o.internals) == 0 }

// apply adds what a group did, after it was committed.
func (o *overlay) apply(group int64, d *delta) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range d.terms {
		o.terms.add(t.key, t.removed, t.value)
	}
	for _, r := range d.ranges {
		o.ranges.add(r.key, r.removed, r.value)
	}
	for _, t := range d.texts {
		o.texts.add(t.key, t.removed, t.value)
	}
	for _, c := range d.columns {
		o.columns.add(c.key, c.removed, c.value)
	}
	for k, in := range d.internals {
		o.internals[k] = in
	}
	o.marks = append(o.marks, mark{group, o.extent()})
	o.bytes += d.bytes()
}

// at finds the extent after a group; false when the overlay does not know the group, or not yet.
func (o *overlay) at(group int64) (extent, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	last := len(o.marks) - 1
	if o.marks[last].group == group {
		return o.marks[last].extent, true
	}
	i := sort.Search(len(o.marks), func(i int) bool { return o.marks[i].group >= group })
	if i > last || o.marks[i].group != group {
		return extent{}, false
	}
	return o.marks[i].extent, true
}

// internal finds an internal record; false when the overlay does not know it.
func (o *overlay) internal(k store.InternalKey) (internalState, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	in, ok := o.internals[k]
	return in, ok
}

// overlays are the overlay that commits go to and the one that is being merged, if any. The value is immutable; the
// store swaps it whole.
type overlays struct {
	active *overlay
	frozen *overlay // nil when nothing is being merged
}

// view is what a reader sees of one overlay.
type view struct {
	*overlay
	extent
}

// bytes is what a state weighs in a cache.
func (i internalState) bytes() int { return len(i.data) + 200 }
