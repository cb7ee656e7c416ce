package mongo

import "time"

// WithAttempts bounds how often a commit is tried and how long its outcome is asked for, so that tests of lasting faults
// need not wait: after each the driver waits half a second for its server.
func WithAttempts(n int, settle time.Duration) Option {
	return func(s *settings) { s.limits.attempts, s.limits.settleTime = n, settle }
}

// WithSortCandidates bounds how many matches are sorted outside an index.
func WithSortCandidates(n int) Option {
	return func(s *settings) { s.limits.sortCandidates = n }
}
