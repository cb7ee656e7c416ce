package resources

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

const (
	// firstPause and longestPause bound the pause before the work is run again; each is drawn anew up to its bound.
	firstPause, longestPause = 2 * time.Millisecond, 250 * time.Millisecond
	// mostLockRounds bounds how often the work may find out that it needs more locks.
	mostLockRounds = 100
)

// needLocks is the answer of work that must hold more locks before it can go on.
type needLocks struct{ names []string }

func (n *needLocks) Error() string { return "needs the locks " + strings.Join(n.names, ", ") }

// NeedLocks is what work returns to be run again, on fresh reads, holding these locks beside those it has.
func NeedLocks(names ...string) error { return &needLocks{names: names} }

// Do runs one unit of work: it takes the locks, in sorted order and first come, first served; runs the work over a fresh
// Unit; and commits what that staged, all or nothing. Work that stages nothing commits nothing.
//
// The work must have no side effects but staging, because it may run several times: when another server was faster
// (store.ErrConflict), and when it returns NeedLocks. Ids, time and the commit's key stay the same in all runs. It must
// not call Do, which would wait for locks that it holds itself.
//
// Do returns nil once the commit is durable. Otherwise nothing was written and the error is the work's own, or an
// outcome.Error: 503 with Retry-After when the principal's turn or a commit without conflict did not come in time. Only
// when the connection was lost at commit and stays lost is the outcome unknown; the 503 says so.
func (s *Service) Do(ctx context.Context, p Principal, locks []string, work func(ctx context.Context, u *Unit) error) error {
	if p.Access.DeniesAll() {
		return outcome.New(http.StatusForbidden, outcome.Forbidden, "", "there is no right to write")
	}
	ctx, cancel := context.WithTimeout(ctx, s.options.Patience)
	defer cancel()
	r := &run{service: s, principal: p, commit: store.NewCommitID(), newID: s.ids(ctx)}
	held := lockSet(locks...)
	for range mostLockRounds {
		err := s.holding(ctx, held, func() error { return r.attempts(ctx, held, work) })
		var need *needLocks
		if !errors.As(err, &need) {
			return explain(err)
		}
		wider := lockSet(append(need.names, held...)...)
		if len(wider) == len(held) {
			return fmt.Errorf("work asks for locks that it holds: %w", err)
		}
		held = wider
	}
	return fmt.Errorf("work asked for more locks %d times", mostLockRounds)
}

// holding runs f while it holds the locks.
func (s *Service) holding(ctx context.Context, locks []string, f func() error) error {
	if err := s.locks.acquire(ctx, locks); err != nil {
		return tooBusy(err)
	}
	defer s.locks.release(locks)
	return f()
}

// run is what all attempts of one unit of work share.
type run struct {
	service   *Service
	principal Principal
	commit    store.CommitID
	now       time.Time
	newID     func() string
	ids       []string
	drawn     map[string]struct{}
}

func (r *run) attempts(ctx context.Context, held []string, work func(context.Context, *Unit) error) error {
	if r.now.IsZero() { // not before the locks are held: versions of one head are written in the order of their times
		r.now = r.service.options.Clock().UTC().Truncate(time.Millisecond)
	}
	for attempt := 0; ; attempt++ {
		u := r.newUnit(held)
		err := work(ctx, u)
		if err == nil {
			err = u.commit(ctx)
		}
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
		if pause(ctx, attempt) != nil {
			return tooBusy(err)
		}
	}
}

// id is the n-th id of the run.
func (r *run) id(n int) string {
	for len(r.ids) <= n {
		id := r.newID()
		if r.drawn == nil {
			r.drawn = map[string]struct{}{}
		}
		r.drawn[id] = struct{}{}
		r.ids = append(r.ids, id)
	}
	return r.ids[n]
}

// pause waits a random time that grows with the attempt, or until the context ends.
func pause(ctx context.Context, attempt int) error {
	bound := min(firstPause<<min(attempt, 10), longestPause)
	timer := time.NewTimer(rand.N(bound) + time.Microsecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// apply commits, and finds out what became of a commit whose answer was lost.
func (s *Service) apply(ctx context.Context, c store.Commit) error {
	err := s.store.Commit(ctx, c)
	if !errors.Is(err, store.ErrUnknown) {
		return storeFault(err)
	}
	// The client may have gone; the question what became of its request remains, for as long again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Patience)
	defer cancel()
	for attempt := 0; errors.Is(err, store.ErrUnknown); attempt++ {
		if pause(ctx, attempt) != nil {
			return fmt.Errorf("%w: %w", outcomeUnknown(), err)
		}
		err = s.ask(ctx, c, err)
	}
	s.options.Logger.WarnContext(ctx, "the outcome of a commit was unknown for a while", "commit", string(c.ID), "applied", err == nil)
	return storeFault(err)
}

// ask tells what became of a commit: nil, ErrConflict, or ErrUnknown as before.
func (s *Service) ask(ctx context.Context, c store.Commit, unknown error) error {
	applied, err := s.store.Committed(ctx, c.ID)
	if err != nil {
		return unknown
	}
	if applied {
		return nil
	}
	// The lost attempt may still be on its way. Committing the same again cannot apply it twice, and a conflict now means
	// that neither of the two can be applied any more.
	err = s.store.Commit(ctx, c)
	if err == nil || errors.Is(err, store.ErrConflict) {
		return err
	}
	return unknown
}
