package mongo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"claimwright/store"
)

// Commit implements store.Store. A commit of one resource is a compare-and-set, every other one a transaction; both are
// tried again, a bounded number of times, when MongoDB asks for it or when their outcome was lost: applying a commit twice
// has no effect.
func (s *Store) Commit(ctx context.Context, c store.Commit) error {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := c.Validate(); err != nil {
		return err
	}
	p, err := s.plan(&c)
	if err != nil {
		return err
	}
	if err := s.ensureTypes(ctx, p); err != nil {
		return err
	}
	apply := s.applyTransaction
	if p.single() {
		apply = s.applySingle
	}
	return s.persist(ctx, p, apply)
}

func (s *Store) ensureTypes(ctx context.Context, p *plan) error {
	for i := range p.commit.Resources {
		if err := s.ensureType(ctx, p.commit.Resources[i].Type); err != nil {
			return err
		}
	}
	for _, k := range p.absent {
		if err := s.ensureType(ctx, k.Type); err != nil {
			return err
		}
	}
	return nil
}

// outcome is how one attempt at a commit ended.
type outcome uint8

const (
	// applied: now or by an earlier attempt.
	applied outcome = iota
	// refused: a version or precondition did not hold, or the commit cannot be stored at all. Nothing was applied.
	refused
	// disturbed: nothing was applied and another attempt may succeed.
	disturbed
	// unsettled: the connection was lost when it might have been applied.
	unsettled
)

// persist attempts a commit until its outcome is clear.
func (s *Store) persist(
	ctx context.Context, p *plan, apply func(context.Context, *plan) (outcome, error),
) error {
	wasLost := false
	var last error
	for attempt := range s.limits.attempts {
		if attempt > 0 && !pause(ctx, attempt) {
			break
		}
		result, err := apply(ctx, p)
		switch result {
		case applied:
			return nil
		case refused:
			return err
		case unsettled:
			if settled, known := s.settle(ctx, p); known && settled {
				return nil
			} else if !known {
				wasLost = true
			}
		}
		last = err
	}
	return s.exhausted(ctx, p, wasLost, last)
}

// exhausted is the answer when no attempt brought an answer.
func (s *Store) exhausted(ctx context.Context, p *plan, wasLost bool, last error) error {
	cause := errors.Join(ctx.Err(), last)
	switch {
	case wasLost:
		return fmt.Errorf("commit %s: %w: %w", p.commit.ID, store.ErrUnknown, cause)
	case ctx.Err() == nil && hasCode(last, codeWriteConflict):
		return fmt.Errorf("commit %s: %w: %w", p.commit.ID, store.ErrConflict, cause)
	}
	return fmt.Errorf("commit %s: %w", p.commit.ID, cause)
}

// pause waits before the next attempt, longer each time and never exactly as long as another server does. It reports
// false if the caller left meanwhile.
func pause(ctx context.Context, attempt int) bool {
	longest := min(200*time.Millisecond, time.Millisecond<<attempt)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// settle asks, after a lost connection, whether the commit was applied. known is false if no answer is to be had or if
// the answer could still change.
func (s *Store) settle(ctx context.Context, p *plan) (settled, known bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.settleTime)
	defer cancel()
	done, err := s.committed(ctx, p.commit.ID)
	if err != nil {
		return false, false
	}
	// a transaction that committed nothing is fenced off by now, while a single write may still be on its way
	return done, done || !p.single()
}
