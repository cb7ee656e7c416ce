package resources_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
)

// TestModifiersWithinJoins: what finds a resource finds it at the end of a chain, too, and within _has and _filter.
func TestModifiersWithinJoins(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		b.put(t, `{"resourceType":"Patient","id":"p1","gender":"female","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">penicillin allergy</div>"}}`)
		b.put(t, `{"resourceType":"Patient","id":"p2","identifier":[{"type":{"coding":[{"system":"http://t","code":"MR"}],"text":"Record"},"value":"7"}],
			"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">penicillin</div>"}}`)
		b.put(t, `{"resourceType":"Location","id":"l1","position":{"latitude":1,"longitude":2}}`)
		for id, more := range map[string]string{
			"e1": `"subject":{"reference":"Patient/p1"},"location":[{"location":{"reference":"Location/l1"}}]`, "e2": `"subject":{"reference":"Patient/p2"}`,
		} {
			b.put(t, `{"resourceType":"Encounter","id":%q,"status":"finished","class":{"code":"AMB"},%s}`, id, more)
		}
		for _, tc := range []struct {
			resourceType, query string
			want                []string
		}{
			{"Encounter", "subject:Patient.gender:missing=true", []string{"e2"}},
			{"Encounter", "patient.gender:missing=false", []string{"e1"}},
			{"Encounter", "patient:Patient._text=penicillin", []string{"e1", "e2"}},
			{"Encounter", "patient:Patient._text=penicillin%20allergy", []string{"e1"}},
			{"Encounter", "patient:Patient.identifier:of-type=http://t|MR|7", []string{"e2"}},
			{"Encounter", "patient:Patient.identifier:text=rec", []string{"e2"}},
			{"Encounter", "location.near=1|2|5", []string{"e1"}},
			{"Encounter", "location:missing=true&_sort=patient", []string{"e2"}},
			{"Encounter", "patient.gender:missing=true&_sort=-patient", []string{"e2"}},
			{"Encounter", "_sort=-patient", []string{"e2", "e1"}},
			{"Patient", "_has:Encounter:patient:location:missing=true", []string{"p2"}},
			{"Patient", "_filter=_text%20eq%20%22penicillin%20allergy%22", []string{"p1"}},
			{"Patient", "_filter=not(_text%20eq%20penicillin)", []string{}},
		} {
			t.Run(tc.query, func(t *testing.T) { require.Equal(t, tc.want, b.search(t, clerk, tc.resourceType, tc.query)) })
		}
		_, _, err := search.Parse("Patient", "_filter=not(_text%20eq%20%22penicillin%20allergy%22)", b.SearchOptions())
		require.Error(t, err, "the opposite of two words is no query, so it is refused rather than read as neither word")
	})
}
