package mongotest

import (
	"fmt"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"
)

func (s *Server) find(t *transaction, c *command) (bson.D, error) {
	found, err := t.find(c.namespace(), *document(c.get("filter")), *document(c.get("sort")),
		int(integer(c.get("skip"))), int(integer(c.get("limit"))))
	if err != nil {
		return nil, err
	}
	documents := make(bson.A, len(found))
	projection := document(c.get("projection"))
	for i, m := range found {
		if len(*projection) == 0 {
			documents[i], err = m.doc.bytes()
		} else {
			documents[i], err = projected(m.doc, projection)
		}
		if err != nil {
			return nil, err
		}
	}
	return s.firstBatch(c, documents, truth(c.get("singleBatch"))), nil
}

func projected(d *stored, projection bsonkit.Doc) (bson.Raw, error) {
	part, err := mongokit.Project(d.doc, projection)
	if err != nil {
		return nil, err
	}
	return bson.Marshal(part)
}

func (s *Server) count(t *transaction, c *command) (bson.D, error) {
	found, err := t.find(c.namespace(), *document(c.get("query")), nil,
		int(integer(c.get("skip"))), int(integer(c.get("limit"))))
	return s.success(bson.E{Key: "n", Value: int32(len(found))}), err
}

// aggregate offers change streams, and $match and $limit followed by a $group that counts.
func (s *Server) aggregate(t *transaction, c *command) (bson.D, error) {
	stages := documents(c.get("pipeline"))
	if len(stages) > 0 && len(stages[0]) > 0 && stages[0][0].Key == "$changeStream" {
		return s.watch(c, *document(stages[0][0].Value), stages[1:])
	}
	filter, limit := bson.D{}, 0
	for _, stage := range stages {
		switch stage[0].Key {
		case "$match":
			filter = *document(stage[0].Value)
		case "$limit":
			limit = int(integer(stage[0].Value))
		case "$group":
			found, err := t.find(c.namespace(), filter, nil, 0, limit)
			if err != nil {
				return nil, err
			}
			groups := bson.A{}
			if len(found) > 0 {
				groups = append(groups, bson.D{{Key: "_id", Value: int32(1)}, {Key: "n", Value: int32(len(found))}})
			}
			return s.firstBatch(c, groups, true), nil
		default:
			return nil, &fault{code: codeNotImplemented, text: fmt.Sprintf("stage %s is not offered", stage[0].Key)}
		}
	}
	return nil, &fault{code: codeNotImplemented, text: "aggregations other than a count are not offered"}
}
