package mongotest

import (
	"strconv"
	"strings"
	"time"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// change is one operation on one document.
type change struct {
	namespace string
	kind      string // insert, replace, update, delete
	id        any
	after     bsonkit.Doc
	changed   *mongokit.Changes
}

// oplog is the changes in the order of their commits. Positions count from 1 and are never used twice.
type oplog struct {
	events []bson.D
	// dropped is how many events the front has lost.
	dropped int
}

func (l *oplog) add(changes []change) {
	for i := range changes {
		l.events = append(l.events, changes[i].event(l.last()+1))
	}
}

// last is the position of the newest event.
func (l *oplog) last() int { return l.dropped + len(l.events) }

// from are the events after a position; ok is false if some of them are lost.
func (l *oplog) from(position int) (events []bson.D, ok bool) {
	if position < l.dropped || position > l.last() {
		return nil, false
	}
	return l.events[position-l.dropped:], true
}

// ForgetChanges empties the oplog, so that change streams cannot resume before this moment.
func (s *Server) ForgetChanges() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.engine.log.dropped = s.engine.log.last()
	s.engine.log.events = nil
}

// event is the change as change streams show it.
func (c *change) event(position int) bson.D {
	database, collection, _ := strings.Cut(c.namespace, ".")
	d := bson.D{
		{Key: "_id", Value: resumeToken(position)},
		{Key: "operationType", Value: c.kind},
		{Key: "clusterTime", Value: primitive.Timestamp{T: uint32(time.Now().Unix()), I: uint32(position)}},
		{Key: "ns", Value: bson.D{{Key: "db", Value: database}, {Key: "coll", Value: collection}}},
		{Key: "documentKey", Value: bson.D{{Key: "_id", Value: c.id}}},
	}
	switch c.kind {
	case "insert", "replace":
		d = append(d, bson.E{Key: "fullDocument", Value: *c.after})
	case "update":
		d = append(d, bson.E{Key: "updateDescription", Value: description(c.changed)})
	}
	return d
}

func description(changed *mongokit.Changes) bson.D {
	updated, removed := bson.D{}, bson.A{}
	for path, value := range changed.Changed {
		if value == bsonkit.Missing {
			removed = append(removed, path)
		} else {
			updated = append(updated, bson.E{Key: path, Value: value})
		}
	}
	return bson.D{{Key: "updatedFields", Value: updated}, {Key: "removedFields", Value: removed}}
}

func resumeToken(position int) bson.D {
	return bson.D{{Key: "_data", Value: strconv.FormatInt(int64(position), 16)}}
}

func parseToken(v any) (position int, err error) {
	d, _ := v.(bson.D)
	data, _ := field(d, "_data").(string)
	n, err := strconv.ParseInt(data, 16, 64)
	if err != nil || n < 0 {
		return 0, &fault{code: codeInvalidToken, text: "resume token could not be parsed"}
	}
	return int(n), nil
}
