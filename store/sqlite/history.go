package sqlite

import (
	"context"
	"fmt"
	"math"

	"claimwright/store"
)

// Version implements store.Versions. It follows the versions back from the current one.
func (s *Store) Version(ctx context.Context, a store.Access, k store.Key, version int64) (*store.Record, error) {
	if err := s.isOpen(ctx); err != nil {
		return nil, err
	}
	if a.DeniesAll() {
		return nil, nil
	}
	var out *store.Record
	err := s.inSnapshot(ctx, func(sn *snapshot) error {
		chain, err := s.chainOf(sn, k)
		if err != nil {
			return err
		}
		for seq := chain.seq; seq != 0; {
			head, err := sn.header(seq)
			if err != nil || head.version < version {
				return err
			}
			if head.version == version {
				out, err = sn.versionFor(a, seq)
				return err
			}
			seq = head.before
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("version %d of %s: %w", version, k, err)
	}
	return out, nil
}

// chainOf finds the row of a resource; its seq is 0 where there is none.
func (s *Store) chainOf(sn *snapshot, k store.Key) (located, error) {
	rid, ordered := orderedRID(k.Type, k.ID)
	for range 2 {
		if ordered {
			sn.located.Int(1, rid)
			at, found, err := readLocated(sn.located)
			if err != nil || found && at.is(k) {
				return at, err
			}
			if !found {
				return located{}, nil
			}
		}
		var err error
		if rid, err = s.aliasOf(sn.reader, k); rid == 0 || err != nil {
			return located{}, err
		}
		ordered = true
	}
	return located{}, nil
}

// header is what a row of the log says about the versions before it.
type header struct{ version, before, updated int64 }

func (r *reader) header(seq int64) (header, error) {
	defer r.headers.Reset()
	r.headers.Int(1, seq)
	row, err := r.headers.Step()
	if err == nil && !row {
		err = fmt.Errorf("row %d of the log is missing", seq)
	}
	if err != nil {
		return header{}, err
	}
	return header{r.headers.IntAt(0), r.headers.IntAt(1), r.headers.IntAt(2)}, nil
}

// versionFor reads a version of the log; nil where the access does not allow it by the version's labels and by those of
// the current one.
func (r *reader) versionFor(a store.Access, seq int64) (*store.Record, error) {
	c, err := r.versionAt(seq)
	if err != nil {
		return nil, err
	}
	allowed, err := r.allows(a, c)
	if !allowed {
		return nil, err
	}
	return c.record, nil
}

func (r *reader) versionAt(seq int64) (*stored, error) {
	defer r.version.Reset()
	r.version.Int(1, seq)
	row, err := r.version.Step()
	if err == nil && !row {
		err = fmt.Errorf("row %d of the log is missing", seq)
	}
	if err != nil {
		return nil, err
	}
	return readVersion(r.version)
}

func (r *reader) allows(a store.Access, c *stored) (bool, error) {
	if a.All() || !a.Allows(c.labels) {
		return a.All(), nil
	}
	defer r.labels.Reset()
	r.labels.Int(1, c.rid)
	row, err := r.labels.Step()
	return row && a.Allows(decodeLabels(r.labels.BytesAt(0))), err
}

// History implements store.Versions. Versions of one moment come in an order of the store's own.
func (s *Store) History(ctx context.Context, a store.Access, h store.HistoryQuery) (store.Page, error) {
	if err := s.isOpen(ctx); err != nil {
		return store.Page{}, err
	}
	p := &historyPage{s: s, access: a, query: h, from: end, since: math.MinInt64, until: math.MaxInt64}
	if h.After != "" {
		if err := s.numbers(inHistory, h.After, &p.from.updated, &p.from.rid, &p.from.seq); err != nil {
			return store.Page{}, err
		}
	}
	if !h.Since.IsZero() {
		p.since = h.Since.UnixMilli()
	}
	if !h.Until.IsZero() {
		p.until = h.Until.UnixMilli()
	}
	if a.DeniesAll() || h.Limit < 1 {
		return store.Page{}, nil
	}
	fill := p.ofTypes
	if h.ID != "" {
		fill = p.ofResource
	}
	if err := s.inSnapshot(ctx, fill); err != nil {
		return store.Page{}, fmt.Errorf("history: %w", err)
	}
	return p.page, nil
}

// historyPage collects a page of versions.
type historyPage struct {
	s            *Store
	access       store.Access
	query        store.HistoryQuery
	from         place // versions before this one are left
	since, until int64
	page         store.Page
}

// ofResource follows the versions of one resource back.
func (p *historyPage) ofResource(sn *snapshot) error {
	k := store.Key{Type: p.query.Type, ID: p.query.ID}
	at, err := p.s.chainOf(sn, k)
	if err != nil {
		return err
	}
	for seq := at.seq; seq != 0; {
		head, err := sn.header(seq)
		if err != nil {
			return err
		}
		if seq < p.from.seq && head.updated >= p.since && head.updated < p.until {
			full, err := p.take(sn, place{head.updated, at.rid, seq})
			if full || err != nil {
				return err
			}
		}
		seq = head.before
	}
	return nil
}

// ofTypes walks the versions of a type, or of all, back in time.
func (p *historyPage) ofTypes(sn *snapshot) error {
	types := []string{p.query.Type}
	if p.query.Type == "" {
		var err error
		if types, err = sn.types(); err != nil {
			return err
		}
	}
	from := p.from
	if before := (place{updated: p.until, rid: math.MinInt64}); before.compare(from) < 0 {
		from = before
	}
	walks := make([]*moments, len(types))
	for i, t := range types {
		walks[i] = &moments{sn: sn, resourceType: t, back: true, from: from, batch: min(p.query.Limit+1, 100)}
	}
	for {
		at, found, err := latestOf(walks)
		if err != nil || !found || at.updated < p.since {
			return err
		}
		if full, err := p.take(sn, at); full || err != nil {
			return err
		}
	}
}

// latestOf takes the latest place of several walks back in time.
func latestOf(walks []*moments) (place, bool, error) {
	var latest *moments
	var at place
	for _, m := range walks {
		next, found, err := m.peek()
		if err != nil {
			return place{}, false, err
		}
		if found && (latest == nil || next.compare(at) > 0) {
			latest, at = m, next
		}
	}
	if latest == nil {
		return place{}, false, nil
	}
	latest.next()
	return at, true, nil
}

// take adds a version if it may be seen, and tells whether the page was full before.
func (p *historyPage) take(sn *snapshot, at place) (full bool, err error) {
	rec, err := sn.versionFor(p.access, at.seq)
	if rec == nil || err != nil {
		return false, err
	}
	if len(p.page.Records) == p.query.Limit {
		p.page.Next = p.s.position(inHistory, p.from.updated, p.from.rid, p.from.seq)
		return true, nil
	}
	p.page.Records = append(p.page.Records, rec)
	p.from = at
	return false, nil
}

// types lists the types of which there are versions.
func (r *reader) types() ([]string, error) {
	defer r.nextType.Reset()
	var out []string
	for last := ""; ; {
		r.nextType.Text(1, last)
		row, err := r.nextType.Step()
		if !row {
			return out, err
		}
		last = r.nextType.TextAt(0)
		out = append(out, last)
		r.nextType.Reset()
	}
}
