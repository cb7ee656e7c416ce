package sqlite

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// Store is a store in one SQLite file. It is safe for concurrent use; the zero value is not usable, make one with Open.
type Store struct {
	path     string
	settings settings
	keys     keyMaker
	options  options

	lock    *native.Conn // owns the file for this process
	writer  *writer
	readers chan *reader
	checks  *checkpointer

	// visible is held by the writer while a group becomes visible, and by reads that must not see half of that.
	visible   sync.RWMutex
	published atomic.Int64 // the last visible group
	overlays  atomic.Pointer[overlays]
	records   *cache[int64, *stored]
	internals *cache[store.InternalKey, internalState]
	aliases   *aliases
	wake      *bell

	closing sync.RWMutex // held shared while something is handed to the writer
	closed  bool
	done    chan struct{} // closed when the store closes
	broken  atomic.Pointer[error]
	failing atomic.Pointer[error]
}

var _ store.Store = (*Store)(nil)

// Close finishes what was accepted, waits for reads that are under way, and releases the file.
func (s *Store) Close() error {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return store.ErrClosed
	}
	s.closed = true
	close(s.done)
	close(s.writer.queue)
	s.closing.Unlock()

	<-s.writer.finished
	errs := []error{s.checks.stop()}
	for range cap(s.readers) {
		r := <-s.readers
		errs = append(errs, r.conn.Close())
	}
	errs = append(errs, s.writer.conn.Close(), s.lock.Close())
	return errors.Join(errs...)
}

// isOpen tells why nothing can be asked of the store; nil when it can.
func (s *Store) isOpen(ctx context.Context) error {
	select {
	case <-s.done:
		return store.ErrClosed
	default:
		return ctx.Err()
	}
}

// bell wakes whoever waits for the next group.
type bell struct {
	mu      sync.Mutex
	waiting chan struct{} // nil when nobody waits
}

// wait answers a channel that is closed by the next ring.
func (b *bell) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting == nil {
		b.waiting = make(chan struct{})
	}
	return b.waiting
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting != nil {
		close(b.waiting)
		b.waiting = nil
	}
}
