package mongo

import (
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/fhir/search"
)

// sortKeys are the keys of a query that decide anything: none after _id, which no two resources share.
func sortKeys(q *search.Query) []search.Sort {
	for i, key := range q.Sort {
		if key.Param == "_id" {
			return q.Sort[:i+1]
		}
	}
	return q.Sort
}

// order is an order that an index has, in which a search of any size can be walked.
type order struct {
	// field is what is sorted by before the id; empty if nothing is.
	field string
	desc  bool
	// idDesc turns the order of the ids around.
	idDesc bool
	// partial tells that some resources lack the field; they come after those that have it.
	partial bool
}

// indexedOrder finds the index order of sort keys. Without one, ok is false and the matches must be gathered and sorted.
func indexedOrder(resourceType string, keys []search.Sort) (o order, ok bool) {
	if len(keys) == 0 {
		return order{}, true
	}
	first, rest := keys[0], keys[1:]
	switch {
	case first.Param == "_id":
		return order{idDesc: first.Desc}, true
	case first.Param == "_lastUpdated":
		o = order{field: "updated", desc: first.Desc}
	case first.Desc && newestFirst[resourceType] == first.Param:
		o = order{field: sortField(first.Param, true), desc: true, partial: true}
	default:
		return order{}, false
	}
	switch {
	case len(rest) == 0:
		return o, true
	case rest[0].Param == "_id" && !o.partial:
		o.idDesc = rest[0].Desc
		return o, true
	}
	return order{}, false
}

func direction(desc bool) int {
	if desc {
		return -1
	}
	return 1
}

// sort is the order as MongoDB takes it.
func (o order) sort() bson.D {
	d := bson.D{}
	if o.field != "" {
		d = append(d, bson.E{Key: o.field, Value: direction(o.desc)})
	}
	return append(d, bson.E{Key: "_id", Value: direction(o.idDesc)})
}

// phase is a part of a walk: those that have the field, or those that lack it.
type phase struct {
	sort   bson.D
	filter bson.D
}

// phases are what is left of a walk after a place, nil for all of it.
func (o order) phases(after *place) []phase {
	if o.partial && after != nil && after.Values[0].Missing {
		return []phase{o.lacking(after)}
	}
	having := phase{sort: o.sort()}
	switch {
	case after != nil:
		having.filter = o.beyond(after)
	case o.partial:
		having.filter = bson.D{{Key: o.field, Value: bson.D{{Key: "$gte", Value: math.Inf(-1)}}}}
	}
	if !o.partial {
		return []phase{having}
	}
	return []phase{having, o.lacking(nil)}
}

// lacking is the part of a walk that lacks the field, in the order of ids.
func (o order) lacking(after *place) phase {
	f := bson.D{{Key: o.field, Value: nil}}
	if after != nil {
		f = append(f, o.beyondID(after.ID)...)
	}
	return phase{sort: bson.D{{Key: "_id", Value: 1}}, filter: f}
}

// beyond demands a later place in the order. The first bound is implied by the rest; it is what the index can use.
func (o order) beyond(after *place) bson.D {
	if o.field == "" {
		return o.beyondID(after.ID)
	}
	strictly, atMost := "$gt", "$gte"
	if o.desc {
		strictly, atMost = "$lt", "$lte"
	}
	var value any = after.Values[0].Num
	if o.field == "updated" {
		value = dateTime(after.Values[0].Num)
	}
	return bson.D{
		{Key: o.field, Value: bson.D{{Key: atMost, Value: value}}},
		{Key: "$or", Value: bson.A{
			bson.D{{Key: o.field, Value: bson.D{{Key: strictly, Value: value}}}},
			append(bson.D{{Key: o.field, Value: value}}, o.beyondID(after.ID)...),
		}},
	}
}

func (o order) beyondID(id string) bson.D {
	operator := "$gt"
	if o.idDesc {
		operator = "$lt"
	}
	return bson.D{{Key: "_id", Value: bson.D{{Key: operator, Value: id}}}}
}
