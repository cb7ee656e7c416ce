package sqlite

import (
	"context"
	"fmt"

	"claimwright/store"
)

// changesBatch is how many versions a feed reads ahead.
const changesBatch = 64

// Changes implements store.Store. The log is the feed: changes come in the order in which they were written, each once,
// and a position is never lost while the file is the same.
func (s *Store) Changes(ctx context.Context, a store.Access, from store.Position) (store.Feed, error) {
	f := &feed{s: s, access: a}
	err := s.inSnapshot(ctx, func(sn *snapshot) error {
		f.seq = sn.seq
		if from == "" {
			return nil
		}
		if err := s.numbers(inLog, from, &f.seq); err != nil {
			return err
		}
		if f.seq < 0 || f.seq > sn.seq {
			return fmt.Errorf("position %q is ahead of the log: %w", from, store.ErrCursorLost)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// feed follows the log.
type feed struct {
	s      *Store
	access store.Access
	seq    int64 // the last version that was read
	ahead  []*stored
	closed bool
}

// Next implements store.Feed.
func (f *feed) Next(ctx context.Context) (store.Change, error) {
	for len(f.ahead) == 0 {
		if f.closed {
			return store.Change{}, store.ErrClosed
		}
		ring := f.s.wake.wait() // before reading, so that nothing written after it is missed
		if err := f.fill(ctx); err != nil {
			return store.Change{}, err
		}
		if len(f.ahead) > 0 {
			break
		}
		select {
		case <-ring:
		case <-f.s.done:
			return store.Change{}, store.ErrClosed
		case <-ctx.Done():
			return store.Change{}, ctx.Err()
		}
	}
	next := f.ahead[0]
	f.ahead = f.ahead[1:]
	return store.Change{Record: next.record, Position: f.s.position(inLog, next.seq)}, nil
}

// fill reads on in the log until something may be seen or the log ends.
func (f *feed) fill(ctx context.Context) error {
	if f.access.DeniesAll() {
		return f.s.isOpen(ctx)
	}
	return f.s.inSnapshot(ctx, func(sn *snapshot) error {
		for len(f.ahead) == 0 && f.seq < sn.seq {
			batch, err := sn.logAfter(f.seq, changesBatch)
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				return nil
			}
			for _, c := range batch {
				f.seq = c.seq
				allowed, err := sn.allows(f.access, c)
				if err != nil {
					return err
				}
				if allowed {
					f.ahead = append(f.ahead, c)
				}
			}
		}
		return nil
	})
}

// logAfter reads versions in the order in which they were written.
func (r *reader) logAfter(seq int64, limit int) ([]*stored, error) {
	defer r.log.Reset()
	r.log.Int(1, seq)
	r.log.Int(2, int64(limit))
	var out []*stored
	for {
		row, err := r.log.Step()
		if !row {
			return out, err
		}
		v, err := readVersion(r.log)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// Close implements store.Feed.
func (f *feed) Close() error {
	f.closed = true
	f.ahead = nil
	return nil
}
