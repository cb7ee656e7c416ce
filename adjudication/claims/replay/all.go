package replay

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"claimwright/fhir/search"
	"claimwright/store"
)

// responsesAtOnce is how many responses are listed at once.
const responsesAtOnce = 500

// All makes the decisions of all ClaimResponses again that were written since a time, all for the zero Time, several at the
// same time. each gets the results in the order of the ids, progress the number of responses; both are called by one
// goroutine. The store may be in use.
func (r *Replayer) All(ctx context.Context, since time.Time, each func(Result), progress func(done, total int64)) error {
	q := &search.Query{Type: "ClaimResponse", Count: responsesAtOnce}
	if !since.IsZero() {
		from := float64(since.UnixMilli())
		q.Where = []search.Clause{{AnyOf: []search.Condition{{
			Kind: search.UpdatedIn, Box: search.Box{LoMin: from, LoMax: math.Inf(1), HiMin: from, HiMax: math.Inf(1)},
		}}}}
	}
	total, err := r.store.Count(ctx, store.System(), q)
	if err != nil {
		return fmt.Errorf("count the responses: %w", err)
	}
	done := int64(0)
	for after := store.Position(""); ; {
		page, err := r.store.Search(ctx, store.System(), q, after)
		if err != nil {
			return fmt.Errorf("list the responses: %w", err)
		}
		results, err := r.several(ctx, page.Records)
		if err != nil {
			return err
		}
		for _, of := range results {
			for _, result := range of {
				each(result)
			}
			done++
		}
		progress(done, max(total, done))
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (r *Replayer) several(ctx context.Context, records []*store.Record) ([][]Result, error) {
	results := make([][]Result, len(records))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, record := range records {
		group.Go(func() (err error) {
			results[i], err = r.Response(ctx, record.ID)
			return err
		})
	}
	return results, group.Wait()
}
