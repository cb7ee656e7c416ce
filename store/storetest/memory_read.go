package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Get implements store.Reader.
func (m *Memory) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	out := make([]*store.Record, len(keys))
	for i, k := range keys {
		if r := m.resources[k]; r != nil && a.Allows(r.labels) {
			out[i] = r.current()
		}
	}
	return out, nil
}

// Internals implements store.Reader.
func (m *Memory) Internals(
	ctx context.Context, a store.Access, keys ...store.InternalKey,
) ([]store.Internal, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	out := make([]store.Internal, len(keys))
	for i, k := range keys {
		if !a.AllowsInternal(k.Space) {
			return nil, fmt.Errorf("read %s records: %w", k.Space, store.ErrDenied)
		}
		out[i] = m.internals[k]
		out[i].Key = k
	}
	return out, nil
}

// Search implements store.Reader. Its positions are offsets into the answer as it was on the first page's terms: "after
// this id with these sort values", looked up anew on each page.
func (m *Memory) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	if q.Deferred() {
		return store.Page{}, store.ErrDeferred
	}
	if err := m.lock(ctx); err != nil {
		return store.Page{}, err
	}
	defer m.mu.Unlock()
	rows := m.match(a, q)
	if after != "" {
		last, err := parseModelRow(q, after)
		if err != nil {
			return store.Page{}, err
		}
		rows = slices.DeleteFunc(rows, func(r modelRow) bool { return compareRows(q.Sort, r, last) <= 0 })
	}
	var page store.Page
	for i, r := range rows {
		if i == q.Count {
			page.Next = rows[i-1].position()
			break
		}
		page.Records = append(page.Records, r.record)
	}
	return page, nil
}

// Count implements store.Reader.
func (m *Memory) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	if q.Deferred() {
		return 0, store.ErrDeferred
	}
	if err := m.lock(ctx); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	return int64(len(m.match(a, q))), nil
}

// modelRow is a match with the values that it is sorted by.
type modelRow struct {
	record *store.Record
	sorts  []modelSort
}

// modelSort is one sort value; missing ones come last in either direction.
type modelSort struct {
	missing bool
	num     float64
	text    string
}

func (m *Memory) match(a store.Access, q *search.Query) []modelRow {
	var rows []modelRow
	for k, r := range m.resources {
		rec := r.current()
		if k.Type != q.Type || rec.Deleted || !a.Allows(r.labels) {
			continue
		}
		updated := float64(rec.Updated.UnixMilli())
		if !q.Match(search.Candidate{ID: k.ID, Updated: updated, Values: r.values}) {
			continue
		}
		row := modelRow{record: rec}
		for _, s := range q.Sort {
			row.sorts = append(row.sorts, sortValue(s, rec, r.values))
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(x, y modelRow) int { return compareRows(q.Sort, x, y) })
	return rows
}

func sortValue(s search.Sort, rec *store.Record, v *search.Values) modelSort {
	switch s.Param {
	case "_id":
		return modelSort{text: rec.ID}
	case "_lastUpdated":
		return modelSort{num: float64(rec.Updated.UnixMilli())}
	}
	if v != nil {
		for _, so := range v.Sorts {
			switch {
			case so.Param != s.Param:
			case so.IsNum && s.Desc:
				return modelSort{num: so.NumMax}
			case so.IsNum:
				return modelSort{num: so.NumMin}
			case s.Desc:
				return modelSort{text: so.TextMax}
			default:
				return modelSort{text: so.TextMin}
			}
		}
	}
	return modelSort{missing: true}
}

func compareRows(sorts []search.Sort, x, y modelRow) int {
	for i, s := range sorts {
		a, b := x.sorts[i], y.sorts[i]
		if a.missing != b.missing {
			if a.missing {
				return 1
			}
			return -1
		}
		c := cmp.Or(cmp.Compare(a.num, b.num), strings.Compare(a.text, b.text))
		if s.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return strings.Compare(x.record.ID, y.record.ID)
}

// position writes a row as "id" followed by its sort values, all quoted.
func (r modelRow) position() store.Position {
	parts := []string{strconv.Quote(r.record.ID)}
	for _, s := range r.sorts {
		parts = append(parts, fmt.Sprintf("%t:%x:%q", s.missing, s.num, s.text))
	}
	return store.Position(strings.Join(parts, "\n"))
}

func parseModelRow(q *search.Query, p store.Position) (modelRow, error) {
	parts := strings.Split(string(p), "\n")
	id, err := strconv.Unquote(parts[0])
	if err != nil || len(parts) != 1+len(q.Sort) {
		return modelRow{}, fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
	}
	row := modelRow{record: &store.Record{Key: store.Key{Type: q.Type, ID: id}}}
	for _, part := range parts[1:] {
		fields := strings.SplitN(part, ":", 3)
		if len(fields) != 3 {
			return modelRow{}, fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
		}
		num, numErr := strconv.ParseFloat(fields[1], 64)
		text, textErr := strconv.Unquote(fields[2])
		if numErr != nil || textErr != nil {
			return modelRow{}, fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
		}
		row.sorts = append(row.sorts, modelSort{missing: fields[0] == "true", num: num, text: text})
	}
	return row, nil
}
