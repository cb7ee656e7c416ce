package resources_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// Whatever is written, deleted and brought back, alone or several times in one unit of work, the guards name exactly the
// resources that carry an identifier, and versions count without gaps.
func TestGuardsAgreeWithTheResources(t *testing.T) {
	ids := rapid.SampledFrom([]string{"p", "q", "r"})
	values := []string{"1", "2", "ab", "AB"}
	rapid.Check(t, func(t *rapid.T) {
		s := resources.New(storetest.NewMemory(), resources.Options{})
		carried := map[string][]string{} // by id, of resources that are there
		versions := map[string]int64{}
		for range rapid.IntRange(1, 8).Draw(t, "units") {
			written := map[string]bool{}
			err := s.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
				for range rapid.IntRange(1, 3).Draw(t, "writes") {
					id := ids.Draw(t, "id")
					_, before := carried[id]
					if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
						if _, err := u.Remove(ctx, key("Patient", id), "test"); err != nil {
							return err
						}
						delete(carried, id)
						if before {
							written[id] = true
						}
						continue
					}
					now := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, 3, rapid.ID[string]).Draw(t, "identifiers")
					if _, err := u.Put(ctx, key("Patient", id), patientWith(t, now), "test"); err != nil {
						return err
					}
					carried[id], written[id] = now, true
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for id := range written {
				if _, there := carried[id]; there || versions[id] > 0 {
					versions[id]++
				}
			}
			compareGuards(t, s, values, carried)
		}
		for id, version := range versions {
			page, err := s.History(t.Context(), clerk, store.HistoryQuery{Type: "Patient", ID: id, Limit: 100}, "")
			require.NoError(t, err)
			require.Len(t, page.Records, int(version), id)
		}
	})
}

func patientWith(t *rapid.T, values []string) *codec.Document {
	var identifiers []string
	for _, v := range values {
		identifiers = append(identifiers, fmt.Sprintf(`{"value":%q}`, v))
	}
	body := `{"resourceType":"Patient"}`
	if len(identifiers) > 0 {
		body = `{"resourceType":"Patient","identifier":[` + strings.Join(identifiers, ",") + `]}`
	}
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return doc
}

func compareGuards(t *rapid.T, s *resources.Service, values []string, carried map[string][]string) {
	for _, value := range values {
		var want, got []string
		for id, has := range carried {
			if slices.Contains(has, value) {
				want = append(want, id)
			}
		}
		err := s.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
			keys, err := u.Holders(ctx, "Patient", "", value)
			for _, k := range keys {
				got = append(got, k.ID)
			}
			return err
		})
		require.NoError(t, err)
		require.ElementsMatch(t, want, got, value)
	}
}
