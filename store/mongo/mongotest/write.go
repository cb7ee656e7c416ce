package mongotest

import (
	"fmt"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// insert adds a document.
func (t *transaction) insert(namespace string, d bson.D) error {
	id := field(d, "_id")
	if id == nil {
		id = primitive.NewObjectID()
		d = append(bson.D{{Key: "_id", Value: id}}, d...)
	}
	r, err := t.engine.collection(namespace, true).record(id)
	if err != nil {
		return err
	}
	if r.visible(t) != nil {
		return &fault{code: codeDuplicateKey, text: fmt.Sprintf(
			"E11000 duplicate key error collection: %s index: _id_ dup key: { _id: %q }", namespace, fmt.Sprint(id))}
	}
	return t.write(r, &stored{doc: &d}, change{namespace: namespace, kind: "insert", id: id, after: &d})
}

// updated is the outcome of one update statement.
type updated struct {
	matched, modified int
	before, after     bsonkit.Doc
	upsertedID        any
}

// update applies an update or replacement to the first match, or to all of them if multi.
func (t *transaction) update(namespace string, filter, update, sort bson.D, multi, upsert bool) (*updated, error) {
	limit := 1
	if multi {
		limit = 0
	}
	found, err := t.find(namespace, filter, sort, 0, limit)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		if !upsert {
			return &updated{}, nil
		}
		return t.upsert(namespace, filter, update)
	}
	u := &updated{matched: len(found)}
	for _, m := range found {
		if err := t.updateOne(namespace, m, filter, update, u); err != nil {
			return nil, err
		}
	}
	return u, nil
}

func isOperators(update bson.D) bool {
	return len(update) > 0 && update[0].Key != "" && update[0].Key[0] == '$'
}

func (t *transaction) updateOne(namespace string, m match, filter, update bson.D, u *updated) error {
	id := field(*m.doc.doc, "_id")
	c := change{namespace: namespace, kind: "replace", id: id}
	if isOperators(update) {
		after := bsonkit.Clone(m.doc.doc)
		changed, err := mongokit.Apply(after, &filter, &update, false, nil)
		if err != nil {
			return err
		}
		c.kind, c.after, c.changed = "update", after, changed
	} else {
		after := update
		if field(after, "_id") == nil {
			after = append(bson.D{{Key: "_id", Value: id}}, after...)
		}
		c.after = &after
	}
	if bsonkit.Compare(field(*c.after, "_id"), id) != 0 {
		return &fault{code: 66, text: "the _id field is immutable"}
	}
	u.before, u.after = m.doc.doc, c.after
	if bsonkit.Compare(*m.doc.doc, *c.after) == 0 {
		return nil // MongoDB writes nothing either
	}
	u.modified++
	return t.write(m.record, &stored{doc: c.after}, c)
}

func (t *transaction) upsert(namespace string, filter, update bson.D) (*updated, error) {
	seed, err := mongokit.Extract(&filter)
	if err != nil {
		return nil, err
	}
	d := *seed
	if isOperators(update) {
		if _, err := mongokit.Apply(&d, &filter, &update, true, nil); err != nil {
			return nil, err
		}
	} else {
		d = update
		if id := field(*seed, "_id"); field(d, "_id") == nil && id != nil {
			d = append(bson.D{{Key: "_id", Value: id}}, d...)
		}
	}
	if err := t.insert(namespace, d); err != nil {
		return nil, err
	}
	return &updated{after: &d, upsertedID: field(d, "_id")}, nil
}

// remove removes the first limit matches, all if limit is 0, and returns how many, and the last one.
func (t *transaction) remove(namespace string, filter, sort bson.D, limit int) (int, bsonkit.Doc, error) {
	found, err := t.find(namespace, filter, sort, 0, limit)
	if err != nil {
		return 0, nil, err
	}
	var last bsonkit.Doc
	for _, m := range found {
		last = m.doc.doc
		c := change{namespace: namespace, kind: "delete", id: field(*last, "_id")}
		if err := t.write(m.record, nil, c); err != nil {
			return 0, nil, err
		}
	}
	return len(found), last, nil
}
