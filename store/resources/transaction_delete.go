package resources

import (
	"context"

	"claimwright/fhir/bundle"
)

// deletes comes first of what a transaction does (R4 http.html#trules).
func (t *transaction) deletes(ctx context.Context) error {
	if err := t.findDeleted(ctx); err != nil {
		return err
	}
	err := t.each(func(s *step) (err error) {
		if s.done == nil {
			s.change, s.done, err = t.u.deleting(ctx, s.key, DeleteOptions{IfMatch: s.IfMatch})
		}
		return err
	}, bundle.DELETE)
	if err != nil {
		return err
	}
	if err := t.hold(ctx, bundle.DELETE); err != nil {
		return err
	}
	return t.each(func(s *step) error { return t.stage(ctx, s) }, bundle.DELETE)
}

// findDeleted gives the conditional deletes the keys of what they find, before anything is staged. One that finds several
// gets a further step for each but the first.
func (t *transaction) findDeleted(ctx context.Context) error {
	var locks []string
	var also []step
	left := MostDeleted
	err := t.each(func(s *step) error {
		if !s.Conditional() {
			return nil
		}
		keys, err := t.u.whichToDelete(ctx, s.key.Type, s.Target.Query, DeleteOptions{IfMatch: s.IfMatch}, left)
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			s.done = &Stored{Key: s.key, Deleted: true, Unchanged: true}
			return nil
		}
		left -= len(keys)
		s.key, locks = keys[0], append(locks, resourceLock(keys[0]))
		if len(keys) == 1 {
			return nil
		}
		s.several = keys
		for _, key := range keys[1:] {
			locks = append(locks, resourceLock(key))
			also = append(also, step{Entry: s.Entry, key: key, several: keys})
		}
		return nil
	}, bundle.DELETE)
	if err != nil {
		return err
	}
	t.also = also
	return t.u.Require(locks...)
}
