package memory

import (
	"context"
	"strconv"

	"claimwright/store"
)

// Changes implements store.Store. A position is the number of versions before it; none is ever lost.
func (s *Store) Changes(ctx context.Context, a store.Access, from store.Position) (store.Feed, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	at := len(s.log)
	if from != "" {
		var err error
		if at, err = s.parseAt(from); err != nil {
			return nil, err
		}
	}
	return &feed{store: s, access: a, at: at}, nil
}

type feed struct {
	store  *Store
	access store.Access
	at     int
	closed bool
}

// Next implements store.Feed.
func (f *feed) Next(ctx context.Context) (store.Change, error) {
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

func (f *feed) poll(ctx context.Context) (store.Change, <-chan struct{}, error) {
	if f.closed {
		return store.Change{}, nil, store.ErrClosed
	}
	if err := f.store.writing(ctx); err != nil { // for writing: it may have to leave a channel to be woken by
		return store.Change{}, nil, err
	}
	defer f.store.mu.Unlock()
	for f.at < len(f.store.log) {
		v := &f.store.log[f.at]
		f.at++
		if v.seen(f.access) {
			return store.Change{Record: v.record, Position: store.Position(strconv.Itoa(f.at))}, nil, nil
		}
	}
	if f.store.wake == nil {
		f.store.wake = make(chan struct{})
	}
	return store.Change{}, f.store.wake, nil
}

// Close implements store.Feed.
func (f *feed) Close() error {
	f.closed = true
	return nil
}
