package resources_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// TestMetaInUse: resources without any profile, label or tag are not even looked at.
func TestMetaInUse(t *testing.T) {
	looked := &lookedAt{Store: storetest.NewMemory()}
	b := benchOver(t, looked)
	b.create(t, `{"resourceType":"Basic","code":{"text":"x"}}`)
	b.create(t, `{"resourceType":"Basic","code":{"text":"x"},"meta":{"source":"urn:s"}}`)
	b.create(t, `{"resourceType":"Basic","id":"p","code":{"text":"x"},"meta":{"profile":["urn:p"]}}`)
	b.create(t, `{"resourceType":"Basic","code":{"text":"x"},"meta":{"security":[{"code":"R"}]}}`)
	b.create(t, `{"resourceType":"Basic","code":{"text":"x"},"meta":{"tag":[{"system":"urn:t","code":"1"}],"profile":["urn:p"]}}`)
	b.create(t, `{"resourceType":"Basic","code":{"text":"x"},"meta":{"tag":[{"display":"only a text"}]}}`)
	looked.ids = nil
	found, err := b.MetaInUse(t.Context(), clerk, "Basic", "Claim")
	require.NoError(t, err)
	require.Len(t, looked.ids, 4)
	require.Equal(t, 4, found.Len(), "a profile, a label and two tags")

	none, err := b.MetaInUse(t.Context(), resources.Principal{ID: "blind", Access: store.Nothing("blind")}, "Basic")
	require.NoError(t, err)
	require.Zero(t, none.Len())
}

// lookedAt is a store that remembers which resources searches gave.
type lookedAt struct {
	store.Store
	ids []string
}

func (l *lookedAt) Search(ctx context.Context, a store.Access, q *search.Query, after store.Position) (store.Page, error) {
	page, err := l.Store.Search(ctx, a, q, after)
	for _, r := range page.Records {
		l.ids = append(slices.Clip(l.ids), r.ID)
	}
	return page, err
}
