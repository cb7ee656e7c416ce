package resources

import (
	"context"
	"fmt"
	"slices"
	"time"

	"claimwright/store"
)

// History is a page of versions, newest first, deletes included; token is empty for the first page or the Next of the
// page before, and h.After is not looked at. A page may hold less than h.Limit, even nothing, and still have a next one. The history of
// a resource that never was is 404.
func (r *Reads) History(ctx context.Context, p Principal, h store.HistoryQuery, token string) (Page, error) {
	return r.HistoryAt(ctx, p, h, time.Time{}, token)
}

// HistoryAt is History without what was no longer there at a moment: versions that had been replaced, and deletes before it.
// With h.Until it is R4's _at: what was current at some time of a period (R4 http.html#history). A zero moment leaves
// out nothing.
func (r *Reads) HistoryAt(ctx context.Context, p Principal, h store.HistoryQuery, at time.Time, token string) (Page, error) {
	digest := fmt.Sprintf("history %s/%s %d %d %d", h.Type, h.ID, h.Since.UnixMilli(), h.Until.UnixMilli(), at.UnixMilli())
	seal, from, err := r.openBeginning(ctx, p, digest, token)
	if err != nil {
		return Page{}, err
	}
	h.After = from.after
	var page store.Page
	if at.IsZero() {
		page, err = portions(h.Limit, r.room, h.After, func(count int, after store.Position) (store.Page, error) {
			part := h
			part.Limit, part.After = count, after
			return r.versions.History(ctx, p.Access, part)
		})
	} else {
		page, err = r.historyAt(ctx, p.Access, h, at)
	}
	if err != nil {
		return Page{}, fmt.Errorf("read the history of %s/%s: %w", h.Type, h.ID, readFault(err))
	}
	if len(page.Records) == 0 && h.ID != "" && token == "" {
		key := store.Key{Type: h.Type, ID: h.ID}
		found, err := r.reader.Get(ctx, p.Access, key)
		if err != nil {
			return Page{}, fmt.Errorf("read %s: %w", key, readFault(err))
		}
		if found[0] == nil {
			return Page{}, notFound(key)
		}
	}
	out := Page{Records: page.Records, More: page.Next != ""}
	out.Total = versionsOf(h, at, p.Access, from, &out)
	out.Next = beginning{page.Next, out.Total}.seal(seal, digest, p.Access)
	return out, nil
}

// versionsOf is the total of a history: all versions of one resource, of which the newest has the greatest number and a
// reader who sees everything misses none, or what is all on the first page.
func versionsOf(h store.HistoryQuery, at time.Time, a store.Access, from beginning, page *Page) int64 {
	switch {
	case !from.first():
		return from.total
	case !page.More:
		return int64(len(page.Records))
	case h.ID == "" || !a.All() || !h.Since.IsZero() || !h.Until.IsZero() || !at.IsZero() || len(page.Records) == 0:
		return Unknown
	}
	return page.Records[0].Version
}

// mostPassed bounds how many versions of the past are passed over for one page.
const mostPassed = 1000

// historyAt reads versions as History does, and passes over those that were replaced, or were deletes, at a moment. No store
// keeps when a version was replaced: its successor says so. The page ends early where many were, or where its bodies would
// take too much room; it holds one version at least, unless it has passed over as many as it may.
func (r *Reads) historyAt(ctx context.Context, a store.Access, h store.HistoryQuery, at time.Time) (store.Page, error) {
	limit, room := h.Limit, r.room
	var out store.Page
	for passed := 0; ; {
		h.Limit = min(limit-len(out.Records), portion) // never more than fit: only the store knows the position after a record
		part, err := r.versions.History(ctx, a, h)
		if err != nil {
			return store.Page{}, err
		}
		current, err := r.currentAt(ctx, part.Records, at)
		if err != nil {
			return store.Page{}, err
		}
		fits := fitting(current, room)
		if fits == 0 && len(current) > 0 && len(out.Records) > 0 {
			return out, nil
		}
		if fits = max(fits, 1); fits < len(current) {
			h.Limit = 1 + slices.Index(part.Records, current[fits-1])
			if part, err = r.versions.History(ctx, a, h); err != nil {
				return store.Page{}, err
			}
			current, room = current[:fits], 0
		}
		for _, v := range current {
			room -= len(v.Body)
		}
		passed += len(part.Records) - len(current)
		out.Records, out.Next = append(out.Records, current...), part.Next
		if part.Next == "" || len(out.Records) == limit || passed >= mostPassed || room <= 0 {
			return out, nil
		}
		h.After = part.Next
	}
}

// currentAt keeps the versions that were there at a moment or came to be after it.
func (r *Reads) currentAt(ctx context.Context, versions []*store.Record, at time.Time) ([]*store.Record, error) {
	var kept []*store.Record
	var older []store.Key
	for _, v := range versions {
		if v.Updated.Before(at) && !v.Deleted {
			older = append(older, v.Key)
		}
	}
	latest := map[store.Key]int64{}
	if len(older) > 0 {
		found, err := r.reader.Get(ctx, store.System(), older...)
		if err != nil {
			return nil, err
		}
		for i, k := range older {
			if found[i] != nil {
				latest[k] = found[i].Version
			}
		}
	}
	for _, v := range versions {
		there := !v.Updated.Before(at)
		if !there && !v.Deleted {
			var err error
			if there, err = r.wasCurrent(ctx, v, latest[v.Key], at); err != nil {
				return nil, err
			}
		}
		if there {
			kept = append(kept, v)
		}
	}
	return kept, nil
}

// wasCurrent tells whether a version had no successor yet at a moment.
func (r *Reads) wasCurrent(ctx context.Context, v *store.Record, latest int64, at time.Time) (bool, error) {
	if v.Version >= latest {
		return true, nil
	}
	next, err := r.versions.Version(ctx, store.System(), v.Key, v.Version+1)
	if err != nil {
		return false, err
	}
	return next == nil || next.Updated.After(at), nil // one that is only staged is being made now
}
