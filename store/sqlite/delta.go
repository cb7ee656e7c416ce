package sqlite

import "claimwright/store"

// delta is what commits do to the index and to internal records, collected for a group.
type delta struct {
	terms     []link[int64]
	ranges    []link[rangeRow]
	texts     []link[textRow]
	columns   []link[columnRow]
	internals map[store.InternalKey]internalState
}

func newDelta() *delta { return &delta{internals: map[store.InternalKey]internalState{}} }

// reset empties a delta and keeps its room.
func (d *delta) reset() *delta {
	clear(d.internals)
	*d = delta{d.terms[:0], d.ranges[:0], d.texts[:0], d.columns[:0], d.internals}
	return d
}

// replace adds what changes when a resource's entries become others. Either may be nil: nothing was, or is, indexed.
func (d *delta) replace(rid int64, before, after *entries) {
	if before == nil {
		before = &entries{}
	}
	if after == nil {
		after = &entries{}
	}
	difference(before.terms, after.terms, compareKeys, func(k indexKey) {
		d.terms = append(d.terms, link[int64]{key: k, removed: true, value: rid})
	}, func(k indexKey) {
		d.terms = append(d.terms, link[int64]{key: k, value: rid})
	})
	difference(before.ranges, after.ranges, rangeEntry.compare, func(r rangeEntry) {
		d.ranges = append(d.ranges, link[rangeRow]{key: r.key, removed: true, value: rangeRow{r.lo, r.hi, rid}})
	}, func(r rangeEntry) {
		d.ranges = append(d.ranges, link[rangeRow]{key: r.key, value: rangeRow{r.lo, r.hi, rid}})
	})
	difference(before.texts, after.texts, textEntry.compare, func(t textEntry) {
		d.texts = append(d.texts, link[textRow]{key: t.key, removed: true, value: textRow{t.folded, rid}})
	}, func(t textEntry) {
		d.texts = append(d.texts, link[textRow]{key: t.key, value: textRow{t.folded, rid}})
	})
	// A column has one value per resource and the newest link decides, so that what goes comes before what comes.
	var come []link[columnRow]
	difference(before.columns, after.columns, columnEntry.compare, func(c columnEntry) {
		d.columns = append(d.columns, link[columnRow]{key: c.key, removed: true, value: columnRow{c.value, rid}})
	}, func(c columnEntry) {
		come = append(come, link[columnRow]{key: c.key, value: columnRow{c.value, rid}})
	})
	d.columns = append(d.columns, come...)
}

func compareKeys(x, y indexKey) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// bytes estimates the memory that a delta takes in an overlay.
func (d *delta) bytes() int {
	const perTerm, perRow, perInternal = 48, 72, 160
	n := perTerm*len(d.terms) + perRow*(len(d.ranges)+len(d.texts)+len(d.columns)) + perInternal*len(d.internals)
	for i := range d.texts {
		n += len(d.texts[i].value.folded)
	}
	for i := range d.columns {
		n += len(d.columns[i].value.value)
	}
	for _, in := range d.internals {
		n += len(in.data)
	}
	return n
}
