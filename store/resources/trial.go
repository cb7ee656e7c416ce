package resources

import (
	"context"
	"errors"

	"claimwright/fhir/codec"
	"claimwright/store"
)

// errTrial ends a unit of work that must not be committed.
var errTrial = errors.New("only tried")

// TryCreate says whether a create would be accepted: nil, or the error that it would be refused with. Everything is done but
// the commit; nothing is written.
func (s *Service) TryCreate(ctx context.Context, p Principal, doc *codec.Document) error {
	return s.try(ctx, p, guardLocks(doc), func(ctx context.Context, u *Unit) error {
		_, err := u.Create(ctx, doc, CreateOptions{})
		return err
	})
}

// TryUpdate says whether an update would be accepted; see TryCreate.
func (s *Service) TryUpdate(ctx context.Context, p Principal, key store.Key, doc *codec.Document) error {
	return s.try(ctx, p, append(guardLocks(doc), resourceLock(key)), func(ctx context.Context, u *Unit) error {
		_, err := u.Update(ctx, key, doc, UpdateOptions{})
		return err
	})
}

// TryDelete says whether a delete would be accepted; see TryCreate.
func (s *Service) TryDelete(ctx context.Context, p Principal, key store.Key) error {
	return s.try(ctx, p, []string{resourceLock(key)}, func(ctx context.Context, u *Unit) error {
		_, err := u.Delete(ctx, key, DeleteOptions{})
		return err
	})
}

func (s *Service) try(ctx context.Context, p Principal, locks []string, work func(context.Context, *Unit) error) error {
	err := s.Do(ctx, p, locks, func(ctx context.Context, u *Unit) error {
		if err := work(ctx, u); err != nil {
			return err
		}
		return errTrial
	})
	if errors.Is(err, errTrial) {
		return nil
	}
	return err
}
