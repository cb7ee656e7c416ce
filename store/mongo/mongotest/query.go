package mongotest

import (
	"errors"
	"fmt"
	"maps"
	"regexp"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// operators are lungo's query operators and $regex.
var operators = func() map[string]mongokit.Operator {
	all := maps.Clone(mongokit.ExpressionQueryOperators)
	all["$regex"] = matchRegex
	return all
}()

// matches tells whether a document satisfies a filter.
func matches(doc bsonkit.Doc, filter bson.D) (bool, error) {
	err := mongokit.Process(mongokit.Context{
		TopLevel:   mongokit.TopLevelQueryOperators,
		Expression: operators,
	}, doc, filter, "", true)
	if errors.Is(err, mongokit.ErrNotMatched) {
		return false, nil
	}
	return err == nil, err
}

// matchRegex matches strings, and arrays that hold a matching string, with Go's syntax; options are not offered.
func matchRegex(_ mongokit.Context, doc bsonkit.Doc, name, path string, v any) error {
	pattern, isString := v.(string)
	if r, ok := v.(primitive.Regex); ok && r.Options == "" {
		pattern, isString = r.Pattern, true
	}
	if !isString {
		return fmt.Errorf("%s: expected a string without options", name)
	}
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	value, _ := bsonkit.All(doc, path, true, true)
	values, isArray := value.(bson.A)
	if !isArray {
		values = bson.A{value}
	}
	for _, item := range values {
		if s, ok := item.(string); ok && expression.MatchString(s) {
			return nil
		}
	}
	return mongokit.ErrNotMatched
}

// match is a record and the document that a transaction sees in it.
type match struct {
	record *record
	doc    *stored
}

// find returns what a filter matches, sorted, skipped and limited; limit 0 means all.
func (t *transaction) find(namespace string, filter, sort bson.D, skip, limit int) ([]match, error) {
	early := skip + limit
	if limit == 0 || len(sort) > 0 {
		early = 0
	}
	var found []match
	for _, r := range t.engine.collection(namespace, false).candidates(filter) {
		d := r.visible(t)
		if d == nil {
			continue
		}
		ok, err := matches(d.doc, filter)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, match{record: r, doc: d})
		}
		if early > 0 && len(found) == early {
			break
		}
	}
	if err := sortMatches(found, sort); err != nil {
		return nil, err
	}
	found = found[min(skip, len(found)):]
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	return found, nil
}

func sortMatches(found []match, sort bson.D) error {
	if len(sort) == 0 {
		return nil
	}
	columns, err := mongokit.Columns(&sort)
	if err != nil {
		return err
	}
	list := make(bsonkit.List, len(found))
	byDoc := make(map[bsonkit.Doc]match, len(found))
	for i, m := range found {
		list[i] = m.doc.doc
		byDoc[m.doc.doc] = m
	}
	bsonkit.Sort(list, columns)
	for i, d := range list {
		found[i] = byDoc[d]
	}
	return nil
}
