package memory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Search implements store.Reader. A position says after which id and which sort values to go on.
func (s *Store) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	if q.Deferred() {
		return store.Page{}, store.ErrDeferred
	}
	var last row
	if after != "" {
		var err error
		if last, err = parsePosition(q, after); err != nil {
			return store.Page{}, err
		}
	}
	if err := s.reading(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.mu.RUnlock()
	sh := s.types[q.Type]
	if sh == nil || q.Count <= 0 {
		return store.Page{}, nil
	}
	candidates, narrowed := sh.candidates(q)
	if !narrowed && len(q.Sort) == 0 {
		return sh.walk(a, q, last.id), nil
	}
	rows := sh.sorted(a, q, candidates, narrowed)
	if after != "" {
		at, _ := slices.BinarySearchFunc(rows, last, func(r, last row) int {
			if r.compare(q.Sort, last) <= 0 {
				return -1
			}
			return 1
		})
		rows = rows[at:]
	}
	return pageOf(rows, q.Count), nil
}

// walk answers a query in the order of ids without looking beyond the page.
func (sh *shelf) walk(a store.Access, q *search.Query, after string) store.Page {
	var page store.Page
	for _, id := range sh.ids.after(after) {
		r := sh.resources[id]
		if !r.matches(a, q) {
			continue
		}
		if len(page.Records) == q.Count {
			page.Next = row{id: page.Records[q.Count-1].ID}.position()
			break
		}
		page.Records = append(page.Records, r.current())
	}
	return page
}

func pageOf(rows []row, count int) store.Page {
	var page store.Page
	for i := range rows {
		if i == count {
			page.Next = rows[i-1].position()
			break
		}
		page.Records = append(page.Records, rows[i].record)
	}
	return page
}

// Count implements store.Reader.
func (s *Store) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	if q.Deferred() {
		return 0, store.ErrDeferred
	}
	if err := s.reading(ctx); err != nil {
		return 0, err
	}
	defer s.mu.RUnlock()
	sh := s.types[q.Type]
	if sh == nil {
		return 0, nil
	}
	n, looked := int64(0), int64(0)
	sh.each(q, func(r *resource) bool {
		if looked++; q.CountTo > 0 && looked > q.CountTo {
			n = q.CountTo + 1
			return false
		}
		if r.matches(a, q) {
			n++
		}
		return true
	})
	return n, nil
}

// each visits every resource that may match, in no order, until visit has seen enough.
func (sh *shelf) each(q *search.Query, visit func(*resource) bool) {
	if candidates, narrowed := sh.candidates(q); narrowed {
		for r := range candidates {
			if !visit(r) {
				return
			}
		}
		return
	}
	for _, r := range sh.resources {
		if !visit(r) {
			return
		}
	}
}

func (r *resource) matches(a store.Access, q *search.Query) bool {
	rec := r.current()
	return !rec.Deleted && a.Allows(r.labels) &&
		q.Match(search.Candidate{ID: rec.ID, Updated: float64(rec.Updated.UnixMilli()), Values: r.values})
}

// row is a match with the values that it is sorted by.
type row struct {
	id     string
	record *store.Record
	keys   []search.SortValue
}

func (sh *shelf) sorted(a store.Access, q *search.Query, candidates map[*resource]struct{}, narrowed bool) []row {
	var rows []row
	add := func(r *resource) {
		if !r.matches(a, q) {
			return
		}
		found := row{id: r.current().ID, record: r.current()}
		for _, s := range q.Sort {
			found.keys = append(found.keys, r.sortKey(s))
		}
		rows = append(rows, found)
	}
	if narrowed {
		for r := range candidates {
			add(r)
		}
	} else {
		for _, r := range sh.resources {
			add(r)
		}
	}
	slices.SortFunc(rows, func(x, y row) int { return x.compare(q.Sort, y) })
	return rows
}

func (r *resource) sortKey(s search.Sort) search.SortValue {
	rec := r.current()
	switch s.Param {
	case "_id":
		return search.SortValue{Text: rec.ID}
	case "_lastUpdated":
		return search.SortValue{Num: float64(rec.Updated.UnixMilli())}
	}
	if r.values == nil {
		return search.SortValue{Missing: true}
	}
	for i := range r.values.Sorts {
		v := &r.values.Sorts[i]
		switch {
		case v.Param != s.Param:
		case v.IsNum && s.Desc:
			return search.SortValue{Num: v.NumMax}
		case v.IsNum:
			return search.SortValue{Num: v.NumMin}
		case s.Desc:
			return search.SortValue{Text: v.TextMax}
		default:
			return search.SortValue{Text: v.TextMin}
		}
	}
	return search.SortValue{Missing: true}
}

func (r row) compare(sorts []search.Sort, other row) int {
	for i, s := range sorts {
		if c := r.keys[i].Compare(other.keys[i], s.Desc); c != 0 {
			return c
		}
	}
	return strings.Compare(r.id, other.id)
}

// position writes a row as its id followed by its sort values, one a line, texts quoted.
func (r row) position() store.Position {
	parts := []string{strconv.Quote(r.id)}
	for _, k := range r.keys {
		if k.Missing {
			parts = append(parts, "-")
			continue
		}
		parts = append(parts, strconv.FormatFloat(k.Num, 'x', -1, 64)+":"+strconv.Quote(k.Text))
	}
	return store.Position(strings.Join(parts, "\n"))
}

func parsePosition(q *search.Query, p store.Position) (row, error) {
	lost := fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
	parts := strings.Split(string(p), "\n")
	id, err := strconv.Unquote(parts[0])
	if err != nil || len(parts) != 1+len(q.Sort) {
		return row{}, lost
	}
	r := row{id: id}
	for _, part := range parts[1:] {
		if part == "-" {
			r.keys = append(r.keys, search.SortValue{Missing: true})
			continue
		}
		num, text, _ := strings.Cut(part, ":")
		k := search.SortValue{}
		var numErr, textErr error
		k.Num, numErr = strconv.ParseFloat(num, 64)
		k.Text, textErr = strconv.Unquote(text)
		if numErr != nil || textErr != nil {
			return row{}, lost
		}
		r.keys = append(r.keys, k)
	}
	return r, nil
}
