package compartment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/store"
)

// mostReferring is how many resources of a walk are looked at for what they refer to.
const mostReferring = 10_000

// References are the resources that those of a walk refer to and that are not among them.
type References struct {
	// Keys are sorted; what they name may not be there.
	Keys []store.Key
	// Cut tells that the walk was longer than is looked at, so that there may be more.
	Cut bool
}

// References collects what the resources of the compartments refer to: of the scope's Types, if it names some. Those that
// refer to it count whatever their own type and whenever they were written.
func (w *Walk) References(ctx context.Context) (References, error) {
	referring, err := New(w.reads, w.principal, w.options, Scope{Kind: w.scope.Kind, IDs: w.scope.IDs, Start: w.scope.Start, End: w.scope.End})
	if err != nil {
		return References{}, err
	}
	visited, found := map[store.Key]bool{}, map[store.Key]bool{}
	var refs References
	for at := (Place{}); !at.Done(); {
		page, err := referring.Next(ctx, at, 500)
		if err != nil {
			return References{}, err
		}
		for _, r := range page.Records {
			visited[r.Key] = true
			if err := w.collect(r, found); err != nil {
				return References{}, err
			}
		}
		if at = page.Next; len(visited) >= w.referring && !at.Done() {
			refs.Cut = true
			break
		}
	}
	for key := range visited {
		delete(found, key)
	}
	refs.Keys = slices.SortedFunc(maps.Keys(found), func(a, b store.Key) int { return strings.Compare(a.String(), b.String()) })
	return refs, nil
}

func (w *Walk) collect(r *store.Record, found map[store.Key]bool) error {
	doc, issues := codec.Parse(r.Body, codec.Limits{MaxBytes: len(r.Body)})
	if len(issues) > 0 {
		return fmt.Errorf("the stored %s cannot be read: %s", r.Key, issues[0].Text)
	}
	for v := range doc.References() {
		if key, ok := w.target(v.Text()); ok {
			found[key] = true
		}
	}
	return nil
}

// target reads a literal reference to a resource of this server: relative, or absolute below the base.
func (w *Walk) target(reference string) (store.Key, bool) {
	if w.options.BaseURL != "" {
		reference = strings.TrimPrefix(reference, strings.TrimSuffix(w.options.BaseURL, "/")+"/")
	}
	reference, _, _ = strings.Cut(reference, "/_history/")
	resourceType, id, ok := strings.Cut(reference, "/")
	if !ok || id == "" || strings.Contains(id, "/") || !registry.IsType(resourceType) {
		return store.Key{}, false
	}
	if w.scope.Types != nil && !slices.Contains(w.scope.Types, resourceType) {
		return store.Key{}, false
	}
	return store.Key{Type: strings.Clone(resourceType), ID: strings.Clone(id)}, true
}

// After are the resources behind a key in the order of References, at most n that are there and may be seen, and the last
// key that was looked at; empty at the end. The zero key is the beginning.
func (w *Walk) After(ctx context.Context, refs References, last store.Key, n int) (records []*store.Record, next store.Key, err error) {
	from := 0
	if last != (store.Key{}) {
		i, found := slices.BinarySearchFunc(refs.Keys, last.String(), func(k store.Key, s string) int { return strings.Compare(k.String(), s) })
		if from = i; found {
			from++
		}
	}
	size := 0
	for from < len(refs.Keys) && len(records) < n && size < pageBytes {
		upTo := min(from+min(n-len(records), chunk), len(refs.Keys))
		found, err := w.reads.ReadAll(ctx, w.principal, refs.Keys[from:upTo]...)
		if err != nil {
			return nil, store.Key{}, err
		}
		for _, r := range found {
			if !r.Updated.Before(w.scope.Since) {
				size += len(r.Body)
				records = append(records, r)
			}
		}
		from = upTo
	}
	if from < len(refs.Keys) {
		next = refs.Keys[from-1]
	}
	return records, next, nil
}
