package sqlite

import "runtime"

// Option changes how a store is opened.
type Option func(*options)

type options struct {
	readers     int
	recordCache int
	internCache int
	// overlayBytes is how much is collected before it is merged into the tables.
	overlayBytes int
	maxGroup     int
	limits       limits
}

// limits bound what a search does one way before it does it another way, or gives up.
type limits struct {
	// checkBelow: when lists leave no more candidates than this, the other clauses are checked on each of them.
	checkBelow int
	// collect: otherwise the other clauses' matches are collected, unless they are more than this.
	collect int
	// misses: a clause that was not collected and has turned so many candidates away is collected after all.
	misses int
	// matches bounds what is collected or sorted at all.
	matches int
	// rows bounds how many rows of an index are read for one clause, whether they match or not.
	rows int
	// walkAbove: when there are more matches than this to sort by _lastUpdated, or by ids that rids do not follow, resources
	// are walked in that order and checked,
	walkAbove int
	// walk: unless so many had to be looked at without filling the page.
	walk int
	// lookups bounds how many resources are read one by one to sort them by their moment.
	lookups int
}

func defaults() options {
	return options{
		readers:      max(4, 2*runtime.GOMAXPROCS(0)),
		recordCache:  16 << 20,
		internCache:  8 << 20,
		overlayBytes: 28 << 20,
		maxGroup:     256,
		limits: limits{
			checkBelow: 500, collect: 10_000, misses: 2_000, matches: 2_000_000, rows: 2_000_000, walkAbove: 4_000, walk: 10_000, lookups: 200_000,
		},
	}
}

// WithReaders sets how many reads of the file run at once; further ones wait. The default is twice the number of
// processors and at least 4.
func WithReaders(n int) Option {
	return func(o *options) { o.readers = max(1, n) }
}

// WithCache sets how many bytes of current resources and of internal records are kept in memory. The defaults are 16 MiB
// and 8 MiB; 0 keeps none.
func WithCache(resources, internals int) Option {
	return func(o *options) { o.recordCache, o.internCache = resources, internals }
}

// WithOverlay sets how many bytes of index entries and internal records are collected in memory before they are merged
// into the file's tables; up to twice as much is in memory. More makes writing cheaper and opening after a crash slower.
// The default is 28 MiB.
func WithOverlay(bytes int) Option {
	return func(o *options) { o.overlayBytes = bytes }
}
