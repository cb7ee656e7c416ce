package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

const (
	racers = 8
	laps   = 12
)

// testRaces: whoever wins, the versions say so, and nobody fails who was in nobody's way.
func testRaces(t *testing.T, s *suite) {
	t.Run("one head, exact sum", func(t *testing.T) {
		w := s.fresh(t)
		w.record(internal(store.SpaceHead, "ceiling", 1, "0"))
		var g errgroup.Group
		for racer := range racers {
			g.Go(func() error { return addToCeiling(w, racer) })
		}
		require.NoError(t, g.Wait())
		head := w.readInternal(store.SpaceHead, "ceiling")
		require.Equal(t, strconv.Itoa(racers*laps), string(head.Data))
		require.EqualValues(t, 1+racers*laps, head.Version)
		entries, err := w.ScanInternals(t.Context(), store.System(), store.SpaceEntry, "ceiling/", "", racers*laps+1)
		require.NoError(t, err)
		require.Len(t, entries, racers*laps, "one entry beneath the head for each addition")
	})
	t.Run("disjoint commits never fail", func(t *testing.T) {
		w := s.fresh(t)
		var g errgroup.Group
		for racer := range racers {
			g.Go(func() error {
				for lap := range laps {
					id := fmt.Sprintf("r%d-%d", racer, lap)
					c := commit(w.version(store.Key{Type: "Patient", ID: id}, 1))
					c.Internals = []store.InternalWrite{internal(store.SpaceGuard, id, 1, "g")}
					if err := w.Commit(context.Background(), c); err != nil {
						return fmt.Errorf("create %s: %w", id, err)
					}
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
		require.EqualValues(t, racers*laps, w.count(all(), everything("Patient", 10)))
	})
	t.Run("one of many creates", func(t *testing.T) {
		w := s.fresh(t)
		wins := make(chan int, racers)
		var g errgroup.Group
		for racer := range racers {
			wr := w.version(store.Key{Type: "Patient", ID: "contested"}, 1)
			wr.Audit.Request = strconv.Itoa(racer)
			g.Go(func() error {
				err := w.Commit(context.Background(), commit(wr))
				switch {
				case err == nil:
					wins <- racer
				case !errors.Is(err, store.ErrConflict):
					return err
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
		require.Len(t, wins, 1)
		require.Equal(t, strconv.Itoa(<-wins), w.get(store.Key{Type: "Patient", ID: "contested"}).Audit.Request)
	})
	t.Run("a guard read by two", func(t *testing.T) { testWriteSkew(s.fresh(t)) })
}

// addToCeiling reads the head, adds one and writes it with an entry beneath, as often as it takes.
func addToCeiling(w *world, racer int) error {
	ctx := context.Background()
	key := store.InternalKey{Space: store.SpaceHead, ID: "ceiling"}
	for lap := 0; lap < laps; {
		snap, err := w.Internals(ctx, store.System(), key)
		if err != nil {
			return err
		}
		sum, err := strconv.Atoi(string(snap[0].Data))
		if err != nil {
			return err
		}
		err = w.Commit(ctx, store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{
			{Key: key, Version: snap[0].Version + 1, Data: []byte(strconv.Itoa(sum + 1))},
			internal(store.SpaceEntry, fmt.Sprintf("ceiling/%d-%d", racer, lap), 1, "+1"),
		}})
		switch {
		case err == nil:
			lap++
		case !errors.Is(err, store.ErrConflict):
			return err
		}
	}
	return nil
}

// testWriteSkew: two commits that each rely on a record the other one writes cannot both apply.
func testWriteSkew(w *world) {
	for round := range 10 {
		a, b := fmt.Sprintf("a%d", round), fmt.Sprintf("b%d", round)
		w.record(internal(store.SpaceHead, a, 1, ""), internal(store.SpaceHead, b, 1, ""))
		results := make(chan error, 2)
		for _, pair := range [][2]string{{a, b}, {b, a}} {
			go func() {
				results <- w.Commit(context.Background(), store.Commit{
					ID:        store.NewCommitID(),
					Internals: []store.InternalWrite{internal(store.SpaceHead, pair[0], 2, "")},
					Requires: []store.Precondition{
						{Internal: store.InternalKey{Space: store.SpaceHead, ID: pair[1]}, Version: 1},
					},
				})
			}()
		}
		applied := 0
		for range 2 {
			if err := <-results; err == nil {
				applied++
			} else {
				require.ErrorIs(w, err, store.ErrConflict)
			}
		}
		require.LessOrEqual(w, applied, 1, "each relied on the record that the other wrote")
	}
}
