package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/fhir/search"
	"claimwright/store"
)

// withoutValues leaves out of an answer what only finds it; the sort values are needed for positions.
var withoutValues = bson.D{{Key: "index", Value: 0}, {Key: "ranges", Value: 0}}

// Search implements store.Reader. Queries in an index's order read one page; others gather at most 10,000 matches to sort
// them, else they fail with store.ErrTooCostly.
func (s *Store) Search(
	ctx context.Context, a store.Access, q *search.Query, after store.Position,
) (store.Page, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer leave()
	if err := checkQuery(q); err != nil {
		return store.Page{}, err
	}
	keys := sortKeys(q)
	var from *place
	if after != "" {
		p, err := parsePlace(after, keys)
		if err != nil {
			return store.Page{}, err
		}
		from = &p
	}
	if a.DeniesAll() || q.Count <= 0 {
		return store.Page{}, nil
	}
	bounded, cancel := context.WithTimeout(ctx, s.limits.searchTime)
	defer cancel()
	w := searching{store: s, access: a, query: q, keys: keys, from: from}
	found, err := w.run(bounded)
	if err != nil {
		return store.Page{}, readFault(ctx, "search "+q.Type, err)
	}
	return w.page(found), nil
}

func checkQuery(q *search.Query) error {
	if q.Deferred() {
		return store.ErrDeferred
	}
	return checkType(q.Type)
}

func checkType(resourceType string) error {
	if !typeName.MatchString(resourceType) {
		return fmt.Errorf("%q is no resource type", resourceType)
	}
	return nil
}

// Count implements store.Reader.
func (s *Store) Count(ctx context.Context, a store.Access, q *search.Query) (int64, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	if err := checkQuery(q); err != nil || a.DeniesAll() {
		return 0, err
	}
	limit, counted := s.limits.searchTime, options.Count()
	if q.CountTo > 0 {
		limit, counted = min(limit, s.limits.countTime), counted.SetLimit(q.CountTo+1)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	n, err := s.current(q.Type).CountDocuments(bounded, filter(a, q), counted)
	if err = readFault(ctx, "count "+q.Type, err); q.CountTo > 0 && errors.Is(err, store.ErrTooCostly) {
		return q.CountTo + 1, nil
	}
	return n, err
}

// searching is one search on its way.
type searching struct {
	store  *Store
	access store.Access
	query  *search.Query
	keys   []search.Sort
	from   *place
}

// run finds one match more than the page holds, if there is one.
func (w *searching) run(ctx context.Context) ([]*stored, error) {
	if o, indexed := indexedOrder(w.query.Type, w.keys); indexed {
		return w.walk(ctx, o)
	}
	return w.gather(ctx)
}

// page makes a page of the matches found.
func (w *searching) page(found []*stored) store.Page {
	var page store.Page
	if len(found) > w.query.Count {
		found = found[:w.query.Count]
		page.Next = placeOf(found[len(found)-1], w.keys).position()
	}
	for _, r := range found {
		page.Records = append(page.Records, r.Record)
	}
	return page
}

// walk reads matches in the order of an index.
func (w *searching) walk(ctx context.Context, o order) ([]*stored, error) {
	var found []*stored
	wanted := w.query.Count + 1
	for _, ph := range o.phases(w.from) {
		var more []bson.D
		if len(ph.filter) > 0 {
			more = append(more, ph.filter)
		}
		batch, err := w.find(ctx, filter(w.access, w.query, more...), options.Find().
			SetSort(ph.sort).SetLimit(int64(wanted-len(found))).SetBatchSize(int32(wanted)))
		if err != nil {
			return nil, err
		}
		if found = append(found, batch...); len(found) == wanted {
			break
		}
	}
	return found, nil
}

// find reads and decodes versions.
func (w *searching) find(ctx context.Context, f bson.D, o *options.FindOptionsBuilder) ([]*stored, error) {
	cursor, err := w.store.current(w.query.Type).Find(ctx, f, o.SetProjection(withoutValues))
	if err != nil {
		return nil, err
	}
	return decodeAll(ctx, cursor, w.query.Type)
}

// release closes a cursor or change stream that may have results left. An error is of no interest: what was read stands,
// and MongoDB ends idle cursors by itself.
func release(ctx context.Context, c interface{ Close(context.Context) error }) {
	_ = c.Close(context.WithoutCancel(ctx))
}

// decodeAll reads a cursor of versions to its end.
func decodeAll(ctx context.Context, cursor *mongo.Cursor, resourceType string) ([]*stored, error) {
	defer release(ctx, cursor)
	var all []*stored
	for cursor.Next(ctx) {
		r, err := decode(resourceType, cursor.Current)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, cursor.Err()
}
