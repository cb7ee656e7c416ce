package resources

import (
	"context"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/patch"
	"claimwright/store"
)

// Patch stages a resource with a patch applied; from there on it is an update (R4 http.html#patch). Nothing there is refused
// with 404, a delete with 410, a stale IfMatch with 412. A result that is what is stored is returned Unchanged.
func (u *Unit) Patch(ctx context.Context, key store.Key, p *patch.Patch, o UpdateOptions) (*Stored, error) {
	c, same, err := u.patching(ctx, key, p, o)
	if same != nil || err != nil {
		return same, err
	}
	return u.stage(ctx, c)
}

// PatchWhere stages the one resource that a query finds with a patch applied (R4 http.html#cond-patch). No match is refused
// with 404, several with 412.
func (u *Unit) PatchWhere(ctx context.Context, resourceType, query string, p *patch.Patch, o UpdateOptions) (*Stored, error) {
	key, err := u.whichToPatch(ctx, resourceType, query)
	if err != nil {
		return nil, err
	}
	if err := u.Require(resourceLock(key)); err != nil {
		return nil, err
	}
	return u.Patch(ctx, key, p, o)
}

// whichToPatch names the one resource that a condition finds; none is refused.
func (u *Unit) whichToPatch(ctx context.Context, resourceType, query string) (store.Key, error) {
	key, err := u.whichMatches(ctx, resourceType, query)
	if err != nil {
		return store.Key{}, err
	}
	if key == nil {
		return store.Key{}, outcome.New(http.StatusNotFound, outcome.NotFound, "", "no %s matches the condition, so there is nothing to patch", resourceType)
	}
	return *key, nil
}

// patching is the change that a patch comes to, or the version that is as it wants already.
func (u *Unit) patching(ctx context.Context, key store.Key, p *patch.Patch, o UpdateOptions) (Change, *Stored, error) {
	before, err := u.visible(ctx, key)
	if err != nil {
		return Change{}, nil, err
	}
	changed, err := patched(key, before, p, o.IfMatch)
	if err != nil {
		return Change{}, nil, err
	}
	return u.updating(ctx, key, changed, o)
}

// patched is what a patch makes of a resource as it is.
func patched(key store.Key, before state, p *patch.Patch, ifMatch int64) (*codec.Document, error) {
	if before.deleted {
		return nil, gone(&store.Record{Key: key, Version: before.version, Updated: before.updated})
	}
	if !before.exists() {
		return nil, notFound(key)
	}
	if err := matches(key, before, ifMatch); err != nil {
		return nil, err
	}
	return p.Apply(before.doc)
}

// Patch applies a patch to a resource in a unit of work of its own; see Unit.Patch. A conflict applies it anew, to what is
// there then.
func (s *Service) Patch(ctx context.Context, p Principal, key store.Key, change *patch.Patch, o UpdateOptions) (stored *Stored, err error) {
	err = s.Do(ctx, p, []string{resourceLock(key)}, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.Patch(ctx, key, change, o)
		return err
	})
	return answer(stored, err)
}

// PatchWhere applies a patch to the one resource that a query finds, in a unit of work of its own; see Unit.PatchWhere.
func (s *Service) PatchWhere(ctx context.Context, p Principal, resourceType, query string, change *patch.Patch, o UpdateOptions) (stored *Stored, err error) {
	err = s.Do(ctx, p, []string{conditionLock(resourceType, query)}, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.PatchWhere(ctx, resourceType, query, change, o)
		return err
	})
	return answer(stored, err)
}
