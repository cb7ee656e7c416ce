package search

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
)

// TestMissing: what a resource lacks and what it has, of each kind of presence.
func TestMissing(t *testing.T) {
	claim := claimOfLines(2)
	tests := []struct {
		name, body string
		lacks, has []string
	}{
		{"of a claim", claim,
			[]string{"_tag", "_security", "_source", "item-udi", "procedure-udi"},
			[]string{"_id", "_lastUpdated", "_profile", "status", "created", "patient", "identifier", "care-team", "encounter", "facility", "payee", "insurer"}},
		{"of a claim with little in it", `{"resourceType":"Claim","status":"active","meta":{"tag":[{"code":"x"}]},` + claimBasics,
			[]string{"_profile", "identifier", "care-team", "encounter", "facility", "payee", "insurer"},
			[]string{"_tag", "status", "created", "patient", "provider", "priority", "use"}},
		{"a required element that has an extension only", `{"resourceType":"Claim","status":"active","_created":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]},` + claimWithoutCreated,
			[]string{"created"}, []string{"patient"}},
		{"a reference that says a name only", `{"resourceType":"Claim","status":"active","insurer":{"display":"NHIF"},` + claimBasics,
			[]string{"enterer"}, []string{"insurer"}},
		{"strings and dates", `{"resourceType":"Patient","name":[{"family":"Otieno"}],"_birthDate":{"id":"x"}}`,
			[]string{"birthdate", "address", "given", "death-date", "telecom", "general-practitioner", "link"},
			[]string{"family", "name", "phonetic", "deceased"}},
		{"an empty choice", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"y"}`,
			[]string{"value-quantity", "value-concept", "value-date", "date"}, []string{"value-string", "code", "status"}},
		{"a type narrower than the element", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Group/1"}}`,
			[]string{"patient"}, []string{"subject"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := document(t, tt.body)
			c := Candidate{ID: "x", Values: Extract(d)}
			check := func(param string, missing bool) {
				require.Equal(t, missing, mustParse(t, d.Type(), param+":missing=true", Options{}).Match(c), param)
				require.Equal(t, !missing, mustParse(t, d.Type(), param+":missing=false", Options{}).Match(c), param)
			}
			for _, param := range tt.lacks {
				check(param, true)
			}
			for _, param := range tt.has {
				check(param, false)
			}
		})
	}
}

// TestMissingCostsLittle counts the entries that :missing needs of the resources of a submission.
func TestMissingCostsLittle(t *testing.T) {
	for resourceType, most := range map[string]int{"Claim": 1, "ClaimResponse": 1, "Task": 2, "ExplanationOfBenefit": 2} {
		require.LessOrEqual(t, len(planOf(resourceType).presences.groups), most, resourceType)
	}
	for _, resourceType := range registry.Types() {
		for _, g := range planOf(resourceType).presences.groups {
			require.LessOrEqual(t, len(g.places), maxGroup, resourceType)
		}
	}
}
