package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Search implements store.Reader.
func (s *Store) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	if err := s.isOpen(ctx); err != nil {
		return store.Page{}, err
	}
	if q.Deferred() {
		return store.Page{}, store.ErrDeferred
	}
	last, err := s.lastRow(q, after)
	if err != nil {
		return store.Page{}, err
	}
	if a.DeniesAll() || q.Count < 1 {
		return store.Page{}, nil
	}
	var page store.Page
	err = s.inSnapshot(ctx, func(sn *snapshot) error {
		x := s.execution(ctx, sn, q, a)
		rows, err := x.rows(last)
		if err == nil {
			page, err = x.page(rows)
		}
		return err
	})
	if err != nil {
		return store.Page{}, fmt.Errorf("search %s: %w", q.Type, err)
	}
	return page, nil
}

// row is a match with what it is sorted by. The id of a resource whose rid follows it is known only in part.
type row struct {
	rid    int64
	id     string
	values []sortValue
}

// rows finds the page's matches and, if there is one, the match after them.
func (x *execution) rows(last *row) ([]row, error) {
	if len(x.query.Sort) == 0 || x.query.Sort[0] == (search.Sort{Param: "_id"}) {
		return x.inIDOrder(last)
	}
	return x.sorted(last)
}

// inIDOrder walks the matches in the order of their ids. Matches whose rids keep that order are walked as far as the page
// goes; the others are sorted, or walked by their ids where they are many, and both are laid together.
func (x *execution) inIDOrder(last *row) ([]row, error) {
	set, err := x.matches()
	if err != nil {
		return nil, err
	}
	order := x.ordering(nil)
	rows, err := x.inRIDOrder(set, order, last)
	if err != nil {
		return nil, err
	}
	others, err := x.irregular(set, order, last)
	if err != nil {
		return nil, err
	}
	if len(others) > 0 {
		rows = append(rows, others...)
		slices.SortFunc(rows, func(a, b row) int { return order.compare(&a, &b) })
	}
	return rows[:min(len(rows), x.query.Count+1)], order.fault
}

// inRIDOrder walks the matches whose rids keep the order of the ids.
func (x *execution) inRIDOrder(set rids, order *ordering, last *row) (rows []row, err error) {
	from, any := int64(0), true
	if last != nil {
		from, any = firstRIDFrom(x.query.Type, last.id)
	}
	if !any {
		return nil, nil
	}
	err = each(set, from, func(rid int64) (bool, error) {
		if rid >= firstIrregular {
			return false, nil
		}
		r := row{rid: rid}
		if last == nil || order.compare(&r, last) > 0 {
			rows = append(rows, r)
		}
		return len(rows) <= x.query.Count, x.stillWanted(len(rows))
	})
	return rows, err
}

// irregular picks the first of the matches whose rids do not keep the order of the ids.
func (x *execution) irregular(set rids, order *ordering, last *row) ([]row, error) {
	first, ended, err := x.some(set, firstIrregular)
	if err != nil {
		return nil, err
	}
	if !ended {
		if rows, done, err := x.byID(last); done || err != nil {
			return rows, err
		}
	}
	return x.best(order, last, first.then(set, ended))
}

// byID walks the ids that rids do not follow, in their order, and checks the resources, until the page is full. It is not
// done when that takes too long.
func (x *execution) byID(last *row) (rows []row, done bool, err error) {
	after := ""
	if last != nil {
		after = last.id
	}
	for n := 0; n < x.limits.walk; {
		batch, err := x.sn.irregularAfter(x.query.Type, after, x.query.Count+1)
		if err != nil {
			return nil, false, err
		}
		for _, r := range batch {
			c, err := x.sn.candidateAt(x.query.Type, r.rid)
			if err != nil {
				return nil, false, err
			}
			if c != nil && c.satisfiesAll(x.clauses) {
				rows = append(rows, r)
			}
			after = r.id
		}
		if len(batch) <= x.query.Count || len(rows) > x.query.Count {
			return rows, true, nil
		}
		n += len(batch)
		if err := x.ctx.Err(); err != nil {
			return nil, false, err
		}
	}
	return nil, false, nil
}

// irregularAfter lists resources of a type whose rids do not follow their ids, in the order of the ids.
func (r *reader) irregularAfter(resourceType, id string, limit int) (rows []row, err error) {
	r.byID.Text(1, resourceType)
	r.byID.Text(2, id)
	r.byID.Int(3, int64(limit))
	err = eachRow(r.byID, func() error {
		rows = append(rows, row{rid: r.byID.IntAt(0), id: r.byID.TextAt(1)})
		return nil
	})
	return rows, err
}

// page reads the records of rows; one row more than the page holds is only a sign that there is a next page.
func (x *execution) page(rows []row) (store.Page, error) {
	var page store.Page
	more := len(rows) > x.query.Count
	for i := range rows[:min(len(rows), x.query.Count)] {
		c, ok := x.s.records.get(rows[i].rid)
		if !ok || c.seq > x.sn.seq { // what is cached may be newer than what was searched
			var err error
			if c, err = x.sn.current(rows[i].rid); err != nil {
				return store.Page{}, err
			}
			if c == nil {
				return store.Page{}, fmt.Errorf("resource %d of the index is missing", rows[i].rid)
			}
			x.s.records.fill(x.sn.group, c.rid, c)
		}
		page.Records = append(page.Records, c.record)
		rows[i].id = c.record.ID
	}
	if more {
		page.Next = x.s.rowPosition(&rows[x.query.Count-1])
	}
	return page, nil
}

// rowPosition writes the sort values and the id of a page's last row.
func (s *Store) rowPosition(r *row) store.Position {
	b := []byte{inSearch}
	b = appendText(b, s.settings.instance)
	b = binary.AppendUvarint(b, uint64(len(r.values)))
	for _, v := range r.values {
		if v.missing {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.num))
		b = appendText(b, v.text)
	}
	return encodePosition(append(b, r.id...))
}

// lastRow reads a position back; nil for the first page.
func (s *Store) lastRow(q *search.Query, p store.Position) (*row, error) {
	if p == "" {
		return nil, nil
	}
	r, err := s.openPosition(inSearch, p)
	if err != nil {
		return nil, err
	}
	values := make([]sortValue, r.length(1))
	for i := range values {
		if values[i].missing = r.byte() == 0; !values[i].missing {
			values[i].num = math.Float64frombits(r.fixed())
			values[i].text = r.text()
		}
	}
	last := &row{id: string(r.rest), values: values}
	expected := len(q.Sort)
	if expected > 0 && q.Sort[0] == (search.Sort{Param: "_id"}) {
		expected = 0
	}
	if r.damaged || last.id == "" || len(values) != expected {
		return nil, fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
	}
	last.rid = firstIrregular
	if rid, ordered := orderedRID(q.Type, last.id); ordered {
		last.rid = rid
	}
	return last, nil
}

// known is what of a row's id is known without reading it, and whether that is all of it.
func (r *row) known() (string, bool) {
	if r.id != "" {
		return r.id, true
	}
	return knownID(r.rid), false
}

// compareIDs orders two rows by their ids, reading an id only where its beginning does not decide.
func (o *ordering) compareIDs(x, y *row) int {
	if x.rid != y.rid && x.rid < firstIrregular && y.rid < firstIrregular {
		if x.rid < y.rid {
			return -1
		}
		return 1
	}
	a, allOfA := x.known()
	b, allOfB := y.known()
	if allOfA && allOfB {
		return strings.Compare(a, b)
	}
	n := min(len(a), len(b))
	if c := strings.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	o.complete(x)
	o.complete(y)
	return strings.Compare(x.id, y.id)
}
