package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
	"claimwright/store/mongo"
)

// TestOneCeilingManyServers: clients of two servers claim against one ceiling; exactly the ceiling is paid, and each claim
// gets its record. On the stand-in this proves the logic; how often real transactions collide it does not tell.
func TestOneCeilingManyServers(t *testing.T) {
	const clients, claims, ceiling = 16, 10, 70
	for _, b := range backends(t) {
		t.Run(b.name, func(t *testing.T) {
			uri := b.uri(t)
			servers := make([]*mongo.Store, 2)
			for i := range servers {
				st, err := mongo.Open(t.Context(), uri)
				require.NoError(t, err)
				defer func() { require.NoError(t, st.Close()) }()
				servers[i] = st
			}
			key := store.InternalKey{Space: store.SpaceHead, ID: "policy"}
			require.NoError(t, servers[0].Commit(t.Context(), store.Commit{
				ID: store.NewCommitID(), Internals: []store.InternalWrite{{Key: key, Version: 1, Data: []byte("0")}},
			}))
			var g errgroup.Group
			for client := range clients {
				g.Go(func() error {
					for claim := range claims {
						id := fmt.Sprintf("c%d-%d", client, claim)
						if err := settle(t.Context(), servers[client%2], key, id, ceiling); err != nil {
							return err
						}
					}
					return nil
				})
			}
			require.NoError(t, g.Wait())
			requirePaid(t, servers[1], key, clients*claims, ceiling)
		})
	}
}

// settle reads the head, pays one if the ceiling allows it, and writes the decision with the head, denials included.
func settle(ctx context.Context, st *mongo.Store, key store.InternalKey, id string, ceiling int) error {
	for {
		heads, err := st.Internals(ctx, store.System(), key)
		if err != nil {
			return err
		}
		used, err := strconv.Atoi(string(heads[0].Data))
		if err != nil {
			return err
		}
		paid := min(1, ceiling-used)
		c := store.Commit{
			ID: store.NewCommitID(),
			Resources: []store.Write{{
				Key: store.Key{Type: "Claim", ID: id}, Version: 1, Body: fmt.Appendf(nil, `{"resourceType":"Claim","paid":%d}`, paid),
			}},
			Internals: []store.InternalWrite{{Key: key, Version: heads[0].Version + 1, Data: strconv.AppendInt(nil, int64(used+paid), 10)}},
		}
		err = st.Commit(ctx, c)
		if errors.Is(err, store.ErrUnknown) {
			err = resolve(ctx, st, c.ID)
		}
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// resolve asks for a commit whose outcome was lost, as happens on a real server during an election. A no is as good as a
// conflict: the claim is decided again.
func resolve(ctx context.Context, st *mongo.Store, id store.CommitID) error {
	var err error
	for range 10 { // each waits for a primary
		var done bool
		if done, err = st.Committed(ctx, id); err == nil && done {
			return nil
		} else if err == nil {
			return store.ErrConflict
		}
	}
	return err
}

func requirePaid(t *testing.T, st *mongo.Store, key store.InternalKey, claims, ceiling int) {
	heads, err := st.Internals(t.Context(), store.System(), key)
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(ceiling), string(heads[0].Data))
	require.EqualValues(t, 1+claims, heads[0].Version)
	page, err := st.History(t.Context(), store.System(), store.HistoryQuery{Type: "Claim", Limit: claims + 1})
	require.NoError(t, err)
	require.Len(t, page.Records, claims)
	paid := 0
	for _, r := range page.Records {
		if string(r.Body) == `{"resourceType":"Claim","paid":1}` {
			paid++
		}
	}
	require.Equal(t, ceiling, paid)
}

// Two commits that each rely on a resource that the other one changes, or on the absence of one that the other creates,
// cannot both be applied, whether they are transactions or not.
func TestReliedOnResources(t *testing.T) {
	for _, b := range backends(t) {
		t.Run(b.name, func(t *testing.T) {
			st, err := mongo.Open(t.Context(), b.uri(t))
			require.NoError(t, err)
			defer func() { require.NoError(t, st.Close()) }()
			for round := range 10 {
				left := store.Key{Type: "Patient", ID: fmt.Sprintf("l%d", round)}
				right := store.Key{Type: "Patient", ID: fmt.Sprintf("r%d", round)}
				require.LessOrEqual(t, together(t, st, relying(left, 1, right, 0), relying(right, 1, left, 0)), 1, "both absent")
				before, err := st.Get(t.Context(), store.System(), left, right)
				require.NoError(t, err)
				versions := []int64{0, 0}
				for i, r := range before {
					if r != nil {
						versions[i] = r.Version
					}
				}
				require.LessOrEqual(t, together(t, st,
					relying(left, versions[0]+1, right, versions[1]), relying(right, versions[1]+1, left, versions[0])), 1, "both there")
			}
		})
	}
}

func relying(k store.Key, version int64, on store.Key, at int64) store.Commit {
	return store.Commit{
		ID:        store.NewCommitID(),
		Resources: []store.Write{{Key: k, Version: version, Body: []byte(`{"resourceType":"Patient"}`)}},
		Requires:  []store.Precondition{{Key: on, Version: at}},
	}
}

// together commits at the same time and counts what was applied.
func together(t *testing.T, st *mongo.Store, commits ...store.Commit) int {
	results := make(chan error, len(commits))
	for _, c := range commits {
		go func() { results <- st.Commit(context.Background(), c) }()
	}
	applied := 0
	for range commits {
		err := <-results
		if err == nil {
			applied++
			continue
		}
		require.ErrorIs(t, err, store.ErrConflict)
	}
	return applied
}
