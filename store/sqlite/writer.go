package sqlite

import (
	"fmt"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// writer is the one goroutine that changes the file. It takes what is queued, writes it as one group with one sync of the
// disk, and answers everyone. Its fields belong to that goroutine.
type writer struct {
	s        *Store
	conn     *native.Conn
	queue    chan *request
	finished chan struct{}

	state      state
	maxOrdered int64 // the largest ordered rid given so far
	merge      *merge
	trim       bool // the journal holds groups that are merged
	sweepAt    int64

	// Room that groups use one after the other.
	delta   *delta
	journal []byte
	ops     []blockOp

	begin, commit, rollback                           *native.Stmt
	selectState, rid, id, entries, record, applied    *native.Stmt
	addVersion, putResource, addApplied, sweepApplied *native.Stmt
	addJournal, trimJournal, putState                 *native.Stmt
	putEntries, putExtractor                          *native.Stmt
	postings, sortings                                blockTable
	addSpan, dropSpan, addPhrase, dropPhrase          *native.Stmt
	putInternal, dropInternal                         *native.Stmt
}

const (
	queueLength   = 1024
	maxGroupBytes = 16 << 20
)

// openWriter opens the connection that writes, makes or checks the tables, and reads the state.
func openWriter(s *Store) (*writer, error) {
	c, err := native.Open(s.path, native.ReadWrite)
	if err != nil {
		return nil, err
	}
	w := &writer{s: s, conn: c, queue: make(chan *request, queueLength), finished: make(chan struct{}), delta: newDelta()}
	if err := w.open(); err != nil {
		_ = c.Close() // the fault of opening says more
		return nil, err
	}
	return w, nil
}

func (w *writer) open() error {
	err := w.conn.Exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
		PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -12000; PRAGMA temp_store = MEMORY`)
	if err != nil {
		return err
	}
	if w.s.settings, err = prepareSchema(w.conn); err != nil {
		return err
	}
	if err := w.prepare(); err != nil {
		return err
	}
	if w.state, err = readState(w.selectState); err != nil {
		return err
	}
	w.maxOrdered, err = integer(w.conn, fmt.Sprintf(
		"SELECT coalesce((SELECT rid FROM resource WHERE rid < %d ORDER BY rid DESC LIMIT 1), -1)", firstIrregular))
	return err
}

// run serves requests until the queue is closed and empty. While nothing is asked, it goes on merging.
func (w *writer) run() {
	defer close(w.finished)
	for {
		r, open := w.next()
		switch {
		case !open:
			return
		case r == nil:
			w.idle()
		case r.task != nil:
			w.serve(r)
		default:
			if task := w.gather(r); task != nil {
				w.serve(task)
			}
		}
	}
}

// next waits for a request; it answers nil at once if there is none and something to merge.
func (w *writer) next() (r *request, open bool) {
	if w.merge != nil && w.s.failing.Load() == nil {
		select {
		case r, open = <-w.queue:
			return r, open
		default:
			return nil, true
		}
	}
	r, open = <-w.queue
	return r, open
}

// gather takes what is queued behind a commit, up to a bound or a task, and writes it. It answers the task.
func (w *writer) gather(first *request) *request {
	batch, size := []*request{first}, first.commit.size
	var task *request
	for len(batch) < w.s.options.maxGroup && size < maxGroupBytes && task == nil {
		select {
		case r, open := <-w.queue:
			switch {
			case !open:
				size = maxGroupBytes
			case r.task != nil:
				task = r
			default:
				batch = append(batch, r)
				size += r.commit.size
			}
			continue
		default:
		}
		break
	}
	w.writeGroup(batch)
	return task
}

// serve runs a task.
func (w *writer) serve(r *request) {
	if r.claimed.CompareAndSwap(false, true) {
		r.outcome <- r.task()
	}
}

// writeGroup writes commits as one group and answers them.
func (w *writer) writeGroup(batch []*request) {
	members := batch[:0]
	for _, r := range batch {
		if r.claimed.CompareAndSwap(false, true) {
			members = append(members, r)
		}
	}
	outcomes := make([]error, len(members))
	err := w.transaction(func() (func(), error) {
		g := newGroup(w)
		for i, r := range members {
			outcomes[i] = g.add(r.commit)
			if outcomes[i] != nil && !isConflict(outcomes[i]) {
				return nil, outcomes[i]
			}
		}
		if g.isEmpty() {
			return nil, nil
		}
		return w.write(g)
	})
	for i, r := range members {
		if err != nil && !isConflict(outcomes[i]) {
			outcomes[i] = fmt.Errorf("commit %s: %w", r.commit.ID, err)
		}
		r.outcome <- outcomes[i]
	}
	w.freeze()
	w.shorten()
}

// transaction runs a step between BEGIN and COMMIT. The step answers what to do once it is committed; nil when it wrote
// nothing. After a fault nothing of the step remains, unless it struck the commit itself.
func (w *writer) transaction(step func() (published func(), err error)) error {
	if broken := w.s.broken.Load(); broken != nil {
		return *broken
	}
	before, maxOrdered, merged := w.state, w.maxOrdered, w.merge.progress()
	published, err := w.attempt(step)
	if err != nil {
		w.state, w.maxOrdered = before, maxOrdered
		w.merge.resume(merged)
		w.s.failing.Store(&err)
		return err
	}
	w.s.failing.Store(nil)
	if published != nil {
		published()
	}
	return nil
}

func (w *writer) attempt(step func() (func(), error)) (func(), error) {
	if err := w.begin.Run(); err != nil {
		return nil, err
	}
	published, err := step()
	if err == nil && published == nil {
		return nil, w.rollback.Run()
	}
	if err == nil {
		if err = w.commit.Run(); err == nil {
			return published, nil
		}
		if !native.IsFull(err) {
			// The disk failed while syncing: the group may or may not be found when the file is opened again. A disk that is
			// full has refused the group's last page, without which the others count for nothing.
			w.giveUp(err)
			err = fmt.Errorf("%w: %w", store.ErrUnknown, err)
		}
	}
	if w.conn.InTransaction() {
		if undo := w.rollback.Run(); undo != nil {
			w.giveUp(undo)
			err = fmt.Errorf("%w (and rolling back: %w)", err, undo)
		}
	}
	return nil, err
}

// giveUp ends writing until the file is opened anew.
func (w *writer) giveUp(cause error) {
	err := fmt.Errorf("store must be opened anew after: %w", cause)
	w.s.broken.Store(&err)
}
