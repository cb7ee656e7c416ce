package simulation_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/simulation"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/search"
	"claimwright/store"
)

// altered is a store in which one text of responses stands in the place of another, or a space is empty.
type altered struct {
	store.Store
	from, to string
	empty    store.Space
	gone     string // a type of which nothing is there
}

func (a altered) Search(ctx context.Context, access store.Access, q *search.Query, after store.Position) (store.Page, error) {
	page, err := a.Store.Search(ctx, access, q, after)
	for i, r := range page.Records {
		next := *r
		next.Body = bytes.ReplaceAll(r.Body, []byte(a.from), []byte(a.to))
		page.Records[i] = &next
	}
	return page, err
}

func (a altered) Internals(ctx context.Context, access store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	found, err := a.Store.Internals(ctx, access, keys...)
	for i := range found {
		if found[i].Key.Space == a.empty {
			found[i] = store.Internal{Key: found[i].Key}
		}
	}
	return found, err
}

func (a altered) Get(ctx context.Context, access store.Access, keys ...store.Key) ([]*store.Record, error) {
	found, err := a.Store.Get(ctx, access, keys...)
	for i := range found {
		if keys[i].Type == a.gone {
			found[i] = nil
		}
	}
	return found, err
}

func TestWhatCannotBeDecidedAgainIsTold(t *testing.T) {
	w := newWorld(t)
	w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"})
	rule := rejecting(w, "tried", `line.code == "S-CONS"`)
	version := fmt.Sprintf(`"url":"engine","valueString":%q`, engine.Version)
	for name, c := range map[string]struct {
		altered altered
		want    simulation.Counts
		reason  string
	}{
		"no heads":   {altered{empty: store.SpaceEntry}, simulation.Counts{Unable: 1}, "the head as it was is not in the store"},
		"no claim":   {altered{gone: "Claim"}, simulation.Counts{Unable: 1}, "the claim is not in the store"},
		"broken":     {altered{from: `"url":"head","valueString":"`, to: `"url":"head","valueString":"@`}, simulation.Counts{Unable: 1}, "the head as it was is not in the store"},
		"unreadable": {altered{from: `"resourceType":"ClaimResponse"`, to: `"resourceType":"Nothing"`}, simulation.Counts{Unable: 1}, "cannot be read"},
		"another engine": {altered{from: version, to: `"url":"engine","valueString":"0"`}, simulation.Counts{
			Claims: 1, Lines: 1, ClaimsChanged: 1, LinesChanged: 1, Denied: 1, Less: 1, PassedBefore: 1, OtherEngine: 1,
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.altered.Store = w.store
			report, err := simulation.New(c.altered, w.schemes).Run(t.Context(), store.System(), simulation.Request{Rules: []*rules.Rule{rule}}, nil)
			require.NoError(t, err)
			require.Equal(t, c.want, report.Counts)
			if c.reason == "" {
				require.Contains(t, text(t, report), "1 claims were decided by another version of the engine")
				return
			}
			require.Len(t, report.Reasons, 1)
			require.Contains(t, report.Reasons[0].Text, c.reason)
		})
	}
}
