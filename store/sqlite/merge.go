package sqlite

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/store"
)

// Merging takes a frozen overlay into the tables, sorted, a slice with each group: half as many entries again as the group
// adds, so that it is done before the next overlay is full, and yet no commit waits long for it. Sorted slices touch each page of the
// tables once for many rows, where rows written as they come would touch a page each; that is what the overlay is for.
//
// Merging anew what is merged already changes nothing, so that a crash in between does no harm.
const (
	mergeLeast = 500
	mergeIdle  = 1000
)

// mergePace is how many entries are merged with a group that adds a number of them.
func mergePace(added int) int { return added + added/2 }

// merge is a frozen overlay on its way into the tables.
type merge struct {
	from       *overlay
	group, seq int64 // what will be merged when this is done
	sorted     chan struct{}
	plan       mergePlan
	at         progress
}

// progress counts what is merged of each list of the plan.
type progress struct{ terms, columns, spans, phrases, internals int }

// mergePlan are an overlay's lists in the order of the tables, with only the last thing that was done to each row.
type mergePlan struct {
	terms                    []termOp
	columns                  []columnOp
	spans                    []spanOp
	phrases                  []phraseOp
	internals                []store.InternalKey
	topOrdered, topIrregular int64
}

type termOp struct {
	key     indexKey
	rid     int64
	turn    int32
	removed bool
}

type columnOp struct {
	key     indexKey
	turn    int32
	removed bool
	columnRow
}

type spanOp struct {
	key     indexKey
	level   int
	turn    int32
	removed bool
	rangeRow
}

type phraseOp struct {
	key     indexKey
	turn    int32
	removed bool
	textRow
}

// startMerge begins to sort a frozen overlay, which nobody changes any more, beside the writer.
func startMerge(from *overlay, group, seq int64) *merge {
	m := &merge{from: from, group: group, seq: seq, sorted: make(chan struct{})}
	go func() {
		defer close(m.sorted)
		m.plan = planOf(from)
	}()
	return m
}

func planOf(o *overlay) mergePlan {
	p := mergePlan{topOrdered: -1, topIrregular: -1}
	p.terms = lastOf(&o.terms, func(turn int32, l *link[int64]) termOp {
		if l.value < firstIrregular {
			p.topOrdered = max(p.topOrdered, l.value)
		} else {
			p.topIrregular = max(p.topIrregular, l.value)
		}
		return termOp{l.key, l.value, turn, l.removed}
	}, func(x, y termOp) int { return cmp.Or(compareSigned(x.key, y.key), cmp.Compare(x.rid, y.rid)) },
		func(x, y termOp) int { return cmp.Compare(x.turn, y.turn) })
	p.columns = lastOf(&o.columns, func(turn int32, l *link[columnRow]) columnOp {
		return columnOp{l.key, turn, l.removed, l.value}
	}, func(x, y columnOp) int { return cmp.Or(compareSigned(x.key, y.key), cmp.Compare(x.rid, y.rid)) },
		func(x, y columnOp) int { return cmp.Compare(x.turn, y.turn) })
	p.spans = lastOf(&o.ranges, func(turn int32, l *link[rangeRow]) spanOp {
		return spanOp{l.key, spanLevel(l.value.lo, l.value.hi), turn, l.removed, l.value}
	}, spanOp.compare, func(x, y spanOp) int { return cmp.Compare(x.turn, y.turn) })
	p.phrases = lastOf(&o.texts, func(turn int32, l *link[textRow]) phraseOp {
		return phraseOp{l.key, turn, l.removed, l.value}
	}, phraseOp.compare, func(x, y phraseOp) int { return cmp.Compare(x.turn, y.turn) })
	for k := range o.internals {
		p.internals = append(p.internals, k)
	}
	slices.SortFunc(p.internals, func(x, y store.InternalKey) int {
		return cmp.Or(cmp.Compare(x.Space, y.Space), strings.Compare(x.ID, y.ID))
	})
	return p
}

func (x spanOp) compare(y spanOp) int {
	return cmp.Or(compareSigned(x.key, y.key), cmp.Compare(x.level, y.level), cmp.Compare(x.lo, y.lo),
		cmp.Compare(x.hi, y.hi), cmp.Compare(x.rid, y.rid))
}

func (x phraseOp) compare(y phraseOp) int {
	return cmp.Or(compareSigned(x.key, y.key), strings.Compare(x.folded, y.folded), cmp.Compare(x.rid, y.rid))
}

// compareSigned orders keys as the tables do, where they are signed.
func compareSigned(x, y indexKey) int { return cmp.Compare(int64(x), int64(y)) }

// lastOf turns links into operations sorted by row, the last one of each row alone.
func lastOf[L, O any](c *chains[L], op func(turn int32, l *link[L]) O, row, turn func(x, y O) int) []O {
	out := make([]O, 0, c.count)
	for i, l := range c.first(c.count) {
		out = append(out, op(i, l))
	}
	slices.SortFunc(out, func(x, y O) int { return cmp.Or(row(x, y), -turn(x, y)) })
	return slices.CompactFunc(out, func(x, y O) bool { return row(x, y) == 0 })
}

// progress is how far a merge is; nothing when there is none.
func (m *merge) progress() progress {
	if m == nil {
		return progress{}
	}
	return m.at
}

// resume goes back to where the last transaction that succeeded had come.
func (m *merge) resume(at progress) {
	if m != nil {
		m.at = at
	}
}

// isSorted tells whether the plan is ready.
func (m *merge) isSorted() bool {
	select {
	case <-m.sorted:
		return true
	default:
		return false
	}
}
