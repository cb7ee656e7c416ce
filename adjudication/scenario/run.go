package scenario

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/replay"
	"claimwright/adjudication/scenario/source"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// Options configure Run.
type Options struct {
	// NewStore makes an empty store for each scenario; required. It is closed after the scenario.
	NewStore func() store.Store
	// Parallel bounds how many run at once; 0 is one for each processor.
	Parallel int
	// Only tells which scenarios are run; nil runs all. Others have no Result.
	Only func(*Scenario) bool
	// Progress is told how many of how many have run; nil for nobody. Calls come one at a time.
	Progress func(done, total int)
}

// Result is what became of one scenario.
type Result struct {
	File     *File
	Scenario *Scenario
	// Failures are what differs from what was expected; none when the scenario holds.
	Failures []Failure
	Took     time.Duration
}

// Failure is one difference.
type Failure struct {
	At source.Position
	// Step is the step's number, 0 for the scenario as a whole, and What what was looked at.
	Step                  int
	What, Expected, Found string
	// Trace says in words how the amount of the line came about.
	Trace []string
}

// Run runs scenarios, several at once, and answers in their order. The error is the context's.
func Run(ctx context.Context, files []*File, o Options) ([]Result, error) {
	var results []Result
	for _, f := range files {
		for _, s := range f.Scenarios {
			if o.Only == nil || o.Only(s) {
				results = append(results, Result{File: f, Scenario: s})
			}
		}
	}
	if o.Parallel == 0 {
		o.Parallel = runtime.GOMAXPROCS(0)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.Parallel)
	finished := newProgress(o.Progress, len(results))
	for i := range results {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			started := time.Now()
			results[i].Failures = results[i].Scenario.run(ctx, o.NewStore())
			results[i].Took = time.Since(started)
			finished()
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("run scenarios: %w", err)
	}
	return results, nil
}

// newProgress is what each scenario calls at its end.
func newProgress(tell func(done, total int), total int) func() {
	if tell == nil {
		return func() {}
	}
	var done atomic.Int64
	turn := make(chan struct{}, 1)
	return func() {
		turn <- struct{}{}
		tell(int(done.Add(1)), total)
		<-turn
	}
}

// run plays the scenario on an empty store, which it closes.
func (s *Scenario) run(ctx context.Context, st store.Store) (failures []Failure) {
	p := newPlay(st)
	defer func() {
		if err := st.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			failures = append(failures, Failure{At: s.At, What: "the store", Expected: "closed", Found: err.Error()})
		}
	}()
	if err := p.prepare(ctx, s.world.Resources); err != nil {
		return []Failure{{At: s.At, What: "the scheme", Expected: "loaded", Found: err.Error()}}
	}
	for i, step := range s.steps {
		found := step.run(ctx, p, s.world.Compatible)
		for j := range found {
			found[j].Step = i + 1
		}
		if failures = append(failures, found...); ctx.Err() != nil {
			return failures
		}
	}
	return append(append(failures, s.ledger(ctx, p)...), s.again(ctx, p)...)
}

// ledger proves the heads from their entries.
func (s *Scenario) ledger(ctx context.Context, p *play) (failures []Failure) {
	report := func(f store.Finding) {
		failures = append(failures, Failure{At: s.At, What: "the ledger at the end", Expected: "proved", Found: f.Key + ": " + f.Text})
	}
	if err := claims.VerifyLedger(ctx, p.store, report, nil); err != nil {
		failures = append(failures, Failure{At: s.At, What: "the ledger at the end", Expected: "proved", Found: err.Error()})
	}
	return failures
}

// again makes every decision a second time, from what was recorded of it: the same bytes must come out.
func (s *Scenario) again(ctx context.Context, p *play) (failures []Failure) {
	report := func(r replay.Result) {
		if !r.Verdict.Fault() {
			return
		}
		found := r.Verdict.String() + " " + r.Reason
		for _, d := range r.Differences {
			found += fmt.Sprintf("; %s: %s, again %s", d.At, d.Stored, d.Again)
		}
		name := fmt.Sprintf("%s, version %d, decided again", r.Response, r.Version)
		failures = append(failures, Failure{At: s.At, What: name, Expected: replay.Same.String(), Found: found})
	}
	if err := replay.New(p.store).All(ctx, time.Time{}, report, func(_, _ int64) {}); err != nil {
		failures = append(failures, Failure{At: s.At, What: "decisions made again", Expected: replay.Same.String(), Found: err.Error()})
	}
	return failures
}

// run does the step and compares; lifted says that prices may be lifted, see sums.
func (s *step) run(ctx context.Context, p *play, lifted bool) []Failure {
	a, err := p.act(ctx, s)
	var refused *outcome.Error
	switch {
	case errors.As(err, &refused):
		return s.refusedWith(wording(refused))
	case err != nil:
		return []Failure{{At: s.at, What: s.kind, Expected: "an answer", Found: err.Error()}}
	case s.refusal:
		return []Failure{{At: s.at, What: s.kind, Expected: "refused: " + strings.Join(s.refused, ", "), Found: "an answer"}}
	}
	var failures []Failure
	if a != nil {
		if s.kind != "write" { // the sums of what others write are theirs
			failures = wrongSums(s.at, a, lifted)
		}
		failures = append(failures, compare(a, s.checks)...)
	}
	for _, c := range s.claims {
		now, err := p.current(ctx, c.name)
		if err != nil {
			return append(failures, Failure{At: s.at, What: "claim " + c.name, Expected: "an answer", Found: err.Error()})
		}
		failures = append(append(failures, wrongSums(s.at, now, lifted)...), compare(now, c.checks)...)
	}
	for i := range s.stored {
		w := &s.stored[i]
		what, expected := "stored", "a resource that contains this"
		if w.absent {
			what, expected = "absent", "no resource that contains this"
		}
		if found, ok, err := w.holds(ctx, p); err != nil || !ok {
			if err != nil {
				found = err.Error()
			}
			failures = append(failures, Failure{At: w.at, What: what, Expected: expected, Found: found})
		}
	}
	return failures
}

// refusedWith compares a refusal with what was expected.
func (s *step) refusedWith(text string) (failures []Failure) {
	if !s.refusal {
		return []Failure{{At: s.at, What: s.kind, Expected: "an answer", Found: "refused: " + text}}
	}
	for _, expected := range s.refused {
		if !strings.Contains(text, expected) {
			failures = append(failures, Failure{At: s.at, What: s.kind, Expected: "refused with: " + expected, Found: text})
		}
	}
	return failures
}

func wrongSums(at source.Position, a *answer, lifted bool) (failures []Failure) {
	for _, text := range a.sums(lifted) {
		failures = append(failures, Failure{At: at, What: "sums", Expected: "exact", Found: text})
	}
	return failures
}

func compare(a *answer, checks []check) (failures []Failure) {
	for i := range checks {
		c := &checks[i]
		found, ok := c.holds(a)
		if ok {
			continue
		}
		f := Failure{At: c.at, What: c.what, Expected: c.expected, Found: found}
		if c.line != "" {
			f.Trace = a.explain(c.line)
		} else if a.ResourceType == "ClaimResponse" && a.Outcome == "error" {
			f.Trace = a.faults()
		}
		failures = append(failures, f)
	}
	return failures
}
