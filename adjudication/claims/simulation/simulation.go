package simulation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/replay"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/fhir/search"
	"claimwright/store"
)

// pageSize is how many responses one worker takes at once.
const pageSize = 200

// Simulator tries rules on what one store holds. It is safe for concurrent use.
type Simulator struct {
	store   store.Store
	schemes *claims.Schemes
	// Workers are how many claims are decided at once; 0 is one for each processor.
	Workers int
}

// New makes a Simulator; nothing is read before it is asked for.
func New(st store.Store, schemes *claims.Schemes) *Simulator {
	return &Simulator{store: st, schemes: schemes}
}

// run is one simulation.
type run struct {
	*Request
	store    store.Store
	access   store.Access
	replayer *replay.Replayer
	workers  int
	fired    map[string]bool // whose firing is counted

	mu     sync.Mutex
	trials map[string]*trial
}

// Run tries the rules on every claim that the access allows. Progress is told of from one goroutine; nil does without. When
// the context's deadline passes, the report is that of the responses looked at until then and says so; any other error is
// that of the store.
func (s *Simulator) Run(ctx context.Context, a store.Access, r Request, progress func(done, total int64)) (*Report, error) {
	if err := r.prepare(); err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	x := &run{Request: &r, store: s.store, access: a, replayer: replay.New(s.store), fired: r.changed(), trials: map[string]*trial{}}
	if x.workers = s.Workers; x.workers == 0 {
		x.workers = runtime.GOMAXPROCS(0)
	}
	current, err := s.schemes.Latest(ctx)
	if err != nil {
		return nil, err
	}
	x.trials[current.Digest()] = newTrial(current, &r)
	total, cut, err := x.all(ctx, progress)
	if err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, err
	}
	if err != nil {
		cut = "the time was up"
	}
	return x.report(total, cut), nil
}

// all hands the responses to the workers, page by page, and adds up what they found.
func (x *run) all(ctx context.Context, progress func(done, total int64)) (sum *tally, cut string, err error) {
	q := x.query()
	count, err := x.store.Count(ctx, x.access, q)
	if err != nil {
		return newTally(), "", fmt.Errorf("count the responses: %w", err)
	}
	pages, done := make(chan []*store.Record, 2), make(chan int, 2)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		defer close(pages)
		cut, err = x.list(ctx, q, pages)
		return err
	})
	tallies := make([]*tally, x.workers)
	var working sync.WaitGroup
	for i := range tallies {
		tallies[i] = newTally()
		working.Add(1)
		group.Go(func() error {
			defer working.Done()
			w := &worker{run: x, tally: tallies[i]}
			for page := range pages {
				if err := w.page(ctx, page); err != nil {
					return err
				}
				done <- len(page)
			}
			return nil
		})
	}
	go func() {
		working.Wait()
		close(done)
	}()
	seen := int64(0)
	for n := range done {
		seen += int64(n)
		progress(seen, max(count, seen))
	}
	err = group.Wait()
	sum = newTally()
	for _, t := range tallies {
		sum.add(t)
	}
	return sum, cut, err
}

// query selects what can be in the range: nothing that was last written before its first day began anywhere on earth.
func (x *run) query() *search.Query {
	q := &search.Query{Type: "ClaimResponse", Count: pageSize}
	if x.Since != 0 && !x.ByService {
		from := float64(earliest(x.Since).UnixMilli())
		q.Where = []search.Clause{{AnyOf: []search.Condition{{
			Kind: search.UpdatedIn, Box: search.Box{LoMin: from, LoMax: math.Inf(1), HiMin: from, HiMax: math.Inf(1)},
		}}}}
	}
	return q
}

// earliest is when a day begins where it begins first.
func earliest(d day.Date) time.Time {
	year, month, at := d.Civil()
	return time.Date(year, month, at, -14, 0, 0, 0, time.UTC)
}

// list reads the responses in the order of their ids; cut says why not all.
func (x *run) list(ctx context.Context, q *search.Query, pages chan<- []*store.Record) (cut string, err error) {
	left := x.Most
	for after := store.Position(""); ; {
		page, err := x.store.Search(ctx, x.access, q, after)
		if err != nil {
			return "", fmt.Errorf("list the responses: %w", err)
		}
		records := page.Records
		if x.Most > 0 && int64(len(records)) > left {
			records, cut = records[:left], fmt.Sprintf("at most %d responses are looked at", x.Most)
		}
		left -= int64(len(records))
		select {
		case pages <- records:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if after = page.Next; after == "" || cut != "" {
			return cut, nil
		}
	}
}

// trialOf is the trial of the scheme that a decision rests on, made once.
func (x *run) trialOf(ctx context.Context, b *engine.Basis) (*trial, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if t := x.trials[b.Scheme]; t != nil {
		return t, nil
	}
	base, err := x.replayer.Scheme(ctx, b.Scheme, b.Clock)
	if err != nil {
		return nil, err
	}
	if len(x.trials) >= mostTrials {
		clear(x.trials)
	}
	t := newTrial(base, x.Request)
	x.trials[b.Scheme] = t
	return t, nil
}

// mostTrials bounds the schemes that are kept.
const mostTrials = 16
