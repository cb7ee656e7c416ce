package mongotest

import (
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// defaultBatch is how many documents a first batch has unless the client says otherwise.
const defaultBatch = 101

// cursor is what is left of a result, or a change stream.
type cursor struct {
	namespace string
	rest      bson.A
	stream    *stream
}

// firstBatch answers with the first documents and keeps the rest for getMore.
func (s *Server) firstBatch(c *command, all bson.A, single bool) bson.D {
	size := int64(defaultBatch)
	if n := c.get("batchSize"); n != nil {
		size = integer(n)
	} else if options := document(c.get("cursor")); field(*options, "batchSize") != nil {
		size = integer(field(*options, "batchSize"))
	}
	first, rest := split(all, size)
	id := int64(0)
	if len(rest) > 0 && !single {
		id = s.keep(&cursor{namespace: c.namespace(), rest: rest})
	}
	return s.batch("firstBatch", id, c.namespace(), first)
}

// split takes as many documents as were asked for, and no more than a reply may hold.
func split(all bson.A, size int64) (batch, rest bson.A) {
	total := 0
	for i, d := range all {
		if raw, ok := d.(bson.Raw); ok {
			total += len(raw)
		}
		if int64(i) == size || i > 0 && total > maxDocument {
			return all[:i], all[i:]
		}
	}
	return all, nil
}

func (s *Server) keep(c *cursor) int64 {
	s.lastCursor++
	s.cursors[s.lastCursor] = c
	return s.lastCursor
}

func (s *Server) batch(name string, id int64, namespace string, documents bson.A, more ...bson.E) bson.D {
	if documents == nil {
		documents = bson.A{}
	}
	d := bson.D{{Key: name, Value: documents}, {Key: "id", Value: id}, {Key: "ns", Value: namespace}}
	return s.success(bson.E{Key: "cursor", Value: append(d, more...)})
}

// cursorCommand runs getMore and killCursors.
func (s *Server) cursorCommand(c *command) (reply bson.D, err error, known bool) {
	switch c.name {
	case "getMore":
		reply, err = s.getMore(c)
		return reply, err, true
	case "killCursors":
		ids, _ := c.get("cursors").(bson.A)
		for _, id := range ids {
			delete(s.cursors, integer(id))
		}
		return s.success(bson.E{Key: "cursorsKilled", Value: ids}), nil, true
	}
	return nil, nil, false
}

func (s *Server) getMore(c *command) (bson.D, error) {
	id := integer(c.doc[0].Value)
	cur := s.cursors[id]
	if cur == nil {
		return nil, &fault{code: codeCursorNotFound, text: fmt.Sprintf("cursor id %d not found", id)}
	}
	if cur.stream != nil {
		return s.moreEvents(c, id, cur)
	}
	size := integer(c.get("batchSize"))
	if size <= 0 {
		size = int64(len(cur.rest))
	}
	var batch bson.A
	if batch, cur.rest = split(cur.rest, size); len(cur.rest) == 0 {
		delete(s.cursors, id)
		id = 0
	}
	return s.batch("nextBatch", id, cur.namespace, batch), nil
}

// KillCursors removes all cursors, change streams included, as an operator or a timeout would.
func (s *Server) KillCursors() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.cursors)
	s.engine.broadcast()
}

// moreEvents waits for events of a change stream as long as the client allows, a second by default.
func (s *Server) moreEvents(c *command, id int64, cur *cursor) (bson.D, error) {
	wait := time.Second
	if limit := integer(c.get("maxTimeMS")); limit > 0 {
		wait = time.Duration(limit) * time.Millisecond
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		events, err := cur.stream.next(&s.engine.log)
		if err != nil {
			delete(s.cursors, id)
			return nil, err
		}
		if len(events) > 0 || s.closed || !s.awaitChange(timeout.C) {
			token := bson.E{Key: "postBatchResumeToken", Value: resumeToken(cur.stream.position)}
			return s.batch("nextBatch", id, cur.namespace, events, token), nil
		}
		if s.cursors[id] != cur {
			return nil, &fault{code: codeCursorNotFound, text: fmt.Sprintf("cursor id %d not found", id)}
		}
	}
}
