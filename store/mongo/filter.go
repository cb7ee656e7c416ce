package mongo

import (
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/fhir/search"
	"claimwright/store"
)

// none matches nothing.
var none = bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{}}}}}

// filter is a query, an access and further conditions as a MongoDB filter over current versions. It begins with a clause
// that an index answers, if the query has one; else the search walks an index in its order, or gives up in time.
func filter(a store.Access, q *search.Query, more ...bson.D) bson.D {
	f := bson.D{}
	all := bson.A{}
	lead := leading(q.Where)
	if lead >= 0 {
		f = append(f, clause(&q.Where[lead])...)
	}
	for i := range q.Where {
		if d := clause(&q.Where[i]); d != nil && i != lead {
			all = append(all, d)
		}
	}
	for _, d := range more {
		all = append(all, d)
	}
	f = append(f, bson.E{Key: "deleted", Value: false})
	f = append(f, accessFilter(a)...)
	if len(all) > 0 {
		f = append(f, bson.E{Key: "$and", Value: all})
	}
	return f
}

// leading picks the clause that a filter begins with: one that demands certain values, else one that demands anything; -1
// if none does.
func leading(where []search.Clause) int {
	lead := -1
	for i := range where {
		c := &where[i]
		if c.Not || len(c.AnyOf) == 0 {
			continue
		}
		if _, _, equal := equality(&c.AnyOf[0]); equal {
			return i
		}
		if lead < 0 {
			lead = i
		}
	}
	return lead
}

// accessFilter admits what the access allows. Callers have answered an access that allows nothing before.
func accessFilter(a store.Access) bson.D {
	if a.All() {
		return nil
	}
	return bson.D{{Key: "labels", Value: bson.D{{Key: "$in", Value: a.Labels()}}}}
}

// clause is a clause as a filter; nil if it always holds.
func clause(c *search.Clause) bson.D {
	if c.Not {
		if len(c.AnyOf) == 0 {
			return nil
		}
		return bson.D{{Key: "$nor", Value: conditions(c.AnyOf)}}
	}
	if len(c.AnyOf) == 0 {
		return none
	}
	if d := oneOf(c.AnyOf); d != nil {
		return d
	}
	list := conditions(c.AnyOf)
	if len(list) == 1 {
		return list[0].(bson.D)
	}
	return bson.D{{Key: "$or", Value: list}}
}

func conditions(anyOf []search.Condition) bson.A {
	list := make(bson.A, len(anyOf))
	for i := range anyOf {
		list[i] = condition(&anyOf[i])
	}
	return list
}

// oneOf joins several equalities on the same field to one $in; nil if the conditions are not of that kind.
func oneOf(anyOf []search.Condition) bson.D {
	if len(anyOf) < 2 {
		return nil
	}
	field, list := "", bson.A{}
	for i := range anyOf {
		on, value, equality := equality(&anyOf[i])
		if !equality || field != "" && on != field {
			return nil
		}
		field = on
		list = append(list, value)
	}
	return bson.D{{Key: field, Value: bson.D{{Key: "$in", Value: list}}}}
}

// equality is a condition that demands one value of a field.
func equality(c *search.Condition) (field, value string, ok bool) {
	switch c.Kind {
	case search.HasID:
		return "_id", c.Text, true
	case search.HasTerm:
		return "index", termEntry(c.Param, c.Text), true
	case search.HasExact:
		return "index", exactEntry(c.Param, c.Text), true
	case search.HasFolded:
		return "index", foldedEntry(c.Param, c.Text), true
	}
	return "", "", false
}

func condition(c *search.Condition) bson.D {
	if field, value, ok := equality(c); ok {
		return bson.D{{Key: field, Value: value}}
	}
	switch c.Kind {
	case search.HasPrefix:
		// without $elemMatch one entry could satisfy the lower bound and another one the upper
		from := foldedEntry(c.Param, c.Text)
		between := bson.D{{Key: "$gte", Value: from}, {Key: "$lt", Value: successor(from)}}
		return bson.D{{Key: "index", Value: bson.D{{Key: "$elemMatch", Value: between}}}}
	case search.HasContaining:
		return bson.D{{Key: "index", Value: bson.D{{Key: "$regex", Value: containing(c.Param, c.Text)}}}}
	case search.InBox:
		entry := bson.D{{Key: "p", Value: c.Param}}
		entry = appendBounds(entry, "lo", c.Box.LoMin, c.Box.LoMax)
		entry = appendBounds(entry, "hi", c.Box.HiMin, c.Box.HiMax)
		return bson.D{{Key: "ranges", Value: bson.D{{Key: "$elemMatch", Value: entry}}}}
	case search.UpdatedIn:
		return updatedIn(max(c.Box.LoMin, c.Box.HiMin), min(c.Box.LoMax, c.Box.HiMax))
	}
	return none
}

// appendBounds demands a field to lie between two bounds; a bound at infinity demands nothing.
func appendBounds(d bson.D, field string, least, most float64) bson.D {
	bounds := bson.D{}
	if !math.IsInf(least, -1) {
		bounds = append(bounds, bson.E{Key: "$gte", Value: least})
	}
	if !math.IsInf(most, 1) {
		bounds = append(bounds, bson.E{Key: "$lte", Value: most})
	}
	if len(bounds) == 0 {
		return d
	}
	return append(d, bson.E{Key: field, Value: bounds})
}

// updatedIn demands the last update to lie between two times in milliseconds. Times are whole milliseconds.
func updatedIn(least, most float64) bson.D {
	if math.IsNaN(least) || math.IsNaN(most) || least > most {
		return none
	}
	bounds := bson.D{}
	if !math.IsInf(least, -1) {
		bounds = append(bounds, bson.E{Key: "$gte", Value: dateTime(math.Ceil(least))})
	}
	if !math.IsInf(most, 1) {
		bounds = append(bounds, bson.E{Key: "$lte", Value: dateTime(math.Floor(most))})
	}
	if len(bounds) == 0 {
		return bson.D{}
	}
	return bson.D{{Key: "updated", Value: bounds}}
}

func dateTime(ms float64) bson.DateTime {
	const limit = 1 << 62
	return bson.DateTime(max(-limit, min(limit, ms)))
}
