package storetest

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"claimwright/store"
)

// Version implements store.Versions.
func (m *Memory) Version(ctx context.Context, a store.Access, k store.Key, version int64) (*store.Record, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	r := m.resources[k]
	if r == nil || version < 1 || version > int64(len(r.versions)) {
		return nil, nil
	}
	v := r.versions[version-1]
	if !m.allows(a, v) {
		return nil, nil
	}
	return v.record, nil
}

// allows judges a version by its own labels and by those of the current version.
func (m *Memory) allows(a store.Access, v modelVersion) bool {
	return a.Allows(v.labels) && a.Allows(m.resources[v.record.Key].labels)
}

// History implements store.Versions. Its positions count from the oldest version, so that new ones do not move them.
func (m *Memory) History(ctx context.Context, a store.Access, h store.HistoryQuery) (store.Page, error) {
	if err := m.lock(ctx); err != nil {
		return store.Page{}, err
	}
	defer m.mu.Unlock()
	end := len(m.log)
	if h.After != "" {
		var err error
		if end, err = strconv.Atoi(string(h.After)); err != nil || end < 0 || end > len(m.log) {
			return store.Page{}, fmt.Errorf("position %q: %w", h.After, store.ErrCursorLost)
		}
	}
	var page store.Page
	last := 0
	for i, v := range slices.Backward(m.log[:end]) {
		if !selects(h, v.record) || !m.allows(a, v) {
			continue
		}
		if len(page.Records) == h.Limit {
			page.Next = store.Position(strconv.Itoa(last))
			break
		}
		page.Records = append(page.Records, v.record)
		last = i
	}
	return page, nil
}

func selects(h store.HistoryQuery, r *store.Record) bool {
	return (h.Type == "" || h.Type == r.Type) &&
		(h.ID == "" || h.ID == r.ID) &&
		(h.Since.IsZero() || !r.Updated.Before(h.Since)) &&
		(h.Until.IsZero() || r.Updated.Before(h.Until))
}

// Changes implements store.Store. A position is the number of versions delivered before it.
func (m *Memory) Changes(ctx context.Context, a store.Access, from store.Position) (store.Feed, error) {
	if err := m.lock(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	at := len(m.log)
	if from != "" {
		var err error
		if at, err = strconv.Atoi(string(from)); err != nil || at < 0 || at > len(m.log) {
			return nil, fmt.Errorf("position %q: %w", from, store.ErrCursorLost)
		}
	}
	return &modelFeed{m: m, access: a, at: at}, nil
}

type modelFeed struct {
	m      *Memory
	access store.Access
	at     int
	closed bool
}

// Next implements store.Feed.
func (f *modelFeed) Next(ctx context.Context) (store.Change, error) {
	for {
		change, wake, err := f.poll(ctx)
		if err != nil || change.Record != nil {
			return change, err
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return store.Change{}, ctx.Err()
		}
	}
}

func (f *modelFeed) poll(ctx context.Context) (store.Change, <-chan struct{}, error) {
	if f.closed {
		return store.Change{}, nil, store.ErrClosed
	}
	if err := f.m.lock(ctx); err != nil {
		return store.Change{}, nil, err
	}
	defer f.m.mu.Unlock()
	for f.at < len(f.m.log) {
		v := f.m.log[f.at]
		f.at++
		if f.m.allows(f.access, v) {
			return store.Change{Record: v.record, Position: store.Position(strconv.Itoa(f.at))}, nil, nil
		}
	}
	return store.Change{}, f.m.wake, nil
}

// Close implements store.Feed.
func (f *modelFeed) Close() error {
	f.closed = true
	return nil
}
