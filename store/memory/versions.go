package memory

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"claimwright/store"
)

// Version implements store.Versions.
func (s *Store) Version(ctx context.Context, a store.Access, k store.Key, n int64) (*store.Record, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	r := s.resources[k]
	if r == nil || n < 1 || n > int64(len(r.versions)) {
		return nil, nil
	}
	v := &r.versions[n-1]
	if !v.seen(a) {
		return nil, nil
	}
	return v.record, nil
}

// seen judges a version by its own labels and by those of the current version.
func (v *version) seen(a store.Access) bool { return a.Allows(v.labels) && a.Allows(v.owner.labels) }

// History implements store.Versions. A position is the place in the log of the last version given.
func (s *Store) History(ctx context.Context, a store.Access, h store.HistoryQuery) (store.Page, error) {
	if err := s.reading(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.mu.RUnlock()
	end := len(s.log)
	if h.After != "" {
		var err error
		if end, err = s.parseAt(h.After); err != nil {
			return store.Page{}, err
		}
	}
	versions := s.log[:end]
	if h.ID != "" {
		versions = s.versionsBefore(store.Key{Type: h.Type, ID: h.ID}, end)
	}
	var page store.Page
	last := 0
	for _, v := range slices.Backward(versions) {
		if !selects(&h, v.record) || !v.seen(a) {
			continue
		}
		if len(page.Records) == h.Limit {
			page.Next = store.Position(strconv.Itoa(last))
			break
		}
		page.Records = append(page.Records, v.record)
		last = v.at
	}
	return page, nil
}

// versionsBefore are the versions of one resource before a place in the log.
func (s *Store) versionsBefore(k store.Key, end int) []version {
	r := s.resources[k]
	if r == nil {
		return nil
	}
	n, _ := slices.BinarySearchFunc(r.versions, end, func(v version, end int) int { return v.at - end })
	return r.versions[:n]
}

func selects(h *store.HistoryQuery, r *store.Record) bool {
	return (h.Type == "" || h.Type == r.Type) &&
		(h.Since.IsZero() || !r.Updated.Before(h.Since)) &&
		(h.Until.IsZero() || r.Updated.Before(h.Until))
}

// parseAt reads a place in the log.
func (s *Store) parseAt(p store.Position) (int, error) {
	at, err := strconv.Atoi(string(p))
	if err != nil || at < 0 || at > len(s.log) {
		return 0, fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
	}
	return at, nil
}
