package candidates_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/match"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
	"claimwright/store/resources/candidates"
)

var clerk = resources.Principal{ID: "clerk", Access: store.Everything("clerk")}

func patient(t *testing.T, members string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(`{"resourceType":"Patient",`+members+`}`), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func service(t *testing.T, patients map[string]string) *resources.Service {
	t.Helper()
	s := resources.New(memory.New(), resources.Options{})
	for id, members := range patients {
		_, err := s.Update(context.Background(), clerk, store.Key{Type: "Patient", ID: id}, patient(t, `"id":"`+id+`",`+members), resources.UpdateOptions{})
		require.NoError(t, err)
	}
	return s
}

const (
	ana  = `"name":[{"family":"Wanjiru","given":["Ana"]}],"birthDate":"1990-05-01"`
	card = `"identifier":[{"system":"urn:m","value":"1"}]`
)

func TestFind(t *testing.T) {
	s := service(t, map[string]string{
		"with-card": card + "," + ana, "woman": ana + `,"gender":"female"`, "b-same": ana, "a-same": ana,
		"sister":   `"name":[{"family":"Wanjiru","given":["Rosa"]}],"birthDate":"1990-05-01"`,
		"stranger": `"name":[{"family":"Otieno","given":["Ana"]}],"birthDate":"1950-01-01"`,
		"phone":    `"telecom":[{"system":"phone","value":"0700 1"}],` + ana,
	})
	ids := func(described string, w candidates.Wanted) (ids []string) {
		found, err := candidates.Find(t.Context(), &s.Reads, clerk, search.Options{}, patient(t, described), w)
		require.NoError(t, err)
		for i, f := range found {
			ids = append(ids, f.Record.ID)
			if i > 0 {
				require.LessOrEqual(t, f.Score, found[i-1].Score, "best first")
			}
		}
		return ids
	}
	all := candidates.Wanted{Count: 100}
	for _, c := range []struct {
		name, described string
		wanted          candidates.Wanted
		want            []string
	}{
		{"by a card, a name and a birthday", card + "," + ana, all, []string{"with-card", "a-same", "b-same", "phone", "woman", "sister"}},
		{"the best", card + "," + ana, candidates.Wanted{Count: 2}, []string{"with-card", "a-same"}},
		{"none", card + "," + ana, candidates.Wanted{}, nil},
		{"certain ones", card + "," + ana, candidates.Wanted{OnlyCertain: true, Count: 10}, []string{"with-card"}},
		{"nobody is certain", ana, candidates.Wanted{OnlyCertain: true, Count: 10}, nil},
		{"a gender is no description", `"gender":"female"`, all, nil},
		{"a family name alone is none either", `"name":[{"family":"Wanjiru"}]`, all, nil},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, ids(c.described, c.wanted)) })
	}
}

func TestTwoThatAreCertainAreNone(t *testing.T) {
	s := service(t, map[string]string{"a": card + "," + ana, "b": card + "," + ana})
	found, err := candidates.Find(t.Context(), &s.Reads, clerk, search.Options{}, patient(t, card), candidates.Wanted{Count: 10})
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, match.Certain, found[0].Grade)
	found, err = candidates.Find(t.Context(), &s.Reads, clerk, search.Options{}, patient(t, card), candidates.Wanted{OnlyCertain: true, Count: 1})
	require.NoError(t, err)
	require.Empty(t, found)
}

// TestFindIsBounded: of very many namesakes only some are looked at, and each once, though several searches find them.
func TestFindIsBounded(t *testing.T) {
	many := map[string]string{}
	for i := range 120 {
		many[fmt.Sprintf("p%03d", i)] = ana
	}
	counted := &counting{Store: memory.New()}
	s := resources.New(counted, resources.Options{})
	for id, members := range many {
		_, err := s.Update(t.Context(), clerk, store.Key{Type: "Patient", ID: id}, patient(t, `"id":"`+id+`",`+members), resources.UpdateOptions{})
		require.NoError(t, err)
	}
	counted.records = 0
	found, err := candidates.Find(t.Context(), &s.Reads, clerk, search.Options{}, patient(t, ana), candidates.Wanted{Count: 1000})
	require.NoError(t, err)
	require.Len(t, found, 50)
	require.LessOrEqual(t, counted.records, 3*51, "three searches")
}

func TestFindIsConfined(t *testing.T) {
	s := service(t, map[string]string{"a": ana})
	blind := resources.Principal{ID: "blind", Access: store.Nothing("blind")}
	found, err := candidates.Find(t.Context(), &s.Reads, blind, search.Options{}, patient(t, ana), candidates.Wanted{Count: 10})
	require.NoError(t, err)
	require.Empty(t, found)
}

// counting is a store that counts the records that searches give.
type counting struct {
	store.Store
	records int
}

func (c *counting) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	page, err := c.Store.Search(ctx, a, q, after)
	c.records += len(page.Records)
	return page, err
}
