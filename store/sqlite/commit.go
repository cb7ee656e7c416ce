package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"

	"claimwright/store"
)

// Commit implements store.Store. What can be computed without knowing the store's state is computed here, by the caller's
// goroutine, so that the writer is left with what cannot.
//
// It never gives store.ErrUnknown while the store works: whoever's context ends while his commit is being written waits
// for the outcome, which is a matter of milliseconds. Only a fault of the disk in the midst of a commit gives it.
func (s *Store) Commit(ctx context.Context, c store.Commit) error {
	if err := s.isOpen(ctx); err != nil {
		return err
	}
	if err := c.Validate(); err != nil {
		return fmt.Errorf("commit %s: %w", c.ID, err)
	}
	return s.hand(ctx, &request{commit: s.prepare(&c)})
}

// work is a commit with everything encoded. Bodies are kept as they are, because nobody changes a document; what callers
// may reuse is copied.
type work struct {
	*store.Commit
	writes    []encodedWrite
	internals []store.InternalWrite
	size      int
}

type encodedWrite struct {
	entries *entries // nil when deleted
	code    []byte   // the entries, encoded
	labels  []byte
	body    []byte // packed; nil when deleted
}

func (s *Store) prepare(c *store.Commit) *work {
	w := &work{Commit: c, writes: make([]encodedWrite, len(c.Resources))}
	for i := range c.Resources {
		r := &c.Resources[i]
		e := &w.writes[i]
		if !r.Deleted {
			e.entries = s.keys.entriesOf(r.Key, r.Values, r.Labels)
			e.code = e.entries.encode()
			e.body = packBody(r.Body)
		} else {
			e.code = (&entries{}).encode()
		}
		e.labels = encodeLabels(r.Labels)
		w.size += len(e.body) + len(e.code)
	}
	for _, in := range c.Internals {
		in.Data = slices.Clone(in.Data)
		w.internals = append(w.internals, in)
		w.size += len(in.Data)
	}
	return w
}

// encodeLabels writes labels one after the other, each with its length in front.
func encodeLabels(labels []string) []byte {
	b := []byte{}
	for _, l := range labels {
		b = binary.AppendUvarint(b, uint64(len(l)))
		b = append(b, l...)
	}
	return b
}

func decodeLabels(b []byte) []string {
	var out []string
	for r := (byteReader{rest: b}); len(r.rest) > 0; {
		out = append(out, r.text())
	}
	return out
}

// request is something that the writer is asked to do: a commit, or a task of maintenance that runs between groups.
type request struct {
	commit *work
	task   func() error
	// claimed is set by the writer when he takes the request and by the caller when he gives up; the first one wins.
	claimed atomic.Bool
	outcome chan error
}

// hand gives a request to the writer and waits for its outcome.
func (s *Store) hand(ctx context.Context, r *request) error {
	r.outcome = make(chan error, 1)
	s.closing.RLock()
	if s.closed {
		s.closing.RUnlock()
		return store.ErrClosed
	}
	select {
	case s.writer.queue <- r:
		s.closing.RUnlock()
	case <-ctx.Done():
		s.closing.RUnlock()
		return ctx.Err()
	}
	select {
	case err := <-r.outcome:
		return err
	case <-ctx.Done():
		if r.claimed.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-r.outcome
	}
}

// Committed implements store.Store.
func (s *Store) Committed(ctx context.Context, id store.CommitID) (bool, error) {
	if broken := s.broken.Load(); broken != nil {
		return false, fmt.Errorf("look up commit %s: %w: %w", id, store.ErrUnknown, *broken)
	}
	var known bool
	err := s.read(ctx, func(r *reader) error {
		var err error
		known, err = wasApplied(r.applied, id)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look up commit %s: %w", id, err)
	}
	return known, nil
}
