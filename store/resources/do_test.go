package resources_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

var head = store.InternalKey{Space: store.SpaceHead, ID: "policy/1"}

// addOne counts a head up, and returns the count before.
func addOne(ctx context.Context, u *resources.Unit) (int, error) {
	h, err := u.Internal(ctx, head)
	if err != nil {
		return 0, err
	}
	n, _ := strconv.Atoi(string(h.Data))
	u.PutInternal(head, h.Version, []byte(strconv.Itoa(n+1)))
	return n, nil
}

func headValue(t *testing.T, st store.Reader) string {
	t.Helper()
	found, err := st.Internals(t.Context(), store.System(), head)
	require.NoError(t, err)
	return string(found[0].Data)
}

func TestDoCountsExactly(t *testing.T) {
	// Two services share the store, as two servers would: within one the locks make clients take turns, between the two
	// the preconditions decide.
	for _, c := range []struct {
		name     string
		services int
		locks    []string
	}{
		{"one server with locks", 1, []string{"policy/1"}},
		{"one server without locks", 1, nil},
		{"two servers with locks", 2, []string{"policy/1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := storetest.NewMemory()
			var services []*resources.Service
			for range c.services {
				services = append(services, resources.New(st, resources.Options{}))
			}
			const clients, each = 64, 8
			seen := make([]atomic.Int32, clients*each)
			var failed atomic.Int32
			var group sync.WaitGroup
			for i := range clients {
				group.Go(func() {
					for range each {
						var before int
						err := services[i%c.services].Do(t.Context(), clerk, c.locks, func(ctx context.Context, u *resources.Unit) (err error) {
							before, err = addOne(ctx, u)
							return err
						})
						if err != nil {
							failed.Add(1)
							continue
						}
						seen[before].Add(1)
					}
				})
			}
			group.Wait()
			require.Zero(t, failed.Load())
			require.Equal(t, strconv.Itoa(clients*each), headValue(t, st))
			for n := range seen {
				require.Equal(t, int32(1), seen[n].Load(), "count %d was handed out", n)
			}
		})
	}
}

// conflicting is a store in which the first commits meet conflicts.
type conflicting struct {
	store.Store
	left    int
	commits []store.Commit
}

func (c *conflicting) Commit(ctx context.Context, commit store.Commit) error {
	c.commits = append(c.commits, commit)
	if c.left > 0 {
		c.left--
		return fmt.Errorf("write: %w", store.ErrConflict)
	}
	return c.Store.Commit(ctx, commit)
}

func TestConflictRunsTheWorkAgain(t *testing.T) {
	st := &conflicting{Store: storetest.NewMemory(), left: 3}
	b := benchOver(t, st)
	runs := 0
	err := b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		runs++
		b.clock.now = b.clock.now.Add(time.Hour) // must not show
		first, second := u.NewID(), u.NewID()
		for _, id := range []string{second, first} {
			if _, err := u.Put(ctx, key("Patient", id), document(t, `{"resourceType":"Patient"}`), "test"); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 4, runs)
	require.Len(t, st.commits, 4)
	for _, c := range st.commits[1:] {
		require.Equal(t, st.commits[0], c, "same key, ids and times in all attempts")
	}
	require.Equal(t, key("Patient", "id-2"), st.commits[0].Resources[0].Key)
	require.Equal(t, key("Patient", "id-1"), st.commits[0].Resources[1].Key)
}

func TestConflictsWithoutEnd(t *testing.T) {
	st := &conflicting{Store: storetest.NewMemory(), left: 1 << 30}
	b := benchOver(t, st, func(o *resources.Options) { o.Patience = 30 * time.Millisecond })
	_, err := b.Create(t.Context(), clerk, document(t, `{"resourceType":"Patient"}`), resources.CreateOptions{})
	said := refused(t, err, http.StatusServiceUnavailable, outcome.LockError)
	require.Positive(t, said.RetryAfter)
	require.ErrorIs(t, err, store.ErrConflict)
	require.Greater(t, len(st.commits), 1)
}

func TestTurnsThatDoNotCome(t *testing.T) {
	b := newBench(t, func(o *resources.Options) { o.Patience = 20 * time.Millisecond })
	held, done := make(chan struct{}), make(chan struct{})
	finished := make(chan error)
	go func() {
		finished <- b.Do(context.Background(), clerk, []string{"x"}, func(context.Context, *resources.Unit) error {
			close(held)
			<-done
			return nil
		})
	}()
	<-held
	never := func(context.Context, *resources.Unit) error { return errOwn }
	t.Run("in time", func(t *testing.T) {
		refused(t, b.Do(t.Context(), clerk, []string{"x"}, never), http.StatusServiceUnavailable, outcome.LockError)
	})
	t.Run("before the client goes", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, b.Do(ctx, clerk, []string{"x"}, never), context.Canceled)
	})
	close(done)
	require.NoError(t, <-finished)
}

func TestPanicsReleaseTheLocks(t *testing.T) {
	b := newBench(t)
	work := func(context.Context, *resources.Unit) error { panic("a fault of the work") }
	require.Panics(t, func() { _ = b.Do(t.Context(), clerk, []string{"x"}, work) })
	require.NoError(t, b.Do(t.Context(), clerk, []string{"x"}, func(context.Context, *resources.Unit) error { return nil }))
}

func TestNeedLocks(t *testing.T) {
	b := newBench(t)
	t.Run("the work is run again with them", func(t *testing.T) {
		var held [][]bool
		err := b.Do(t.Context(), clerk, []string{"b"}, func(ctx context.Context, u *resources.Unit) error {
			held = append(held, []bool{u.Holds("a"), u.Holds("b"), u.Holds("c")})
			if err := u.Require("b", "c"); err != nil {
				return err
			}
			if !u.Holds("a") {
				return fmt.Errorf("entry 3: %w", resources.NeedLocks("a", "c"))
			}
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, [][]bool{{false, true, false}, {false, true, true}, {true, true, true}}, held)
	})
	t.Run("asking for what is held is a fault", func(t *testing.T) {
		err := b.Do(t.Context(), clerk, []string{"a"}, func(context.Context, *resources.Unit) error { return resources.NeedLocks("a") })
		require.ErrorContains(t, err, "locks that it holds")
	})
	t.Run("asking without end is a fault", func(t *testing.T) {
		n := 0
		err := b.Do(t.Context(), clerk, nil, func(context.Context, *resources.Unit) error {
			n++
			return resources.NeedLocks(strconv.Itoa(n))
		})
		require.ErrorContains(t, err, "asked for more locks")
	})
}

func TestWorkThatMisusesInternals(t *testing.T) {
	b := newBench(t)
	err := b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		u.PutInternal(head, 0, []byte("1"))
		u.PutInternal(head, 0, []byte("2")) // not what it would read now
		return nil
	})
	require.ErrorContains(t, err, "pending version")
	require.Empty(t, headValue(t, b.st))
}

func TestWorkThatReliesOnOthers(t *testing.T) {
	b := newBench(t)
	cover := b.put(t, `{"resourceType":"Basic","id":"cover","code":{"text":"a"}}`)
	runs := 0
	require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		runs++
		found, err := u.Get(ctx, store.System(), cover.Key)
		if err != nil {
			return err
		}
		u.Rely(cover.Key, found[0].Version)
		u.RelyInternal(store.Internal{Key: store.InternalKey{Space: store.SpaceHead, ID: "none"}})
		if runs == 1 {
			b.put(t, `{"resourceType":"Basic","id":"cover","code":{"text":"b"}}`)
		}
		_, err = addOne(ctx, u)
		return err
	}))
	require.Equal(t, 2, runs)
	require.Equal(t, "1", headValue(t, b.st))
}

func TestDeleteInternal(t *testing.T) {
	b := newBench(t)
	step := func(work func(ctx context.Context, u *resources.Unit) error) {
		require.NoError(t, b.Do(t.Context(), clerk, nil, work))
	}
	step(func(ctx context.Context, u *resources.Unit) error { _, err := addOne(ctx, u); return err })
	step(func(ctx context.Context, u *resources.Unit) error {
		h, err := u.Internal(ctx, head)
		u.DeleteInternal(head, h.Version)
		return err
	})
	require.Empty(t, headValue(t, b.st))
}
