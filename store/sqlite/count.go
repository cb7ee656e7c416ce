package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Count implements store.Reader.
func (s *Store) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	if err := s.isOpen(ctx); err != nil {
		return 0, err
	}
	if q.Deferred() {
		return 0, store.ErrDeferred
	}
	if a.DeniesAll() {
		return 0, nil
	}
	counted := *q
	counted.CountOnly = true
	var n int64
	err := s.inSnapshot(ctx, func(sn *snapshot) (err error) {
		n, err = s.execution(ctx, sn, &counted, a).count()
		return err
	})
	if q.CountTo > 0 && errors.Is(err, store.ErrTooCostly) {
		return q.CountTo + 1, nil
	}
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", q.Type, err)
	}
	return n, nil
}

// effortPerCount is how many entries of the index are looked at for each match that a bounded count may have.
const effortPerCount = 4

// count counts the matches; with a bound to it, it gives up with store.ErrTooCostly where the lists of the index do not tell.
func (x *execution) count() (n int64, err error) {
	if x.query.CountTo > 0 {
		x.effort = newEffort(x.query.CountTo, &x.limits)
	}
	set, err := x.matches()
	if err != nil {
		return 0, err
	}
	if lone, ok := set.(*metered); ok {
		if list, ok := lone.rids.(*postingList); ok {
			if n, told, err := list.count(x.query.CountTo); told || err != nil {
				return n, err
			}
		}
	}
	err = each(set, math.MinInt64, func(int64) (bool, error) {
		n++
		return x.effort == nil || n <= x.query.CountTo, x.stillWanted(int(n))
	})
	return n, err
}

// effort is what a bounded count may still do.
type effort struct{ left int }

// newEffort narrows the limits to what a bounded count may do: whatever is no list must be short.
func newEffort(countTo int64, l *limits) *effort {
	most := int(min(countTo, many/effortPerCount))
	l.matches, l.rows = min(l.matches, most), min(l.rows, most)
	return &effort{left: most * effortPerCount}
}

var errEffort = fmt.Errorf("count by looking at too much: %w", store.ErrTooCostly)

// metered is a set that is walked as long as there is effort left.
type metered struct {
	rids
	effort *effort
}

func (m *metered) seek(rid int64) (int64, bool, error) {
	if m.effort.left--; m.effort.left < 0 {
		return 0, false, errEffort
	}
	return m.rids.seek(rid)
}

// count adds up what the blocks of the table say that they hold, without reading it. It tells the number of members where the
// table or the overlays have them all, or one beyond the bound, where so many are left whatever the overlays remove.
func (p *postingList) count(most int64) (n int64, told bool, err error) {
	blocks := newBlockWalk(p.walk.floor, p.walk.next, indexKey(p.walk.key))
	n = -int64(len(p.removed))
	for n <= most && !blocks.ended {
		if err := blocks.fill(); err != nil {
			return 0, false, err
		}
		for i := range blocks.ahead {
			n += blocks.ahead[i].count
		}
	}
	if n+int64(len(p.removed)) == 0 { // everything is in the overlays
		return int64(len(p.added.rest)), true, nil
	}
	return n, n > most || len(p.added.rest)+len(p.removed) == 0, nil
}
