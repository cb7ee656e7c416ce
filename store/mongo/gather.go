package mongo

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/store"
)

// gather reads the sort values of all matches, a bounded number, sorts them here and then reads the page.
func (w *searching) gather(ctx context.Context) ([]*stored, error) {
	places, err := w.places(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(places, func(a, b place) int { return a.compare(b, w.keys) })
	if w.from != nil {
		first, found := slices.BinarySearchFunc(places, *w.from, func(a, b place) int { return a.compare(b, w.keys) })
		if found {
			first++
		}
		places = places[first:]
	}
	// a match that changed in between may match no longer: then the next one takes its place
	var page []*stored
	for wanted := w.query.Count + 1; len(page) < wanted && len(places) > 0; {
		batch := places[:min(wanted-len(page), len(places))]
		places = places[len(batch):]
		records, err := w.read(ctx, batch)
		if err != nil {
			return nil, err
		}
		page = append(page, records...)
	}
	return page, nil
}

// places are the places of all matches, in no order.
func (w *searching) places(ctx context.Context) ([]place, error) {
	fields := bson.D{{Key: "updated", Value: 1}}
	for _, key := range w.keys {
		if key.Param != "_id" && key.Param != "_lastUpdated" {
			fields = append(fields, bson.E{Key: sortField(key.Param, key.Desc), Value: 1})
		}
	}
	limit := w.store.limits.sortCandidates
	cursor, err := w.store.current(w.query.Type).Find(ctx, filter(w.access, w.query), options.Find().
		SetProjection(fields).SetLimit(int64(limit)+1).SetBatchSize(int32(limit)+1))
	if err != nil {
		return nil, err
	}
	candidates, err := decodeAll(ctx, cursor, w.query.Type)
	if err != nil {
		return nil, err
	}
	if len(candidates) > limit {
		return nil, fmt.Errorf("sort more than %d matches: %w", limit, store.ErrTooCostly)
	}
	places := make([]place, len(candidates))
	for i, r := range candidates {
		places[i] = placeOf(r, w.keys)
	}
	return places, nil
}

// read reads the resources of places, in their order, as far as they still match.
func (w *searching) read(ctx context.Context, places []place) ([]*stored, error) {
	ids := make(bson.A, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	byID := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}
	found, err := w.find(ctx, filter(w.access, w.query, byID), options.Find().SetBatchSize(int32(len(ids)+1)))
	if err != nil {
		return nil, err
	}
	index := make(map[string]*stored, len(found))
	for _, r := range found {
		index[r.ID] = r
	}
	var ordered []*stored
	for _, p := range places {
		if r := index[p.ID]; r != nil {
			ordered = append(ordered, r)
		}
	}
	return ordered, nil
}
