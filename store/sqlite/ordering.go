package sqlite

import (
	"fmt"
	"math"
	"slices"

	"claimwright/fhir/search"
	"claimwright/store"
)

// ordering compares matches by a query's sort keys, then by their ids.
type ordering struct {
	x       *execution
	sorts   []search.Sort
	columns []*column // of each sort key; nil for _id and _lastUpdated
	ids     *column   // of resources whose rids do not follow their ids; nil until one is met
	looked  int       // resources looked up for their moment
	fault   error
}

func (x *execution) ordering(sorts []search.Sort) *ordering {
	o := &ordering{x: x, sorts: sorts, columns: make([]*column, len(sorts))}
	for i, s := range sorts {
		if s.Param != "_id" && s.Param != "_lastUpdated" {
			o.columns[i] = x.sn.columnOf(x.s.keys.column(x.query.Type, s.Param))
		}
	}
	return o
}

// row finds what a match is sorted by. Matches must come in ascending order.
func (o *ordering) row(rid int64) (row, error) {
	r := row{rid: rid}
	if rid >= firstIrregular {
		if o.ids == nil {
			o.ids = o.x.sn.columnOf(o.x.s.keys.column(o.x.query.Type, idColumn))
		}
		var err error
		if r.id, err = o.ids.of(rid); err != nil {
			return r, err
		}
		o.complete(&r)
	}
	if len(o.sorts) == 0 {
		return r, nil
	}
	r.values = make([]sortValue, len(o.sorts))
	for i, s := range o.sorts {
		switch {
		case o.columns[i] != nil:
			value, err := o.columns[i].of(rid)
			if err != nil {
				return r, err
			}
			r.values[i] = decodeSortable(value, s.Desc)
		case s.Param == "_lastUpdated":
			updated, err := o.updated(rid)
			if err != nil {
				return r, err
			}
			r.values[i] = sortValue{num: float64(updated)}
		}
	}
	return r, nil
}

// updated reads the moment of a resource.
func (o *ordering) updated(rid int64) (int64, error) {
	if o.looked++; o.looked > o.x.limits.lookups {
		return 0, fmt.Errorf("sort more than %d matches by _lastUpdated: %w", o.x.limits.lookups, store.ErrTooCostly)
	}
	o.x.sn.located.Int(1, rid)
	at, _, err := readLocated(o.x.sn.located)
	return at.updated, err
}

// compare orders two rows.
func (o *ordering) compare(x, y *row) int {
	for i, s := range o.sorts {
		c := 0
		if s.Param == "_id" {
			if c = o.compareIDs(x, y); s.Desc {
				c = -c
			}
		} else {
			c = x.values[i].compare(y.values[i], s.Desc)
		}
		if c != 0 {
			return c
		}
	}
	return o.compareIDs(x, y)
}

// complete reads the id of a row of which only the beginning is known.
func (o *ordering) complete(r *row) {
	if r.id != "" || o.fault != nil {
		return
	}
	o.x.sn.located.Int(1, r.rid)
	at, _, err := readLocated(o.x.sn.located)
	if err != nil {
		o.fault = err
		return
	}
	r.id = at.id
}

// walk visits matches in ascending order until visit has seen enough.
type walk func(visit func(rid int64) (bool, error)) error

// best picks, in order, the first Count+1 of the matches that come after a row. It keeps twice as many at most.
func (x *execution) best(o *ordering, last *row, matches walk) ([]row, error) {
	keep, seen := x.query.Count+1, 0
	var rows []row
	var worst *row // once keep rows are known, those that come after it need not be kept
	trim := func() {
		slices.SortFunc(rows, func(a, b row) int { return o.compare(&a, &b) })
		if len(rows) >= keep {
			rows = rows[:keep]
			bound := rows[keep-1]
			worst = &bound
		}
	}
	err := matches(func(rid int64) (bool, error) {
		if seen++; seen > x.limits.matches {
			return false, fmt.Errorf("sort more than %d matches: %w", x.limits.matches, store.ErrTooCostly)
		}
		r, err := o.row(rid)
		if err != nil {
			return false, err
		}
		if (last == nil || o.compare(&r, last) > 0) && (worst == nil || o.compare(&r, worst) < 0) {
			if rows = append(rows, r); len(rows) >= 2*keep+64 {
				trim()
			}
		}
		return true, x.stillWanted(seen)
	})
	if err != nil {
		return nil, err
	}
	trim()
	return rows, o.fault
}

// someMatches are the first matches of a set.
type someMatches []int64

// some collects the matches from a rid on, as many as are sorted rather than walked, and tells whether that is all.
func (x *execution) some(set rids, from int64) (first someMatches, ended bool, err error) {
	err = each(set, from, func(rid int64) (bool, error) {
		first = append(first, rid)
		return len(first) <= x.limits.walkAbove, x.stillWanted(len(first))
	})
	return first, len(first) <= x.limits.walkAbove, err
}

// then walks the first matches and, unless that is all, the rest of their set.
func (m someMatches) then(set rids, ended bool) walk {
	return func(visit func(int64) (bool, error)) error {
		for _, rid := range m {
			if more, err := visit(rid); !more || err != nil {
				return err
			}
		}
		if ended {
			return nil
		}
		return each(set, m[len(m)-1]+1, visit)
	}
}

// sorted finds the page's matches in an order that is not that of the ids: by looking at all of them, or by walking the
// versions in the order of time.
func (x *execution) sorted(last *row) ([]row, error) {
	set, err := x.matches()
	if err != nil {
		return nil, err
	}
	first, ended, err := x.some(set, math.MinInt64)
	if err != nil {
		return nil, err
	}
	o := x.ordering(x.query.Sort)
	if !ended && x.query.Sort[0].Param == "_lastUpdated" {
		if rows, done, err := x.byMoment(o, last); done || err != nil {
			return rows, err
		}
	}
	return x.best(o, last, first.then(set, ended))
}

// byMoment walks the versions of the type in the order of time and checks the current ones, until the page is full. It
// is not done when that takes too long, as it does when the matches lie far from where the walk begins.
func (x *execution) byMoment(o *ordering, last *row) (rows []row, done bool, err error) {
	m := &moments{sn: x.sn, resourceType: x.query.Type, from: beginning, batch: x.query.Count + 1}
	if m.back = o.sorts[0].Desc; m.back {
		m.from = end
	}
	if last != nil {
		m.from = place{updated: int64(last.values[0].num), rid: m.from.rid, seq: m.from.seq}
	}
	var tied []row // matches of one moment, which the other sort keys and the id order
	flush := func() {
		slices.SortFunc(tied, func(a, b row) int { return o.compare(&a, &b) })
		for i := range tied {
			if last == nil || o.compare(&tied[i], last) > 0 {
				rows = append(rows, tied[i])
			}
		}
		tied = tied[:0]
	}
	for n := range x.limits.walk {
		at, ok, err := m.peek()
		if err != nil {
			return nil, false, err
		}
		if len(tied) > 0 && (!ok || tied[0].values[0].num != float64(at.updated)) {
			flush()
		}
		if !ok || len(rows) > x.query.Count {
			return rows, true, o.fault
		}
		m.next()
		c, err := x.sn.candidateAt(x.query.Type, at.rid)
		if err != nil {
			return nil, false, err
		}
		if c != nil && c.seq == at.seq && c.satisfiesAll(x.clauses) {
			tied = append(tied, o.rowOf(c))
		}
		if err := x.stillWanted(n); err != nil {
			return nil, false, err
		}
	}
	return nil, false, nil
}

// rowOf is what a candidate is sorted by.
func (o *ordering) rowOf(c *candidate) row {
	r := row{rid: c.rid, id: c.id, values: make([]sortValue, len(o.sorts))}
	for i, s := range o.sorts {
		switch s.Param {
		case "_id":
		case "_lastUpdated":
			r.values[i] = sortValue{num: float64(c.updated)}
		default:
			value, _ := c.entries.column(o.x.s.keys.column(o.x.query.Type, s.Param))
			r.values[i] = decodeSortable(value, s.Desc)
		}
	}
	return r
}
