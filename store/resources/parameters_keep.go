package resources

import (
	"context"
	"sync"
	"time"

	"claimwright/store"
)

const (
	// pollEvery is how often a server looks at the epoch of the search parameters.
	pollEvery = 250 * time.Millisecond
	// settle is how long it waits before it indexes anew: by then no other server begins a commit with the parameters as they
	// were before.
	settle = 2 * freshFor
	// lastPass is when it looks once more for what a commit that took long has left, or tries again after an error.
	lastPass = 45 * time.Second
)

// KeepParameters keeps the search parameters as they are in the store until the context ends: it notices what other servers
// change, and indexes anew what has to be. It begins with a pass over what an older version of the server has indexed.
func (s *Service) KeepParameters(ctx context.Context) {
	var polling sync.WaitGroup
	defer polling.Wait()
	polling.Go(func() { s.pollParameters(ctx) })
	select { // the first pass begins at once
	case <-s.parameters.changed:
	default:
	}
	for wait := time.Duration(0); ; {
		due := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			due.Stop()
			return
		case <-s.parameters.changed:
			wait = settle
		case <-due.C:
			wait = s.pass(ctx, wait)
		}
		due.Stop()
	}
}

// pass indexes anew and tells when to do it again.
func (s *Service) pass(ctx context.Context, waited time.Duration) time.Duration {
	awaited := s.Custom().Pending()
	err := s.Reindex(ctx, func(store.Progress) {})
	switch {
	case err != nil && ctx.Err() == nil:
		s.options.Logger.ErrorContext(ctx, "reindexing stopped", "error", err)
		return lastPass
	case waited == settle || awaited:
		return lastPass
	}
	return forever
}

// forever is until the parameters change.
const forever = 1<<63 - 1

func (s *Service) pollParameters(ctx context.Context) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			err := s.LoadParameters(ctx)
			if err != nil && !failing && ctx.Err() == nil { // once for each time that the store cannot be reached
				s.options.Logger.ErrorContext(ctx, "the search parameters could not be read", "error", err)
			}
			failing = err != nil
		}
	}
}
