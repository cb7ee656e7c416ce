package resources_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// losing is a store that loses the connection at commit: before or after the commit is applied.
type losing struct {
	store.Store
	applied    bool // the lost commits were applied
	lost       int  // how many commits lose the connection
	mute       int  // how many questions lose it too
	asked      int
	beforeNext func() // what happens before the commit that is not lost
}

func (l *losing) Commit(ctx context.Context, c store.Commit) error {
	if l.lost > 0 {
		l.lost--
		if l.applied {
			if err := l.Store.Commit(ctx, c); err != nil {
				return err
			}
		}
		return fmt.Errorf("connection reset: %w", store.ErrUnknown)
	}
	if l.beforeNext != nil {
		l.beforeNext()
		l.beforeNext = nil
	}
	return l.Store.Commit(ctx, c)
}

func (l *losing) Committed(ctx context.Context, id store.CommitID) (bool, error) {
	l.asked++
	if l.mute > 0 {
		l.mute--
		return false, errors.New("connection refused")
	}
	return l.Store.Committed(ctx, id)
}

func TestUnknownOutcomes(t *testing.T) {
	for _, c := range []struct {
		name       string
		st         losing
		wantRuns   int
		wantAsked  int
		otherFirst bool
	}{
		{name: "applied", st: losing{applied: true, lost: 1}, wantRuns: 1, wantAsked: 1},
		{name: "not applied", st: losing{lost: 1}, wantRuns: 1, wantAsked: 1},
		{name: "not applied, and lost again", st: losing{lost: 3}, wantRuns: 1, wantAsked: 3},
		{name: "applied, and nobody answers for a while", st: losing{applied: true, lost: 1, mute: 3}, wantRuns: 1, wantAsked: 4},
		{name: "not applied, and another was faster", st: losing{lost: 1}, wantRuns: 2, wantAsked: 1, otherFirst: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := c.st
			st.Store = storetest.NewMemory()
			b := benchOver(t, &st)
			want := "1"
			if c.otherFirst {
				want = "2"
				other := resources.New(st.Store, resources.Options{})
				st.beforeNext = func() {
					require.NoError(t, other.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
						_, err := addOne(ctx, u)
						return err
					}))
				}
			}
			runs := 0
			require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
				runs++
				_, err := addOne(ctx, u)
				return err
			}))
			require.Equal(t, want, headValue(t, &st), "never decided twice")
			require.Equal(t, c.wantRuns, runs)
			require.Equal(t, c.wantAsked, st.asked)
		})
	}
	t.Run("never resolved", func(t *testing.T) {
		st := &losing{Store: storetest.NewMemory(), applied: true, lost: 1, mute: 1 << 30}
		b := benchOver(t, st, func(o *resources.Options) { o.Patience = 20 * time.Millisecond })
		_, err := b.Create(t.Context(), clerk, document(t, `{"resourceType":"Patient"}`), resources.CreateOptions{})
		said := refused(t, err, http.StatusServiceUnavailable, outcome.Timeout)
		require.Contains(t, said.Error(), "may have been made or not")
	})
	t.Run("resolved though the client has gone", func(t *testing.T) {
		st := &losing{Store: storetest.NewMemory(), applied: true, lost: 1}
		b := benchOver(t, st)
		ctx, cancel := context.WithCancel(t.Context())
		err := b.Do(ctx, clerk, nil, func(ctx context.Context, u *resources.Unit) error {
			_, err := addOne(ctx, u)
			return err
		})
		cancel()
		require.NoError(t, err)
	})
}

func TestBackendFaultsAreNotTried(t *testing.T) {
	st := &broken{Store: storetest.NewMemory()}
	b := benchOver(t, st)
	_, err := b.Create(t.Context(), clerk, document(t, `{"resourceType":"Patient"}`), resources.CreateOptions{})
	said := refused(t, err, http.StatusServiceUnavailable, outcome.NoStore)
	require.ErrorIs(t, err, errDisk, "the log has the cause")
	require.NotContains(t, said.Error(), "disk", "the client has not")
	require.Equal(t, 1, st.commits)
}

var errDisk = errors.New("disk is full")

type broken struct {
	store.Store
	commits int
}

func (b *broken) Commit(context.Context, store.Commit) error {
	b.commits++
	return errDisk
}
