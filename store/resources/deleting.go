package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

// MostDeleted bounds the resources that one conditional delete, or all of one transaction, may delete.
const MostDeleted = 1000

// DeleteOptions refine a delete.
type DeleteOptions struct {
	// IfMatch is the version that the client wants gone, or AnyVersion; 0 for none.
	IfMatch int64
}

// Delete stages the delete of a resource through its type's Behaviour. What is unknown, deleted or not visible to the
// principal is returned Unchanged; a stale IfMatch is refused with 412.
func (u *Unit) Delete(ctx context.Context, key store.Key, o DeleteOptions) (*Stored, error) {
	c, absent, err := u.deleting(ctx, key, o)
	if absent != nil || err != nil {
		return absent, err
	}
	return u.stage(ctx, c)
}

// DeleteWhere stages the deletes of what a query finds (R4 http.html#cond-delete): of one resource, or with
// Options.DeleteSeveral of all of them, none of which is staged if one may not be deleted. No match is returned Unchanged and without a
// key; several are refused with 412 unless they are to be deleted, and so are more than MostDeleted, and an IfMatch that
// names a version of several.
func (u *Unit) DeleteWhere(ctx context.Context, resourceType, query string, o DeleteOptions) (*Stored, error) {
	keys, err := u.whichToDelete(ctx, resourceType, query, o, MostDeleted)
	if err != nil {
		return nil, err
	}
	switch len(keys) {
	case 0:
		return &Stored{Key: store.Key{Type: resourceType}, Deleted: true, Unchanged: true}, nil
	case 1:
		if err := u.Require(resourceLock(keys[0])); err != nil {
			return nil, err
		}
		return u.Delete(ctx, keys[0], o)
	}
	return u.deleteAll(ctx, keys, o)
}

// whichToDelete names the resources that a conditional delete is for, at most so many.
func (u *Unit) whichToDelete(ctx context.Context, resourceType, query string, o DeleteOptions, most int) ([]store.Key, error) {
	var keys []store.Key
	if u.run.service.options.DeleteSeveral {
		var err error
		if keys, err = u.allMatches(ctx, resourceType, query, most); err != nil {
			return nil, err
		}
	} else if key, err := u.whichMatches(ctx, resourceType, query); err != nil {
		return nil, err
	} else if key != nil {
		keys = append(keys, *key)
	}
	switch {
	case len(keys) == 0:
		return nil, matches(store.Key{Type: resourceType}, state{}, o.IfMatch)
	case len(keys) > 1 && o.IfMatch > 0:
		err := outcome.New(http.StatusPreconditionFailed, outcome.MultipleMatches, "", "several resources of type %s match the condition, and If-Match names the version of one", resourceType)
		return nil, err
	}
	return keys, nil
}

// allMatches names all resources that a condition finds, and reads them.
func (u *Unit) allMatches(ctx context.Context, resourceType, query string, most int) ([]store.Key, error) {
	q, guarded, err := u.condition(ctx, resourceType, query)
	if err != nil {
		return nil, err
	}
	r, access := u.Reads(), u.run.principal.Access
	if q, err = r.resolve(ctx, access, q); err != nil {
		return nil, err
	}
	page, err := portions(max(1, most), r.room, "", r.pages(ctx, access, q))
	if err != nil {
		return nil, fmt.Errorf("search %s for a condition: %w", q.Type, storeFault(err))
	}
	if page.Next != "" || len(page.Records) > most {
		err := outcome.New(http.StatusPreconditionFailed, outcome.TooCostly, "", "more resources of type %s match than are deleted at once; nothing was deleted", resourceType)
		err.Issues[0].Expected = fmt.Sprintf("at most %d resources, of %d MiB together, in one request", MostDeleted, r.room>>20)
		return nil, err
	}
	if len(page.Records) > 0 {
		u.RelyInternal(guarded)
	}
	keys := make([]store.Key, len(page.Records))
	for i, record := range page.Records {
		keys[i] = record.Key
	}
	_, err = u.Get(ctx, store.System(), keys...) // in one round trip, for what looks at each
	return keys, err
}

// deleteAll stages the deletes of several resources, once all locks are held.
func (u *Unit) deleteAll(ctx context.Context, keys []store.Key, o DeleteOptions) (*Stored, error) {
	locks := make([]string, len(keys))
	for i, key := range keys {
		locks[i] = resourceLock(key)
	}
	if err := u.Require(locks...); err != nil {
		return nil, err
	}
	var changes []Change
	for _, key := range keys {
		c, absent, err := u.deleting(ctx, key, o)
		if err != nil {
			return nil, err
		}
		if absent != nil {
			continue
		}
		names, err := u.run.service.behaviour(key.Type).Locks(ctx, u, c)
		if err != nil {
			return nil, err
		}
		changes, locks = append(changes, c), append(locks, names...)
	}
	if err := u.Require(locks...); err != nil {
		return nil, err
	}
	for _, c := range changes {
		if _, err := u.stageLocked(ctx, c); err != nil {
			return nil, refusing(c.Key, err)
		}
	}
	return severalDeleted(keys), nil
}

// severalDeleted is what a conditional delete of several resources comes to; no version is that of all.
func severalDeleted(keys []store.Key) *Stored {
	return &Stored{Key: store.Key{Type: keys[0].Type}, Deleted: true, Removed: len(keys)}
}

// deleting is the change that a delete asks for, or what is known of a resource that is not there.
func (u *Unit) deleting(ctx context.Context, key store.Key, o DeleteOptions) (Change, *Stored, error) {
	before, err := u.visible(ctx, key)
	if isHidden(err) {
		before, err = state{}, nil
	}
	if err != nil {
		return Change{}, nil, err
	}
	if err := matches(key, before, o.IfMatch); err != nil {
		return Change{}, nil, err
	}
	if !before.exists() {
		return Change{}, &Stored{Key: key, Version: before.version, Updated: before.updated, Deleted: true, Unchanged: true}, nil
	}
	return Change{Interaction: Delete, Key: key, Old: before.stored(key)}, nil, nil
}

// refusing names the resource that may not be deleted, of several that a condition has found.
func refusing(key store.Key, err error) error {
	var said *outcome.Error
	if !errors.As(err, &said) {
		return err
	}
	named := *said
	named.Issues = append([]outcome.Issue(nil), said.Issues...)
	for i := range named.Issues {
		if named.Issues[i].Found == "" {
			named.Issues[i].Found = key.String()
		}
	}
	return withCause(&named, err)
}

// Delete removes a resource in a unit of work of its own; see Unit.Delete.
func (s *Service) Delete(ctx context.Context, p Principal, key store.Key, o DeleteOptions) (stored *Stored, err error) {
	err = s.Do(ctx, p, []string{resourceLock(key)}, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.Delete(ctx, key, o)
		return err
	})
	return answer(stored, err)
}

// DeleteWhere removes what a query finds, in a unit of work of its own; see Unit.DeleteWhere.
func (s *Service) DeleteWhere(ctx context.Context, p Principal, resourceType, query string, o DeleteOptions) (stored *Stored, err error) {
	err = s.Do(ctx, p, []string{conditionLock(resourceType, query)}, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.DeleteWhere(ctx, resourceType, query, o)
		return err
	})
	return answer(stored, err)
}
