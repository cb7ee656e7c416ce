package mongotest

import (
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// engine keeps the data in versions, so that transactions read snapshots. It is guarded by the server's lock.
type engine struct {
	// now counts commits; a version is visible to snapshots taken at or after its commit.
	now         uint64
	collections map[string]*collection
	// running are the open transactions.
	running map[*transaction]struct{}
	log     oplog
	// changed is closed and replaced whenever a transaction ends, to wake those that wait for it or for its changes.
	changed chan struct{}
}

func newEngine() *engine {
	return &engine{
		collections: make(map[string]*collection),
		running:     make(map[*transaction]struct{}),
		changed:     make(chan struct{}),
	}
}

func (e *engine) broadcast() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// collection finds a collection, creating it if asked; nil if there is none.
func (e *engine) collection(namespace string, create bool) *collection {
	c := e.collections[namespace]
	if c == nil && create {
		c = &collection{records: make(map[string]*record), indexes: []bson.D{idIndex}}
		e.collections[namespace] = c
	}
	return c
}

// oldestSnapshot is the oldest moment that an open transaction may still read.
func (e *engine) oldestSnapshot() uint64 {
	oldest := e.now
	for t := range e.running {
		oldest = min(oldest, t.snapshot)
	}
	return oldest
}

// transactionLifetime is after how long an abandoned transaction gives way, as transactionLifetimeLimitSeconds does.
const transactionLifetime = 60 * time.Second

// transaction is a unit of work: one of a client, or that of a single statement.
type transaction struct {
	engine   *engine
	snapshot uint64
	started  time.Time
	// touched are the records with an intent of this transaction, changes the operations in order.
	touched []*record
	changes []change
	ended   bool
}

func (e *engine) begin() *transaction {
	t := &transaction{engine: e, snapshot: e.now, started: time.Now()}
	e.running[t] = struct{}{}
	return t
}

// write leaves an intent: the document that the record will have, nil to remove it.
func (t *transaction) write(r *record, d *stored, c change) error {
	if other := r.writer; other != nil && other != t {
		if time.Since(other.started) < transactionLifetime {
			return errWriteConflict
		}
		other.abort()
	}
	if n := len(r.versions); n > 0 && r.versions[n-1].at > t.snapshot {
		return errWriteConflict
	}
	if r.writer == nil {
		r.writer = t
		t.touched = append(t.touched, r)
	}
	r.intent = d
	t.changes = append(t.changes, c)
	return nil
}

// commit makes the intents the newest versions and drops versions that nobody can read any more.
func (t *transaction) commit() {
	e := t.engine
	t.end()
	if len(t.touched) == 0 {
		return
	}
	e.now++
	oldest := e.oldestSnapshot()
	for _, r := range t.touched {
		r.versions = append(r.versions, version{at: e.now, doc: r.intent})
		r.writer, r.intent = nil, nil
		r.prune(oldest)
	}
	e.log.add(t.changes)
	e.broadcast()
}

// abort forgets the intents.
func (t *transaction) abort() {
	if t.ended {
		return
	}
	t.end()
	if len(t.touched) == 0 {
		return
	}
	for _, r := range t.touched {
		r.writer, r.intent = nil, nil
		r.prune(t.engine.oldestSnapshot())
	}
	t.engine.broadcast()
}

func (t *transaction) end() {
	t.ended = true
	delete(t.engine.running, t)
}
