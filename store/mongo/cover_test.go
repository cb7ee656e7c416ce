package mongo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// query is a filter and a sort that were sent, and what bounds its work besides an index.
type query struct {
	collection   string
	filter, sort bson.D
	limit        int64
	count        bool
}

func (q query) String() string {
	return fmt.Sprintf("%s %v sort %v limit %d", q.collection, q.filter, q.sort, q.limit)
}

// key is a field of an index; descending in one index and ascending in the other is the same read backwards.
type key struct {
	field string
	desc  bool
}

// declared reads the indexes out of the commands that made them. Every collection has one on _id.
func declared(commands []bson.D) map[string][][]key {
	all := make(map[string][][]key)
	for _, command := range commands {
		if command[0].Key != "createIndexes" {
			continue
		}
		name := command[0].Value.(string)
		for _, spec := range lookup(command, "indexes").(bson.A) {
			var keys []key
			for _, e := range lookup(spec.(bson.D), "key").(bson.D) {
				keys = append(keys, key{field: e.Key, desc: fmt.Sprint(e.Value) == "-1"})
			}
			all[name] = append(all[name], keys)
		}
	}
	return all
}

// queries reads filters and sorts out of the commands that have them.
func queries(commands []bson.D) []query {
	var all []query
	for _, command := range commands {
		collection, _ := command[0].Value.(string)
		document := func(d bson.D, key string) bson.D { v, _ := lookup(d, key).(bson.D); return v }
		switch command[0].Key {
		case "find":
			limit, _ := lookup(command, "limit").(int64)
			all = append(all, query{
				collection: collection, filter: document(command, "filter"), sort: document(command, "sort"), limit: limit,
			})
		case "aggregate":
			if first := lookup(command, "pipeline").(bson.A)[0].(bson.D); first[0].Key == "$match" {
				all = append(all, query{collection: collection, filter: first[0].Value.(bson.D), count: true})
			}
		case "update", "delete":
			for _, statement := range lookup(command, command[0].Key+"s").(bson.A) {
				all = append(all, query{collection: collection, filter: document(statement.(bson.D), "q")})
			}
		}
	}
	return all
}

// requireIndexes demands that every query can be answered by an index: one that finds its matches, and if it is sorted,
// one that has their order, so that no result is ever sorted in the database's memory. Allowed to read a whole type are
// the ones that are bounded otherwise: a page that takes whatever comes first, and counts, by their time limit.
func requireIndexes(t *testing.T, commands []bson.D) {
	indexes := declared(commands)
	for _, q := range queries(commands) {
		all := append(slices.Clone(indexes[q.collection]), []key{{field: "_id"}})
		bounded := q.count || q.limit > 0 && len(q.sort) == 0
		require.Truef(t, served(all, q) || bounded, "no index serves %s", q)
	}
}

// served tells whether some index finds the matches of a query, in its order if it has one. Without an order, it is
// enough that each of several alternatives is found by some index.
func served(indexes [][]key, q query) bool {
	wanted := gather(q.filter)
	found := func(f facts) bool {
		return slices.ContainsFunc(indexes, func(index []key) bool { return finds(index, f) })
	}
	if len(q.sort) > 0 {
		return slices.ContainsFunc(indexes, func(index []key) bool { return ordered(index, wanted, q.sort) })
	}
	return found(wanted) || slices.ContainsFunc(wanted.alternatives, func(alternatives []bson.D) bool {
		return !slices.ContainsFunc(alternatives, func(d bson.D) bool { return !found(gather(d)) })
	})
}

// ordered: after leading fields that are fixed to one value, the index has the fields of the sort.
func ordered(index []key, f facts, sort bson.D) bool {
	if len(f.equal["_id"]) > 0 { // at most one match
		return true
	}
	for skip := range len(index) {
		rest := index[skip:]
		if len(rest) >= len(sort) && sameOrder(rest[:len(sort)], sort) {
			return true
		}
		if len(f.equal[index[skip].field]) == 0 {
			return false
		}
	}
	return false
}

func sameOrder(keys []key, sort bson.D) bool {
	backwards := 0
	for i, e := range sort {
		if keys[i].field != e.Key {
			return false
		}
		if keys[i].desc != (fmt.Sprint(e.Value) == "-1") {
			backwards++
		}
	}
	return backwards == 0 || backwards == len(sort)
}

// finds: the first field of the index is bounded.
func finds(index []key, f facts) bool {
	first := index[0].field
	return len(f.equal[first]) > 0 || f.bounded[first]
}

// facts are what a filter demands of single fields, and the alternatives in it.
type facts struct {
	equal        map[string][]any
	bounded      map[string]bool
	alternatives [][]bson.D
}

func gather(filter bson.D) facts {
	f := facts{equal: make(map[string][]any), bounded: make(map[string]bool)}
	f.add("", filter)
	return f
}

func (f *facts) add(prefix string, filter bson.D) {
	for _, e := range filter {
		switch e.Key {
		case "$and":
			for _, part := range e.Value.(bson.A) {
				f.add(prefix, part.(bson.D))
			}
		case "$or":
			var alternatives []bson.D
			for _, alternative := range e.Value.(bson.A) {
				alternatives = append(alternatives, alternative.(bson.D))
			}
			f.alternatives = append(f.alternatives, alternatives)
		case "$nor":
		default:
			f.addField(prefix+e.Key, e.Value)
		}
	}
}

func (f *facts) addField(field string, condition any) {
	d, isDocument := condition.(bson.D)
	if !isDocument || len(d) == 0 || !strings.HasPrefix(d[0].Key, "$") {
		f.equal[field] = append(f.equal[field], condition)
		return
	}
	for _, e := range d {
		switch e.Key {
		case "$in", "$gt", "$gte", "$lt", "$lte", "$regex":
			f.bounded[field] = true
		case "$elemMatch":
			inner := e.Value.(bson.D)
			if strings.HasPrefix(inner[0].Key, "$") {
				f.bounded[field] = true
			} else {
				f.add(field+".", inner)
			}
		}
	}
}

// The check itself must be able to fail.
func TestCoverFindsWhatIsMissing(t *testing.T) {
	index := []key{{field: "index"}, {field: "updated", desc: true}, {field: "_id"}}
	is := func(field, value string) bson.D { return bson.D{{Key: field, Value: value}} }
	by := func(keys ...string) bson.D {
		var d bson.D
		for _, k := range keys {
			order := 1
			if strings.HasPrefix(k, "-") {
				order = -1
			}
			d = append(d, bson.E{Key: strings.TrimPrefix(k, "-"), Value: order})
		}
		return d
	}
	for name, c := range map[string]struct {
		q    query
		want bool
	}{
		"equality":                  {query{filter: is("index", "a")}, true},
		"another field":             {query{filter: is("labels", "a")}, false},
		"a negation":                {query{filter: bson.D{{Key: "$nor", Value: bson.A{is("index", "a")}}}}, false},
		"sort after equality":       {query{filter: is("index", "a"), sort: by("-updated", "_id")}, true},
		"the same backwards":        {query{filter: is("index", "a"), sort: by("updated", "-_id")}, true},
		"half of it backwards":      {query{filter: is("index", "a"), sort: by("updated", "_id")}, false},
		"a field left out":          {query{filter: is("index", "a"), sort: by("_id")}, false},
		"sort without equality":     {query{filter: bson.D{}, sort: by("-updated", "_id")}, false},
		"alternatives of one field": {query{filter: bson.D{{Key: "$or", Value: bson.A{is("index", "a"), is("index", "b")}}}}, true},
		"alternatives, one outside": {query{filter: bson.D{{Key: "$or", Value: bson.A{is("index", "a"), is("labels", "b")}}}}, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, served([][]key{index}, c.q)) })
	}
}
