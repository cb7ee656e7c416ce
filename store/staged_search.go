package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"claimwright/fhir/search"
)

// ErrNotStaged: a search cannot be answered over pending writes, because it holds a condition that only a stored index
// can judge, or sorts by a parameter and no extractor was given. It is never answered from the stored half alone.
var ErrNotStaged = errors.New("search cannot see the pending writes")

const (
	// stagedMark starts every position of a merged search, so that a position made before the first write of the type
	// was staged is recognised and refused.
	stagedMark = "staged"
	// hiddenAtOnce bounds the ids in one query that counts hidden resources.
	hiddenAtOnce = 100
)

// Staged tells that a position is good for one Staged only, and of no use once its writes are committed or dropped.
func (p Position) Staged() bool { return strings.HasPrefix(string(p), stagedMark+":") }

// Search implements Reader: the stored matches that no pending write replaces, merged in order with the pending ones.
// Positions are good for this Staged only, and only until a further write of the type is staged; one that was made before
// the first such write gives ErrCursorLost.
func (s *Staged) Search(ctx context.Context, a Access, q *search.Query, after Position) (Page, error) {
	if !s.touches(q.Type) {
		return s.under.Search(ctx, a, q, after)
	}
	pending, err := s.matches(a, q)
	if err != nil || q.Count <= 0 || a.DeniesAll() {
		return Page{}, err
	}
	from, done, err := s.resume(ctx, a, q, after)
	if err != nil {
		return Page{}, err
	}
	m := merge{stored: from, pending: pending[min(done, len(pending)):], query: q, extractor: s.extractor}
	var page Page
	for len(page.Records) < q.Count {
		r, err := m.next(ctx)
		if err != nil {
			return Page{}, err
		}
		if r == nil {
			return page, nil
		}
		page.Records = append(page.Records, r)
	}
	more, err := m.more(ctx)
	if more {
		given := len(pending) - len(m.pending)
		page.Next = Position(fmt.Sprintf("%s:%d:%d:%s", stagedMark, given, m.stored.index, m.stored.start))
	}
	return page, err
}

// Count implements Reader.
func (s *Staged) Count(ctx context.Context, a Access, q *search.Query) (int64, error) {
	if !s.touches(q.Type) {
		return s.under.Count(ctx, a, q)
	}
	pending, err := s.matches(a, q)
	if err != nil {
		return 0, err
	}
	rewritten := s.rewritten(q.Type)
	stored := *q
	if q.CountTo > 0 { // so many of what is counted may be hidden
		stored.CountTo += int64(len(rewritten))
	}
	n, err := s.under.Count(ctx, a, &stored)
	if err != nil || q.CountTo > 0 && n > stored.CountTo {
		return n, err
	}
	for ids := range slices.Chunk(rewritten, hiddenAtOnce) {
		narrowed := *q
		narrowed.CountTo = 0
		narrowed.Where = append(slices.Clip(q.Where), search.Clause{AnyOf: ids})
		hidden, err := s.under.Count(ctx, a, &narrowed)
		if err != nil {
			return 0, err
		}
		n -= hidden
	}
	return n + int64(len(pending)), nil
}

// Behind implements Reader for types without pending writes; for the others there are no positions but those that Search
// gave.
func (s *Staged) Behind(q *search.Query, id string, updated time.Time) Position {
	return s.under.Behind(q, id, updated)
}

func (s *Staged) touches(resourceType string) bool {
	for i := range s.writes {
		if s.writes[i].Type == resourceType {
			return true
		}
	}
	return false
}

// rewritten are the ids of the type that have a stored version beneath the pending one.
func (s *Staged) rewritten(resourceType string) []search.Condition {
	var ids []search.Condition
	for i := range s.writes {
		if w := &s.writes[i]; w.Type == resourceType && w.Version > 1 {
			ids = append(ids, search.Condition{Kind: search.HasID, Text: w.ID})
		}
	}
	return ids
}

// matches are the pending resources that the query finds, in its order.
func (s *Staged) matches(a Access, q *search.Query) ([]ranked, error) {
	if err := s.evaluable(q); err != nil {
		return nil, err
	}
	var found []ranked
	for i := range s.writes {
		w := &s.writes[i]
		if w.Type != q.Type || w.Deleted {
			continue
		}
		if !q.Match(search.Candidate{ID: w.ID, Updated: float64(w.Updated.UnixMilli()), Values: w.Values}) {
			continue
		}
		if r := w.record(a); r != nil { // made for matches only: a transaction may search its writes once for each of them
			found = append(found, ranked{record: r, values: w.Values})
		}
	}
	slices.SortFunc(found, func(x, y ranked) int { return x.compare(y, q.Sort) })
	return found, nil
}

func (s *Staged) evaluable(q *search.Query) error {
	for _, clause := range q.Where {
		for i := range clause.AnyOf {
			if kind := clause.AnyOf[i].Kind; kind < search.HasID || kind > search.HasFolded {
				return fmt.Errorf("search %s by %s: %w", q.Type, clause.AnyOf[i].Param, ErrNotStaged)
			}
		}
	}
	for _, key := range q.Sort {
		if s.extractor == nil && key.Param != "_id" && key.Param != "_lastUpdated" {
			return fmt.Errorf("sort %s by %s: %w", q.Type, key.Param, ErrNotStaged)
		}
	}
	return nil
}

// resume finds the place that a position speaks of.
func (s *Staged) resume(ctx context.Context, a Access, q *search.Query, after Position) (*storedMatches, int, error) {
	m := &storedMatches{staged: s, access: a, query: q}
	done := 0
	if after != "" {
		parts := strings.SplitN(string(after), ":", 4)
		if len(parts) != 4 || parts[0] != stagedMark {
			return nil, 0, fmt.Errorf("search %s: %w", q.Type, ErrCursorLost)
		}
		var err1, err2 error
		done, err1 = strconv.Atoi(parts[1])
		m.index, err2 = strconv.Atoi(parts[2])
		if err1 != nil || err2 != nil || done < 0 || m.index < 0 {
			return nil, 0, fmt.Errorf("search %s: %w", q.Type, ErrCursorLost)
		}
		m.start = Position(parts[3])
	}
	return m, done, m.fetch(ctx)
}

// storedMatches steps through the underlying matches that no pending write hides.
type storedMatches struct {
	staged *Staged
	access Access
	query  *search.Query
	start  Position // where page begins
	page   Page
	index  int // next record of page
}

func (m *storedMatches) fetch(ctx context.Context) (err error) {
	m.page, err = m.staged.under.Search(ctx, m.access, m.query, m.start)
	return err
}

func (m *storedMatches) peek(ctx context.Context) (*Record, error) {
	for {
		for m.index < len(m.page.Records) {
			r := m.page.Records[m.index]
			if _, hidden := m.staged.byKey[r.Key]; !hidden {
				return r, nil
			}
			m.index++
		}
		if m.page.Next == "" {
			return nil, nil
		}
		// a position made with larger pages may point beyond this one
		m.start, m.index = m.page.Next, m.index-len(m.page.Records)
		if err := m.fetch(ctx); err != nil {
			return nil, err
		}
	}
}

// merge gives stored and pending matches in one order.
type merge struct {
	stored    *storedMatches
	pending   []ranked
	query     *search.Query
	extractor Extractor
}

func (m *merge) next(ctx context.Context) (*Record, error) {
	stored, err := m.stored.peek(ctx)
	if err != nil {
		return nil, err
	}
	if len(m.pending) > 0 {
		first, err := m.pendingFirst(stored)
		if err != nil {
			return nil, err
		}
		if first {
			r := m.pending[0].record
			m.pending = m.pending[1:]
			return r, nil
		}
	}
	if stored != nil {
		m.stored.index++
	}
	return stored, nil
}

func (m *merge) more(ctx context.Context) (bool, error) {
	if len(m.pending) > 0 {
		return true, nil
	}
	stored, err := m.stored.peek(ctx)
	return stored != nil, err
}

func (m *merge) pendingFirst(stored *Record) (bool, error) {
	if stored == nil {
		return true, nil
	}
	other := ranked{record: stored}
	if m.extractor != nil && sortsByValue(m.query.Sort) {
		values, _, err := m.extractor.Extract(stored.Key, stored.Body)
		if err != nil {
			return false, fmt.Errorf("read the sort values of %s: %w", stored.Key, err)
		}
		other.values = values
	}
	return m.pending[0].compare(other, m.query.Sort) < 0, nil
}
