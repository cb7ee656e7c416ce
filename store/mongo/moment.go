package mongo

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/store"
)

// moment is where a version stands in a history.
type moment struct {
	updated int64 // in milliseconds
	key     store.Key
	version int64
}

func momentOf(r *store.Record) moment {
	return moment{updated: r.Updated.UnixMilli(), key: r.Key, version: r.Version}
}

// momentOrder orders by time, type, id and version.
func momentOrder(a, b moment) int {
	return cmp.Or(cmp.Compare(a.updated, b.updated), strings.Compare(a.key.Type, b.key.Type),
		strings.Compare(a.key.ID, b.key.ID), cmp.Compare(a.version, b.version))
}

// versionOrder orders the versions of one resource.
func versionOrder(a, b moment) int { return cmp.Compare(a.version, b.version) }

func (m moment) position() store.Position {
	return encodePosition([]string{
		strconv.FormatInt(m.updated, 10), m.key.Type, m.key.ID, strconv.FormatInt(m.version, 10),
	})
}

func parseMoment(at store.Position) (moment, error) {
	parts, err := decodePosition(at)
	if err != nil {
		return moment{}, err
	}
	if len(parts) != 4 {
		return moment{}, lostPosition(at)
	}
	updated, updatedErr := strconv.ParseInt(parts[0], 10, 64)
	version, versionErr := strconv.ParseInt(parts[3], 10, 64)
	if updatedErr != nil || versionErr != nil {
		return moment{}, lostPosition(at)
	}
	return moment{updated: updated, key: store.Key{Type: parts[1], ID: parts[2]}, version: version}, nil
}

// read reads versions of a type, newest first, from its current versions or from its history.
func (r *recall) read(ctx context.Context, resourceType string, old bool, limit int) ([]*stored, error) {
	c := r.store.current(resourceType)
	sort := bson.D{{Key: "updated", Value: -1}, {Key: "_id", Value: -1}}
	if old {
		c = r.store.history(resourceType)
	}
	if r.query.ID != "" {
		sort = bson.D{{Key: "_id", Value: -1}}
	}
	cursor, err := c.Find(ctx, r.filter(resourceType, old), options.Find().
		SetSort(sort).SetLimit(int64(limit)).SetBatchSize(int32(limit)).SetProjection(recordOnly))
	if err != nil {
		return nil, err
	}
	return decodeAll(ctx, cursor, resourceType)
}

func (r *recall) filter(resourceType string, old bool) bson.D {
	f := bson.D{}
	if r.query.ID != "" {
		f = append(f, r.ofResource(old)...)
	} else if r.from != nil {
		f = append(f, r.before(resourceType, old)...)
	}
	times := bson.D{}
	if !r.query.Since.IsZero() {
		times = append(times, bson.E{Key: "$gte", Value: roundedUp(r.query.Since)})
	}
	if !r.query.Until.IsZero() {
		times = append(times, bson.E{Key: "$lt", Value: roundedUp(r.query.Until)})
	}
	if len(times) > 0 {
		// beside the bound of the position there may be this one, hence the $and
		f = append(f, bson.E{Key: "$and", Value: bson.A{bson.D{{Key: "updated", Value: times}}}})
	}
	return append(f, accessFilter(r.access)...)
}

// roundedUp is the first whole millisecond not before t: times of versions are whole milliseconds.
func roundedUp(t time.Time) bson.DateTime {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return bson.DateTime(ms)
}

// ofResource demands the versions of one resource before the position.
func (r *recall) ofResource(old bool) bson.D {
	if !old {
		f := bson.D{{Key: "_id", Value: r.query.ID}}
		if r.from != nil {
			f = append(f, bson.E{Key: "version", Value: bson.D{{Key: "$lt", Value: r.from.version}}})
		}
		return f
	}
	end := versionID{ID: r.query.ID, Version: int64(1)<<62 - 1}
	if r.from != nil {
		end.Version = r.from.version
	}
	return bson.D{{Key: "_id", Value: bson.D{
		{Key: "$gte", Value: versionID{ID: r.query.ID}}, {Key: "$lt", Value: end},
	}}}
}

// before demands the versions of a type before the position. Types are in descending order within a millisecond.
func (r *recall) before(resourceType string, old bool) bson.D {
	at := bson.DateTime(r.from.updated)
	switch c := strings.Compare(resourceType, r.from.key.Type); {
	case c > 0:
		return bson.D{{Key: "updated", Value: bson.D{{Key: "$lt", Value: at}}}}
	case c < 0:
		return bson.D{{Key: "updated", Value: bson.D{{Key: "$lte", Value: at}}}}
	}
	var id any = r.from.key.ID
	if old {
		id = versionID{ID: r.from.key.ID, Version: r.from.version}
	}
	return bson.D{
		{Key: "updated", Value: bson.D{{Key: "$lte", Value: at}}},
		{Key: "$or", Value: bson.A{
			bson.D{{Key: "updated", Value: bson.D{{Key: "$lt", Value: at}}}},
			bson.D{{Key: "updated", Value: at}, {Key: "_id", Value: bson.D{{Key: "$lt", Value: id}}}},
		}},
	}
}

// visible are those of some ids whose current version the access allows.
func (s *Store) visible(ctx context.Context, a store.Access, resourceType string, ids bson.A) ([]string, error) {
	f := append(idIn(ids), accessFilter(a)...)
	cursor, err := s.current(resourceType).Find(ctx, f, options.Find().
		SetProjection(bson.D{{Key: "_id", Value: 1}}).SetBatchSize(int32(len(ids)+1)))
	if err != nil {
		return nil, err
	}
	list, err := decodeAll(ctx, cursor, resourceType)
	var visible []string
	for _, r := range list {
		visible = append(visible, r.ID)
	}
	return visible, err
}
