package mongotest

import (
	"errors"

	"go.mongodb.org/mongo-driver/bson"
)

// writeErrors collects the errors of single statements of a command. A write conflict is never one of them: it fails the
// command as a whole.
type writeErrors struct {
	list bson.A
}

// add notes an error of a statement; stop tells whether the following statements are left out.
func (w *writeErrors) add(index int, err error, ordered bool) (stop bool, fatal error) {
	if errors.Is(err, errWriteConflict) {
		return true, err
	}
	f := asFault(err)
	w.list = append(w.list, bson.D{
		{Key: "index", Value: int32(index)}, {Key: "code", Value: f.code}, {Key: "errmsg", Value: f.text},
	})
	return ordered, nil
}

func (w *writeErrors) appendTo(fields bson.D) bson.D {
	if len(w.list) > 0 {
		fields = append(fields, bson.E{Key: "writeErrors", Value: w.list})
	}
	return fields
}

func ordered(c *command) bool { return c.get("ordered") == nil || truth(c.get("ordered")) }

func (s *Server) insert(t *transaction, c *command) (bson.D, error) {
	var failed writeErrors
	n := int32(0)
	for i, d := range documents(c.get("documents")) {
		if err := t.insert(c.namespace(), d); err != nil {
			stop, fatal := failed.add(i, err, ordered(c))
			if fatal != nil {
				return nil, fatal
			}
			if stop {
				break
			}
			continue
		}
		n++
	}
	return s.success(failed.appendTo(bson.D{{Key: "n", Value: n}})...), nil
}

func (s *Server) update(t *transaction, c *command) (bson.D, error) {
	var failed writeErrors
	n, modified, upserted := 0, 0, bson.A{}
	for i, d := range documents(c.get("updates")) {
		update, isDocument := field(d, "u").(bson.D)
		if !isDocument || field(d, "arrayFilters") != nil {
			return nil, &fault{code: codeNotImplemented, text: "pipelines and array filters are not offered"}
		}
		u, err := t.update(c.namespace(), *document(field(d, "q")), update, *document(field(d, "sort")),
			truth(field(d, "multi")), truth(field(d, "upsert")))
		if err != nil {
			stop, fatal := failed.add(i, err, ordered(c))
			if fatal != nil {
				return nil, fatal
			}
			if stop {
				break
			}
			continue
		}
		n += u.matched
		modified += u.modified
		if u.upsertedID != nil {
			n++
			upserted = append(upserted, bson.D{{Key: "index", Value: int32(i)}, {Key: "_id", Value: u.upsertedID}})
		}
	}
	fields := bson.D{{Key: "n", Value: int32(n)}, {Key: "nModified", Value: int32(modified)}}
	if len(upserted) > 0 {
		fields = append(fields, bson.E{Key: "upserted", Value: upserted})
	}
	return s.success(failed.appendTo(fields)...), nil
}

func (s *Server) delete(t *transaction, c *command) (bson.D, error) {
	var failed writeErrors
	n := 0
	for i, d := range documents(c.get("deletes")) {
		removed, _, err := t.remove(c.namespace(), *document(field(d, "q")), nil, int(integer(field(d, "limit"))))
		if err != nil {
			stop, fatal := failed.add(i, err, ordered(c))
			if fatal != nil {
				return nil, fatal
			}
			if stop {
				break
			}
			continue
		}
		n += removed
	}
	return s.success(failed.appendTo(bson.D{{Key: "n", Value: int32(n)}})...), nil
}

func (s *Server) findAndModify(t *transaction, c *command) (bson.D, error) {
	query, sort := *document(c.get("query")), *document(c.get("sort"))
	if truth(c.get("remove")) {
		_, before, err := t.remove(c.namespace(), query, sort, 1)
		if err != nil || before == nil {
			return s.success(bson.E{Key: "value", Value: nil}), err
		}
		return s.success(bson.E{Key: "value", Value: *before}), nil
	}
	update, isDocument := c.get("update").(bson.D)
	if !isDocument {
		return nil, &fault{code: codeNotImplemented, text: "pipelines are not offered"}
	}
	u, err := t.update(c.namespace(), query, update, sort, false, truth(c.get("upsert")))
	if err != nil {
		return nil, err
	}
	shown := u.before
	if truth(c.get("new")) {
		shown = u.after
	}
	if shown == nil {
		return s.success(bson.E{Key: "value", Value: nil}), nil
	}
	return s.success(bson.E{Key: "value", Value: *shown}), nil
}
