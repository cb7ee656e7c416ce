package app

import (
	"context"

	"claimwright/cmd/internal/bench"
)

// Sizes tells what the store holds, for the benchmark.
func (a *App) Sizes(ctx context.Context) (bench.Cost, error) {
	s, err := a.Store.Stats(ctx)
	if err != nil {
		return bench.Cost{}, err
	}
	return bench.Cost{
		Documents: float64(s.Resources), Internals: float64(s.Internals), IndexRows: float64(s.IndexRows), Bytes: float64(s.Bytes),
	}, nil
}
