package compartment_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources/compartment"
)

func TestReferences(t *testing.T) {
	f := newFiles(t)
	for _, key := range []string{"Organization/a", "Organization/b", "Practitioner/c", "Patient/2", "Location/d"} {
		f.put(key, "")
	}
	f.put("Patient/1", `"managingOrganization":{"reference":"http://example.org/fhir/Organization/a"},"generalPractitioner":[{"reference":"Practitioner/c/_history/1"},
		{"reference":"Practitioner/not-there"},{"reference":"http://elsewhere.org/fhir/Practitioner/x"},{"reference":"#o"}],"contained":[{"resourceType":"Organization","id":"o","partOf":{"reference":"Organization/b"}}]`)
	f.put("Observation/o", observation+`,"performer":[{"reference":"Patient/1"},{"reference":"Patient/2"},{"reference":"Organization/b"}]`, "Patient/1")
	f.put("Observation/other", observation+`,"performer":[{"reference":"Organization/a"}]`, "Patient/2")

	f.put("Encounter/e", `"status":"finished","class":{"code":"AMB"},"serviceProvider":{"reference":"Organization/a"}`)

	keys := func(s compartment.Scope) (all []string) {
		w, err := compartment.New(&f.Reads, clerk, search.Options{BaseURL: "http://example.org/fhir"}, s)
		require.NoError(t, err)
		refs, err := w.References(t.Context())
		require.NoError(t, err)
		require.False(t, refs.Cut)
		var found []*store.Record
		for last, done := (store.Key{}), false; !done; { // one by one
			records, next, err := w.After(t.Context(), refs, last, 1)
			require.NoError(t, err)
			require.LessOrEqual(t, len(records), 1)
			found = append(found, records...)
			last, done = next, next == (store.Key{})
		}
		for _, r := range found {
			all = append(all, r.Key.String())
		}
		require.True(t, slices.IsSorted(all))
		return all
	}
	one := compartment.Scope{Kind: "Patient", IDs: []string{"1"}}
	require.Equal(t, []string{"Organization/a", "Organization/b", "Patient/2", "Practitioner/c"}, keys(one), "what is visited is not referred to as well")
	one.Types = []string{"Organization", "Observation"}
	require.Equal(t, []string{"Organization/a", "Organization/b"}, keys(one), "the patient refers to one of them, though patients are not asked for")
	require.Equal(t, []string{"Organization/a"}, keys(compartment.Scope{Kind: "Encounter", IDs: []string{"e"}, Types: []string{"Organization"}}))
}

// TestReferencesAreBounded: of a compartment that is too large, the answer says that not all was looked at.
func TestReferencesAreBounded(t *testing.T) {
	f := newFiles(t)
	f.put("Patient/1", "")
	f.put("Organization/z", "")
	var entries []string
	for i := range 1200 {
		entries = append(entries, fmt.Sprintf(`{"resource":{"resourceType":"Basic","id":"b%04d","code":{"text":"x"},"subject":{"reference":"Patient/1"}},"request":{"method":"PUT","url":"Basic/b%04d"}}`, i, i))
	}
	f.transact(entries...)
	f.put("Observation/last", observation+`,"performer":[{"reference":"Organization/z"}]`, "Patient/1")
	for looked, cut := range map[int]bool{400: true, 1000: true, 1500: false} {
		w := f.walk(compartment.Scope{Kind: "Patient", IDs: []string{"1"}, Types: []string{"Organization"}})
		w.LookAt(looked)
		page, err := w.Everything(t.Context(), "", 10)
		require.NoError(t, err)
		require.Equal(t, cut, page.Cut, "of %d", looked)
		require.Len(t, page.Referred, map[bool]int{true: 0, false: 1}[cut])
	}
}
