package mongo

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

// History implements store.Versions. Versions come by the time of their writing; those of one millisecond by type, id and
// version, all descending. Of one resource they come by version.
func (s *Store) History(ctx context.Context, a store.Access, h store.HistoryQuery) (store.Page, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer leave()
	r := recall{store: s, access: a, query: h}
	if h.After != "" {
		m, err := parseMoment(h.After)
		if err != nil {
			return store.Page{}, err
		}
		r.from = &m
	}
	if a.DeniesAll() || h.Limit <= 0 {
		return store.Page{}, nil
	}
	if r.types, err = r.typesAsked(ctx); err != nil {
		return store.Page{}, readFault(ctx, "history", err)
	}
	page, err := r.page(ctx)
	return page, readFault(ctx, "history", err)
}

// typesAtOnce bounds the queries that a history of all types runs at the same time.
const typesAtOnce = 8

// recall is one page of a history on its way.
type recall struct {
	store  *Store
	access store.Access
	query  store.HistoryQuery
	types  []string
	from   *moment
}

func (r *recall) typesAsked(ctx context.Context) ([]string, error) {
	if r.query.Type == "" {
		return r.store.storedTypes(ctx)
	}
	return []string{r.query.Type}, checkType(r.query.Type)
}

// page reads versions until it has one more than the page holds, or all.
func (r *recall) page(ctx context.Context) (store.Page, error) {
	var page store.Page
	for {
		versions, more, err := r.next(ctx)
		if err != nil {
			return page, err
		}
		if more {
			last := momentOf(versions[len(versions)-1].Record)
			r.from = &last
		}
		allowed, err := r.allowed(ctx, versions)
		if err != nil {
			return page, err
		}
		for _, v := range allowed {
			if len(page.Records) == r.query.Limit {
				last := page.Records[len(page.Records)-1]
				page.Next = momentOf(last).position()
				return page, nil
			}
			page.Records = append(page.Records, v.Record)
		}
		if !more {
			return page, nil
		}
	}
}

// next reads the next versions that the labels of the versions themselves allow, and tells whether there may be more.
func (r *recall) next(ctx context.Context) (versions []*stored, more bool, err error) {
	limit := r.query.Limit + 1
	lists := make([][]*stored, len(r.types))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(typesAtOnce)
	for i, resourceType := range r.types {
		g.Go(func() (err error) {
			if lists[i], err = r.ofType(ctx, resourceType, limit); err != nil {
				return fmt.Errorf("of %s: %w", resourceType, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, false, err
	}
	versions = slices.Concat(lists...)
	compare := momentOrder
	if r.query.ID != "" {
		compare = versionOrder
	}
	slices.SortFunc(versions, func(a, b *stored) int { return -compare(momentOf(a.Record), momentOf(b.Record)) })
	// the newest version may be in the history already, if its successor was being written
	versions = slices.CompactFunc(versions, func(a, b *stored) bool { return a.Key == b.Key && a.Version == b.Version })
	if len(versions) < limit {
		return versions, false, nil
	}
	return versions[:limit], true, nil
}

// ofType reads from both collections of a type. The current versions come first: one that is replaced in between is in
// the history by then, while the other way round it could be missed.
func (r *recall) ofType(ctx context.Context, resourceType string, limit int) ([]*stored, error) {
	now, err := r.read(ctx, resourceType, false, limit)
	if err != nil {
		return nil, err
	}
	old, err := r.read(ctx, resourceType, true, limit)
	return append(now, old...), err
}

// allowed keeps the versions whose resource the access allows now; the list given is used up.
func (r *recall) allowed(ctx context.Context, versions []*stored) ([]*stored, error) {
	if r.access.All() {
		return versions, nil
	}
	byType := make(map[string]bson.A)
	for _, v := range versions {
		byType[v.Type] = append(byType[v.Type], v.ID)
	}
	visible := make(map[store.Key]bool)
	for resourceType, ids := range byType {
		list, err := r.store.visible(ctx, r.access, resourceType, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			visible[store.Key{Type: resourceType, ID: id}] = true
		}
	}
	return slices.DeleteFunc(versions, func(v *stored) bool { return !visible[v.Key] }), nil
}
