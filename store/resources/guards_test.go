package resources_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

const numbered = `{"resourceType":"Patient","id":%q,"identifier":[{"system":"http://n","value":%q}]}`

func TestHolders(t *testing.T) {
	b := newBench(t)
	holders := func(value string) []string {
		var ids []string
		for _, k := range b.holders(t, "Patient", "http://n", value) {
			require.Equal(t, "Patient", k.Type)
			ids = append(ids, k.ID)
		}
		return ids
	}
	require.Empty(t, holders("1"))
	b.put(t, numbered, "p", "1")
	require.Equal(t, []string{"p"}, holders("1"))
	b.put(t, numbered, "q", "1")
	require.ElementsMatch(t, []string{"p", "q"}, holders("1"))
	b.put(t, numbered, "p", "2")
	require.Equal(t, []string{"q"}, holders("1"))
	require.Equal(t, []string{"p"}, holders("2"))
	b.put(t, `{"resourceType":"Patient","id":"p","active":true,"identifier":[{"system":"http://n","value":"2"},{"system":"http://n","value":"3"}]}`)
	require.Equal(t, []string{"p"}, holders("2"))
	require.Equal(t, []string{"p"}, holders("3"))
	_, err := b.Delete(t.Context(), clerk, key("Patient", "p"), resources.DeleteOptions{})
	require.NoError(t, err)
	require.Empty(t, holders("2"))
	require.Empty(t, holders("3"))
	b.put(t, numbered, "p", "3")
	require.Equal(t, []string{"p"}, holders("3"), "brought back")

	t.Run("systems and types are apart", func(t *testing.T) {
		b.put(t, `{"resourceType":"Organization","id":"o","identifier":[{"system":"http://n","value":"1"}],"name":"x"}`)
		require.Equal(t, []string{"q"}, holders("1"))
		require.Empty(t, b.holders(t, "Patient", "http://m", "1"))
		require.Empty(t, b.holders(t, "Patient", "", "1"))
		require.Equal(t, []store.Key{key("Organization", "o")}, b.holders(t, "Organization", "http://n", "1"))
	})
	t.Run("case counts, though it shares the guard", func(t *testing.T) {
		b.put(t, `{"resourceType":"Patient","id":"c","identifier":[{"value":"Ab"},{"value":"aB"}]}`)
		b.put(t, `{"resourceType":"Patient","id":"d","identifier":[{"value":"AB"}]}`)
		require.Equal(t, []store.Key{key("Patient", "c")}, b.holders(t, "Patient", "", "Ab"))
		require.Equal(t, []store.Key{key("Patient", "d")}, b.holders(t, "Patient", "", "AB"))
		b.put(t, `{"resourceType":"Patient","id":"c","identifier":[{"value":"ab"}]}`)
		require.Empty(t, b.holders(t, "Patient", "", "Ab"))
		require.Equal(t, []store.Key{key("Patient", "c")}, b.holders(t, "Patient", "", "ab"))
	})
	t.Run("an identifier without value is none", func(t *testing.T) {
		b.put(t, `{"resourceType":"Patient","id":"e","identifier":[{"system":"http://n"}]}`)
		require.Empty(t, holders(""))
	})
}

func TestTooManyHolders(t *testing.T) {
	b := newBench(t)
	for i := range 130 {
		b.put(t, numbered, fmt.Sprintf("p%d", i), "same")
	}
	err := b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		found, err := u.Holders(ctx, "Patient", "http://n", "same")
		require.Len(t, found, 128)
		return err
	})
	require.ErrorIs(t, err, resources.ErrManyHolders)
}

func TestHoldersAreReliedOn(t *testing.T) {
	b := newBench(t)
	b.put(t, numbered, "p", "1")
	runs := 0
	var last []store.Key
	require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) (err error) {
		runs++
		if last, err = u.Holders(ctx, "Patient", "http://n", "1"); err != nil {
			return err
		}
		if runs == 1 {
			b.put(t, numbered, "q", "1")
		}
		_, err = addOne(ctx, u)
		return err
	}))
	require.Equal(t, 2, runs)
	require.Len(t, last, 2)
}

func TestGuardsReadBefore(t *testing.T) {
	counted := &counter{Store: storetest.NewMemory()}
	b := benchOver(t, counted)
	doc := document(t, numbered, "x", "1")
	require.NoError(t, b.Do(t.Context(), clerk, resources.Locks(doc), func(ctx context.Context, u *resources.Unit) error {
		if _, err := u.Internals(ctx, store.System(), append(resources.Guards(doc), head)...); err != nil {
			return err
		}
		if _, err := addOne(ctx, u); err != nil {
			return err
		}
		_, err := u.Put(ctx, key("Patient", u.NewID()), doc, "test")
		return err
	}))
	require.Equal(t, counts{internals: 1, commits: 1}, counted.counts)
}

func TestIfNoneExist(t *testing.T) {
	b := newBench(t)
	conditional := func(query, format string, args ...any) (*resources.Stored, error) {
		return b.Create(t.Context(), clerk, document(t, format, args...), resources.CreateOptions{IfNoneExist: query})
	}
	first, err := conditional("identifier=http://n|1", numbered, "x", "1")
	require.NoError(t, err)
	require.True(t, first.Created)

	t.Run("one match", func(t *testing.T) {
		again, err := conditional("identifier=http://n|1", numbered, "x", "1")
		require.NoError(t, err)
		require.True(t, again.Unchanged)
		require.False(t, again.Created)
		require.Equal(t, first.Key, again.Key)
		require.Equal(t, int64(1), again.Version)
		require.Equal(t, string(first.Doc.Bytes()), string(again.Doc.Bytes()))
	})
	t.Run("several matches", func(t *testing.T) {
		b.put(t, numbered, "other", "1")
		_, err := conditional("identifier=http://n|1", numbered, "x", "1")
		refused(t, err, http.StatusPreconditionFailed, outcome.MultipleMatches)
	})
	for _, query := range []string{"identifier=", "nothing=1", "identifier=http://n|1&nothing=1", "_count=1", "birthdate=nodate"} {
		t.Run("refused "+query, func(t *testing.T) {
			_, err := conditional(query, numbered, "x", "1")
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, http.StatusBadRequest, said.Status)
		})
	}
}

func TestConditionalCreatesRace(t *testing.T) {
	// Two services on one store: their locks know nothing of each other, so that the guards must decide.
	for _, c := range []struct{ name, query string }{
		{"by an identifier", "identifier=http://n|1"},
		{"by an identifier of any system", "identifier=1"},
		{"by something else", "active=true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := storetest.NewMemory()
			servers := []*resources.Service{resources.New(st, resources.Options{}), resources.New(st, resources.Options{})}
			doc := document(t, `{"resourceType":"Patient","active":true,"identifier":[{"system":"http://n","value":"1"}]}`)
			results := make([]*resources.Stored, 64)
			errs := make([]error, 64)
			var group sync.WaitGroup
			for i := range results {
				group.Go(func() {
					results[i], errs[i] = servers[i%2].Create(t.Context(), clerk, doc, resources.CreateOptions{IfNoneExist: c.query})
				})
			}
			group.Wait()
			created := 0
			for i, r := range results {
				require.NoError(t, errs[i])
				require.Equal(t, results[0].Key, r.Key)
				if r.Created {
					created++
				}
			}
			require.Equal(t, 1, created)
		})
	}
}

func TestConditionalCreateAgainstAPlainOne(t *testing.T) {
	// Between the search and the commit of the conditional create, a plain write brings the identifier.
	st := &conflicting{Store: storetest.NewMemory()}
	b := benchOver(t, st)
	runs := 0
	var got *resources.Stored
	require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) (err error) {
		runs++
		got, err = u.Create(ctx, document(t, numbered, "x", "1"), resources.CreateOptions{IfNoneExist: "identifier=http://n|1"})
		if runs == 1 {
			b.put(t, numbered, "plain", "1")
		}
		return err
	}))
	require.Equal(t, 2, runs)
	require.Equal(t, key("Patient", "plain"), got.Key)
	require.True(t, got.Unchanged)
}

func FuzzGuardData(f *testing.F) {
	f.Add([]byte{1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 'p'})
	f.Add([]byte{1, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		st := storetest.NewMemory()
		s := resources.New(st, resources.Options{})
		guard := resources.Guards(document(t, numbered, "x", "1"))[0]
		if err := st.Commit(t.Context(), store.Commit{ID: "c", Internals: []store.InternalWrite{{Key: guard, Version: 1, Data: data}}}); err != nil {
			t.Fatal(err)
		}
		// Whatever is in the store, the answer is an error or holders, and never a panic.
		_ = s.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
			_, err := u.Holders(ctx, "Patient", "http://n", "1")
			return err
		})
	})
}

// The identifiers of a resource are read no further than to see that they are too many: a long list must not cost its square.
func TestManyIdentifiersAreNotAllLookedAt(t *testing.T) {
	var list strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&list, `,{"system":"http://n","value":"%d"}`, i)
	}
	doc := document(t, `{"resourceType":"Patient","identifier":[%s]}`, list.String()[1:])
	require.Len(t, resources.Guards(doc), 257)
	require.Len(t, resources.Locks(doc), 257)
	_, err := newBench(t).Create(t.Context(), clerk, doc, resources.CreateOptions{})
	refused(t, err, 422, "too-costly")
}
