package sqlite

import (
	"errors"
	"sync/atomic"

	"claimwright/store/sqlite/internal/native"
)

const (
	pageSize = 4096
	// checkpointAfter is how many bytes are written before the log is copied into the file, beside the writer.
	checkpointAfter = 8 << 20
	// logLimit is how many pages the log may have before the writer itself copies the rest, so that it can begin anew.
	logLimit = (96 << 20) / pageSize
)

// checkpointer copies the write-ahead log into the file on a connection of its own, so that the writer need not.
type checkpointer struct {
	conn     *native.Conn
	bytes    atomic.Int64 // written since the last copy, estimated
	due      chan struct{}
	finished chan struct{}
	// long is set when the log is longer than its limit and copied but for what the writer added meanwhile.
	long atomic.Bool
}

func openCheckpointer(s *Store) (*checkpointer, error) {
	c, err := native.Open(s.path, native.ReadWrite)
	if err != nil {
		return nil, err
	}
	if err := c.Exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA cache_size = -500"); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &checkpointer{conn: c, due: make(chan struct{}, 1), finished: make(chan struct{})}, nil
}

// wrote counts what a group wrote.
func (c *checkpointer) wrote(g *group) {
	n := len(g.journal) + pageSize
	for i := range g.versions {
		n += len(g.versions[i].encoded.body) + 2*len(g.versions[i].encoded.code)
	}
	if c.bytes.Add(int64(n)) < checkpointAfter {
		return
	}
	select {
	case c.due <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run() {
	defer close(c.finished)
	for range c.due {
		c.bytes.Store(0)
		frames, _, err := c.conn.Checkpoint()
		c.long.Store(err == nil && frames > logLimit) // after a fault the log grows, and the next copy tries again
	}
}

// stop waits for the copy that is under way.
func (c *checkpointer) stop() error {
	close(c.due)
	<-c.finished
	return c.conn.Close()
}

// shorten copies what the checkpointer left of a log that is too long. Nobody writes meanwhile, so that the next group
// begins the log anew unless a reader still needs it.
func (w *writer) shorten() {
	if w.s.checks.long.CompareAndSwap(true, false) {
		_, _, _ = w.conn.Checkpoint() // a log that stays long is no fault
	}
}
