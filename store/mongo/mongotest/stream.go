package mongotest

import (
	"go.mongodb.org/mongo-driver/bson"
)

// stream is a change stream: a place in the oplog, and what it shows of it.
type stream struct {
	position int
	// namespace is "database.collection", or "database." for all collections of a database.
	namespace string
	filters   []bson.D
}

// watch opens a change stream on a collection, or on a database if the command names none.
func (s *Server) watch(c *command, options bson.D, stages []bson.D) (bson.D, error) {
	st := &stream{position: s.engine.log.last(), namespace: c.namespace()}
	for _, stage := range stages {
		if stage[0].Key != "$match" {
			return nil, &fault{code: codeNotImplemented, text: "change streams offer $match only"}
		}
		st.filters = append(st.filters, *document(stage[0].Value))
	}
	for _, key := range []string{"resumeAfter", "startAfter"} {
		token := field(options, key)
		if token == nil {
			continue
		}
		position, err := parseToken(token)
		if err != nil {
			return nil, err
		}
		st.position = position
	}
	if _, ok := s.engine.log.from(st.position); !ok {
		return nil, errHistoryLost
	}
	id := s.keep(&cursor{namespace: c.namespace(), stream: st})
	token := bson.E{Key: "postBatchResumeToken", Value: resumeToken(st.position)}
	return s.batch("firstBatch", id, c.namespace(), nil, token), nil
}

var errHistoryLost = &fault{
	code: codeHistoryLost, text: "Resume of change stream was not possible, as the resume point may no longer be in the oplog.",
}

// next takes the events since the last call that the stream shows.
func (st *stream) next(log *oplog) (bson.A, error) {
	events, ok := log.from(st.position)
	if !ok {
		return nil, errHistoryLost
	}
	var shown bson.A
	for _, event := range events {
		ok, err := st.shows(event)
		if err != nil {
			return nil, err
		}
		if ok {
			shown = append(shown, event)
		}
	}
	st.position = log.last()
	return shown, nil
}

func (st *stream) shows(event bson.D) (bool, error) {
	ns, _ := field(event, "ns").(bson.D)
	database, _ := field(ns, "db").(string)
	collection, _ := field(ns, "coll").(string)
	if st.namespace != database+"."+collection && st.namespace != database+"." {
		return false, nil
	}
	for _, filter := range st.filters {
		if ok, err := matches(&event, filter); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}
