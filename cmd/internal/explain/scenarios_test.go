package explain_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/scenario"
	"claimwright/cmd/internal/explain"
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
)

// explaining is a store whose responses are gathered before it is closed.
type explaining struct {
	store.Store
	gather func(*store.Record)
}

func (s explaining) Close() error {
	page, err := s.Search(context.Background(), store.System(), &search.Query{Type: "ClaimResponse", Count: 10_000}, "")
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		s.gather(r)
	}
	return s.Store.Close()
}

// TestEveryScenarioIsSound: whatever feature a decision used, its figures add up and can be told.
func TestEveryScenarioIsSound(t *testing.T) {
	files, err := scenario.Load("../../../testdata/scenarios")
	require.NoError(t, err)
	var mu sync.Mutex
	var responses []*store.Record
	_, err = scenario.Run(t.Context(), files, scenario.Options{NewStore: func() store.Store {
		return explaining{memory.New(), func(r *store.Record) {
			mu.Lock()
			defer mu.Unlock()
			responses = append(responses, r)
		}}
	}})
	require.NoError(t, err)
	require.Greater(t, len(responses), len(files))
	for _, r := range responses {
		doc, issues := codec.Parse(r.Body, codec.Limits{})
		require.Empty(t, issues)
		e, err := explain.Read(doc, nil)
		require.NoError(t, err)
		require.Empty(t, e.Wrong, string(r.Body))
		var out strings.Builder
		require.NoError(t, e.Write(&out, 100))
	}
}
