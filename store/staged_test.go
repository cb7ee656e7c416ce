package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/storetest"
)

var (
	monday = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	anna   = store.Key{Type: "Patient", ID: "anna"}
	ben    = store.Key{Type: "Patient", ID: "ben"}
	headOf = store.InternalKey{Space: store.SpaceHead, ID: "member/anna"}
)

func write(k store.Key, version int64, labels ...string) store.Write {
	return store.Write{
		Key: k, Version: version, Updated: monday, Body: fmt.Appendf(nil, "%s v%d", k, version), Values: &search.Values{}, Labels: labels,
	}
}

func deletion(k store.Key, version int64, labels ...string) store.Write {
	return store.Write{Key: k, Version: version, Updated: monday, Deleted: true, Labels: labels}
}

func memoryWith(t *testing.T, writes ...store.Write) *storetest.Memory {
	t.Helper()
	st := storetest.NewMemory()
	for _, w := range writes {
		require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}))
	}
	return st
}

func TestStagedGet(t *testing.T) {
	st := memoryWith(t, write(anna, 1, "org:a"), write(ben, 1, "org:b"))
	s := store.NewStaged(st, nil)
	carl, dora := store.Key{Type: "Patient", ID: "carl"}, store.Key{Type: "Patient", ID: "dora"}
	require.NoError(t, s.Put(write(anna, 2, "org:b")))
	require.NoError(t, s.Put(deletion(ben, 2, "org:b")))
	require.NoError(t, s.Put(write(carl, 1, "org:a")))

	for _, c := range []struct {
		name   string
		access store.Access
		want   []string // version, "-" for none, "x" for deleted
	}{
		{"everything", store.Everything("p"), []string{"2", "2x", "1", "-"}},
		{"the old label of anna opens nothing any more", store.Labelled("p", "org:a"), []string{"-", "-", "1", "-"}},
		{"the new label of anna", store.Labelled("p", "org:b"), []string{"2", "2x", "-", "-"}},
		{"nothing", store.Nothing("p"), []string{"-", "-", "-", "-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := s.Get(t.Context(), c.access, anna, ben, carl, dora)
			require.NoError(t, err)
			require.Equal(t, c.want, versionsOf(found))
		})
	}
}

func versionsOf(records []*store.Record) []string {
	var out []string
	for _, r := range records {
		switch {
		case r == nil:
			out = append(out, "-")
		case r.Deleted:
			out = append(out, fmt.Sprintf("%dx", r.Version))
		default:
			out = append(out, fmt.Sprint(r.Version))
		}
	}
	return out
}

func TestStagedPutAgain(t *testing.T) {
	t.Run("replaces under the same version", func(t *testing.T) {
		s := store.NewStaged(memoryWith(t, write(anna, 1)), nil)
		require.NoError(t, s.Put(write(anna, 2)))
		require.NoError(t, s.Put(deletion(anna, 2)))
		c := s.Commit("c", 1)
		require.Len(t, c.Resources, 1)
		require.True(t, c.Resources[0].Deleted)
	})
	t.Run("refuses another version", func(t *testing.T) {
		s := store.NewStaged(memoryWith(t), nil)
		require.NoError(t, s.Put(write(anna, 1)))
		require.ErrorContains(t, s.Put(write(anna, 2)), "over the pending version 1")
	})
	t.Run("refuses what no backend takes", func(t *testing.T) {
		s := store.NewStaged(memoryWith(t), nil)
		require.Error(t, s.Put(store.Write{Key: anna, Version: 0, Body: []byte("{}")}))
	})
	t.Run("a create that is deleted again was never there", func(t *testing.T) {
		s := store.NewStaged(memoryWith(t), nil)
		require.NoError(t, s.Put(write(anna, 1)))
		require.NoError(t, s.Put(deletion(anna, 1)))
		require.True(t, s.Empty())
		_, pending := s.Pending(anna)
		require.False(t, pending)
		found, err := s.Get(t.Context(), store.System(), anna)
		require.NoError(t, err)
		require.Equal(t, []*store.Record{nil}, found)
		require.Equal(t, []store.Precondition{{Key: anna}}, s.Commit("c", 1).Requires)

		require.NoError(t, s.Put(write(anna, 1)))
		require.Len(t, s.Commit("c", 1).Resources, 1)
	})
}

func TestStagedInternals(t *testing.T) {
	ctx := t.Context()
	commit := func(st store.Store, s *store.Staged) error { return st.Commit(ctx, s.Commit(store.NewCommitID(), 1)) }
	read := func(r store.Reader) store.Internal {
		found, err := r.Internals(ctx, store.System(), headOf)
		require.NoError(t, err)
		return found[0]
	}
	put := func(s *store.Staged, data string) error {
		return s.PutInternal(store.InternalWrite{Key: headOf, Version: read(s).Version + 1, Data: []byte(data)})
	}
	remove := func(s *store.Staged) error {
		return s.PutInternal(store.InternalWrite{Key: headOf, Version: read(s).Version + 1, Delete: true})
	}
	// Each case does what it says over a store that has the head with "old", and over an empty one.
	for _, c := range []struct {
		name string
		do   []string
		want string
	}{
		{"put", []string{"a"}, "a"},
		{"put twice", []string{"a", "b"}, "b"},
		{"put three times", []string{"a", "b", "c"}, "c"},
		{"put and delete", []string{"a", ""}, ""},
		{"put, delete and put", []string{"a", "", "b"}, "b"},
		{"put, delete, put and delete", []string{"a", "", "b", ""}, ""},
		{"put, delete, put, put", []string{"a", "", "b", "c"}, "c"},
	} {
		for _, start := range []string{"", "old"} {
			t.Run(c.name+" over "+start, func(t *testing.T) {
				st := storetest.NewMemory()
				if start != "" {
					s := store.NewStaged(st, nil)
					require.NoError(t, put(s, start))
					require.NoError(t, commit(st, s))
				}
				s := store.NewStaged(st, nil)
				for _, data := range c.do {
					if data == "" {
						require.NoError(t, remove(s))
					} else {
						require.NoError(t, put(s, data))
					}
					require.Equal(t, data, string(read(s).Data))
					require.Equal(t, data != "", read(s).Version > 0)
				}
				if !s.Empty() {
					require.NoError(t, commit(st, s))
				}
				require.Equal(t, c.want, string(read(st).Data))
			})
		}
	}
	t.Run("a version that was not read", func(t *testing.T) {
		s := store.NewStaged(storetest.NewMemory(), nil)
		require.NoError(t, put(s, "a"))
		require.Error(t, s.PutInternal(store.InternalWrite{Key: headOf, Version: 1, Data: []byte("b")}))
	})
	t.Run("pending records are as closed as stored ones", func(t *testing.T) {
		s := store.NewStaged(storetest.NewMemory(), nil)
		require.NoError(t, put(s, "a"))
		_, err := s.Internals(ctx, store.Everything("p"), headOf)
		require.ErrorIs(t, err, store.ErrDenied)
	})
}

func TestStagedRequires(t *testing.T) {
	s := store.NewStaged(memoryWith(t, write(anna, 1)), nil)
	require.NoError(t, s.Put(write(anna, 2)))
	require.NoError(t, s.PutInternal(store.InternalWrite{Key: headOf, Version: 5, Data: []byte("x")}))
	s.Require(store.Precondition{Key: anna, Version: 1})        // stated by the write
	s.Require(store.Precondition{Internal: headOf, Version: 4}) // stated by the write
	s.Require(store.Precondition{Key: anna, Version: 2})        // read as pending
	s.Require(store.Precondition{Internal: headOf, Version: 5}) // read as pending
	s.Require(store.Precondition{Key: ben, Version: 3})
	s.Require(store.Precondition{Key: ben, Version: 3})         // said twice
	s.Require(store.Precondition{Internal: headOf, Version: 3}) // read before somebody else wrote it: must not hold
	require.Equal(t, []store.Precondition{
		{Key: ben, Version: 3}, {Internal: headOf, Version: 3},
	}, s.Commit("c", 1).Requires)
}

func TestStagedSearchRefusals(t *testing.T) {
	ctx := t.Context()
	byName := &search.Query{Type: "Patient", Count: 10, Sort: []search.Sort{{Param: "name"}}}
	s := store.NewStaged(memoryWith(t, write(anna, 1)), nil)

	t.Run("without pending writes of the type the store answers all", func(t *testing.T) {
		_, err := s.Search(ctx, store.System(), byName, "")
		require.NoError(t, err)
	})
	stale := pageOf(t, &search.Query{Type: "Patient", Count: 1}, memoryWith(t, write(anna, 1), write(ben, 1)))
	require.NoError(t, s.Put(write(ben, 1)))
	for _, c := range []struct {
		name  string
		query *search.Query
		after store.Position
		want  error
	}{
		{"a sort without extractor", byName, "", store.ErrNotStaged},
		{"an unknown kind of condition", &search.Query{Type: "Patient", Count: 10, Where: []search.Clause{
			{AnyOf: []search.Condition{{Kind: search.HasFolded + 1}}},
		}}, "", store.ErrNotStaged},
		{"a position from before", &search.Query{Type: "Patient", Count: 1}, stale, store.ErrCursorLost},
		{"a broken position", &search.Query{Type: "Patient", Count: 1}, "staged:x:0:", store.ErrCursorLost},
		{"a negative position", &search.Query{Type: "Patient", Count: 1}, "staged:0:-1:", store.ErrCursorLost},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Search(ctx, store.System(), c.query, c.after)
			require.ErrorIs(t, err, c.want)
		})
	}
	t.Run("count refuses what search refuses", func(t *testing.T) {
		_, err := s.Count(ctx, store.System(), &search.Query{Type: "Patient", Where: []search.Clause{
			{AnyOf: []search.Condition{{Kind: search.HasFolded + 1}}},
		}})
		require.ErrorIs(t, err, store.ErrNotStaged)
	})
}

// pageOf is the position after the first page that a store itself gives.
func pageOf(t *testing.T, q *search.Query, st store.Store) store.Position {
	t.Helper()
	page, err := st.Search(t.Context(), store.System(), q, "")
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	return page.Next
}

func TestStagedPassesErrorsOn(t *testing.T) {
	st := memoryWith(t)
	s := store.NewStaged(st, nil)
	require.NoError(t, s.Put(write(anna, 1)))
	require.NoError(t, s.PutInternal(store.InternalWrite{Key: headOf, Version: 1, Data: []byte("x")}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Get(ctx, store.System(), anna)
	require.ErrorIs(t, err, context.Canceled, "also when all is pending")
	_, err = s.Get(ctx, store.System(), anna, ben)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Internals(ctx, store.System(), headOf)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Search(ctx, store.System(), &search.Query{Type: "Patient", Count: 1}, "")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Count(ctx, store.System(), &search.Query{Type: "Patient"})
	require.ErrorIs(t, err, context.Canceled)
}
