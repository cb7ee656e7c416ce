package resources

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// queued waits until n wait for a name.
func queued(t *lockTable, name string, n int) {
	for {
		t.mu.Lock()
		q := t.held[name]
		waiting := 0
		if q != nil {
			waiting = len(q.waiting)
		}
		t.mu.Unlock()
		if waiting == n {
			return
		}
		runtime.Gosched()
	}
}

func TestLocksAreFirstComeFirstServed(t *testing.T) {
	table := newLockTable()
	name := []string{"head"}
	require.NoError(t, table.acquire(t.Context(), name))
	var group sync.WaitGroup
	var order []int // written by whoever holds the lock
	for i := range 50 {
		group.Go(func() {
			if table.acquire(t.Context(), name) == nil {
				order = append(order, i)
				table.release(name)
			}
		})
		queued(table, "head", i+1)
	}
	table.release(name)
	group.Wait()
	require.Len(t, order, 50)
	require.True(t, slices.IsSorted(order), order)
	require.Empty(t, table.held)
}

func TestLocksOfOneWhoGivesUp(t *testing.T) {
	table := newLockTable()
	require.NoError(t, table.acquire(t.Context(), []string{"b"}))
	ctx, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error)
	go func() { gaveUp <- table.acquire(ctx, []string{"a", "b"}) }()
	queued(table, "b", 1)
	patient := make(chan error)
	go func() { patient <- table.acquire(t.Context(), []string{"b"}) }()
	queued(table, "b", 2)

	cancel()
	require.ErrorIs(t, <-gaveUp, context.Canceled)
	require.NotContains(t, table.held, "a", "it gives back what it had")
	table.release([]string{"b"})
	require.NoError(t, <-patient, "those behind it move up")
	table.release([]string{"b"})
	require.Empty(t, table.held)
}

func TestLockHandedToOneWhoJustGaveUp(t *testing.T) {
	// The hand-over and the end of the context race; whatever comes first, the next in line must get the lock.
	for range 200 {
		table := newLockTable()
		require.NoError(t, table.acquire(t.Context(), []string{"x"}))
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { first <- table.acquire(ctx, []string{"x"}) }()
		queued(table, "x", 1)
		var group sync.WaitGroup
		group.Go(cancel)
		group.Go(func() { table.release([]string{"x"}) })
		group.Wait()
		if <-first == nil {
			table.release([]string{"x"})
		}
		require.Empty(t, table.held)
	}
}

func TestManyLocksNeitherDeadlockNorOverlap(t *testing.T) {
	table := newLockTable()
	names := []string{"a", "b", "c", "d", "e"}
	holders := make([]int, len(names)) // guarded by the lock of its index
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 200 {
				var mine []string
				for _, n := range names {
					if rand.IntN(2) == 0 {
						mine = append(mine, n)
					}
				}
				set := lockSet(append(mine, mine...)...)
				if table.acquire(t.Context(), set) != nil {
					return
				}
				for _, n := range set {
					holders[slices.Index(names, n)]++
				}
				table.release(set)
			}
		})
	}
	group.Wait()
	require.Empty(t, table.held)
	for i, n := range holders {
		require.Positive(t, n, names[i])
	}
}
