package mongotest

import (
	"cmp"
	"slices"

	"github.com/256dpi/lungo/bsonkit"
	"go.mongodb.org/mongo-driver/bson"
)

var idIndex = bson.D{
	{Key: "v", Value: int32(2)}, {Key: "key", Value: bson.D{{Key: "_id", Value: int32(1)}}}, {Key: "name", Value: "_id_"},
}

// collection holds the records in the order of their creation, and by id.
type collection struct {
	records map[string]*record
	order   []*record
	dead    int
	indexes []bson.D
}

// record is everything about one _id.
type record struct {
	home *collection
	key  string
	// versions are the committed states that may still be read, oldest first.
	versions []version
	// writer is the open transaction that wrote the record, and intent what it wrote.
	writer *transaction
	intent *stored
}

// version is a committed state; doc is nil when the document was removed.
type version struct {
	at  uint64
	doc *stored
}

// stored is an immutable document, marshalled when first read whole.
type stored struct {
	doc bsonkit.Doc
	raw bson.Raw
}

func (d *stored) bytes() (bson.Raw, error) {
	if d.raw == nil {
		raw, err := bson.Marshal(d.doc)
		if err != nil {
			return nil, err
		}
		d.raw = raw
	}
	return d.raw, nil
}

// visible is what a transaction sees; nil if there is no document.
func (r *record) visible(t *transaction) *stored {
	if r.writer == t {
		return r.intent
	}
	for i := len(r.versions) - 1; i >= 0; i-- {
		if v := r.versions[i]; v.at <= t.snapshot {
			return v.doc
		}
	}
	return nil
}

// prune forgets versions older than the one that the oldest snapshot sees, and the whole record if it is gone for all.
func (r *record) prune(oldest uint64) {
	for len(r.versions) > 1 && r.versions[1].at <= oldest {
		r.versions = r.versions[1:]
	}
	gone := len(r.versions) == 0 || len(r.versions) == 1 && r.versions[0].doc == nil && r.versions[0].at <= oldest
	if gone && r.writer == nil {
		r.versions = nil
		r.home.remove(r)
	}
}

// record finds the record for an _id, or makes one without versions.
func (c *collection) record(id any) (*record, error) {
	key, err := idKey(id)
	if err != nil {
		return nil, err
	}
	r := c.records[key]
	if r == nil {
		r = &record{home: c, key: key}
		c.records[key] = r
		c.order = append(c.order, r)
	}
	return r, nil
}

func (c *collection) remove(r *record) {
	if c.records[r.key] != r {
		return
	}
	delete(c.records, r.key)
	c.dead++
	if c.dead > 32 && c.dead > len(c.records) {
		c.order = slices.DeleteFunc(c.order, func(r *record) bool { return c.records[r.key] != r })
		c.dead = 0
	}
}

// candidates are the records that a filter can match: by _id where it names some, else all.
func (c *collection) candidates(filter bson.D) []*record {
	if c == nil {
		return nil
	}
	ids, named := namedIDs(field(filter, "_id"))
	if !named {
		return c.order
	}
	var found []*record
	for _, id := range ids {
		key, err := idKey(id)
		if r := c.records[key]; err == nil && r != nil && !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *record) int { return cmp.Compare(a.key, b.key) })
	return found
}

// namedIDs are the ids of a condition that is an equality or an $in.
func namedIDs(condition any) (ids bson.A, named bool) {
	d, isDocument := condition.(bson.D)
	if condition == nil {
		return nil, false
	}
	if !isDocument || len(d) == 0 || d[0].Key == "" || d[0].Key[0] != '$' {
		return bson.A{condition}, true
	}
	if len(d) != 1 || d[0].Key != "$in" {
		return nil, false
	}
	ids, named = d[0].Value.(bson.A)
	return ids, named
}

// idKey is one string per distinct _id; numbers of equal value count as the same.
func idKey(id any) (string, error) {
	raw, err := bson.Marshal(bson.D{{Key: "_id", Value: widened(id)}})
	return string(raw), err
}

func widened(v any) any {
	switch v := v.(type) {
	case int32:
		return int64(v)
	case bson.D:
		d := make(bson.D, len(v))
		for i, e := range v {
			d[i] = bson.E{Key: e.Key, Value: widened(e.Value)}
		}
		return d
	}
	return v
}
