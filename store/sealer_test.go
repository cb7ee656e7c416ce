package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/storetest"
)

func TestSealer(t *testing.T) {
	s := store.NewSealer([]byte("key"))
	ann := store.Everything("ann")
	token := s.Seal("pos\x00ition", "Claim?status=active", ann)

	t.Run("opens what it sealed", func(t *testing.T) {
		pos, err := s.Open(token, "Claim?status=active", ann)
		require.NoError(t, err)
		require.Equal(t, store.Position("pos\x00ition"), pos)
	})
	t.Run("nothing stays nothing", func(t *testing.T) {
		require.Empty(t, s.Seal("", "q", ann))
		pos, err := s.Open("", "q", ann)
		require.NoError(t, err)
		require.Empty(t, pos)
	})
	t.Run("the same principal with other rights", func(t *testing.T) {
		_, err := s.Open(token, "Claim?status=active", store.Labelled("ann", "org:1"))
		require.NoError(t, err, "the search itself applies the rights of today")
	})
	last := token[len(token)-1]
	changed := byte('A')
	if last == changed {
		changed = 'B'
	}
	for _, c := range []struct {
		name, token, digest string
		access              store.Access
	}{
		{"another query", token, "Claim?status=draft", ann},
		{"another principal", token, "Claim?status=active", store.Everything("bob")},
		{"a boundary moved", s.Seal("x", "bc", store.Everything("a")), "c", store.Everything("ab")},
		{"a changed byte", token[:len(token)-2] + string(changed) + token[len(token)-1:], "Claim?status=active", ann},
		{"cut short", token[:10], "Claim?status=active", ann},
		{"no base64", "%%%%", "Claim?status=active", ann},
		{"another format", "B" + token[1:], "Claim?status=active", ann},
		{"huge", strings.Repeat("A", 1<<20), "Claim?status=active", ann},
		{"another deployment", store.NewSealer([]byte("other")).Seal("p", "Claim?status=active", ann), "Claim?status=active", ann},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Open(c.token, c.digest, c.access)
			require.ErrorIs(t, err, store.ErrBadSeal)
		})
	}
}

func TestLoadSealer(t *testing.T) {
	ctx := t.Context()
	t.Run("all servers come to one key", func(t *testing.T) {
		st := storetest.NewMemory()
		tokens := make([]string, 16)
		var group sync.WaitGroup
		for i := range tokens {
			group.Go(func() {
				s, err := store.LoadSealer(ctx, st)
				if err == nil {
					tokens[i] = s.Seal("p", "q", store.Everything("x"))
				}
			})
		}
		group.Wait()
		for _, token := range tokens {
			require.NotEmpty(t, token)
			require.Equal(t, tokens[0], token)
		}
	})
	t.Run("deployments differ", func(t *testing.T) {
		a, err := store.LoadSealer(ctx, storetest.NewMemory())
		require.NoError(t, err)
		b, err := store.LoadSealer(ctx, storetest.NewMemory())
		require.NoError(t, err)
		require.NotEqual(t, a.Seal("p", "q", store.System()), b.Seal("p", "q", store.System()))
	})
	t.Run("a newer key is refused", func(t *testing.T) {
		st := storetest.NewMemory()
		require.NoError(t, st.Commit(ctx, store.Commit{ID: "c", Internals: []store.InternalWrite{
			{Key: store.InternalKey{Space: store.SpaceSetting, ID: "cursor-key"}, Version: 1, Data: []byte{9, 1, 2}},
		}}))
		_, err := store.LoadSealer(ctx, st)
		require.ErrorIs(t, err, store.ErrNewerFormat)
	})
	t.Run("a failing store", func(t *testing.T) {
		_, err := store.LoadSealer(ctx, failingCommit{storetest.NewMemory()})
		require.ErrorIs(t, err, errDisk)
	})
}

var errDisk = errors.New("disk is full")

type failingCommit struct{ store.Store }

func (failingCommit) Commit(context.Context, store.Commit) error { return errDisk }
