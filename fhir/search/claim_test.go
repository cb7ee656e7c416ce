package search

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

// document parses a resource of a test.
func document(t testing.TB, body string) *codec.Document {
	t.Helper()
	d, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues, body)
	return d
}

// claimOfLines is a claim of the size that a facility sends.
func claimOfLines(lines int) string {
	var items []string
	for i := 1; i <= lines; i++ {
		items = append(items, fmt.Sprintf(`{"sequence":%d,"careTeamSequence":[1],"diagnosisSequence":[1],
			"productOrService":{"coding":[{"system":"https://claims.example/services","code":"S%03d","display":"Service %d"}]},
			"servicedDate":"2026-03-%02d","quantity":{"value":%d},"unitPrice":{"value":125.00,"currency":"TZS"},
			"net":{"value":%d.00,"currency":"TZS"},"encounter":[{"reference":"Encounter/E1"}]}`, i, i, i, i%28+1, i, i*125))
	}
	return `{"resourceType":"Claim","id":"c1","meta":{"versionId":"1","lastUpdated":"2026-03-09T10:00:00.000Z",
		"profile":["https://claims.example/StructureDefinition/claim"]},
		"identifier":[{"system":"https://facility.example/claims","value":"F-2026-00017"}],"status":"active",
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},
		"use":"claim","patient":{"reference":"Patient/P1"},"created":"2026-03-09T12:30:00+03:00",
		"enterer":{"reference":"Practitioner/D7"},"insurer":{"reference":"Organization/I1"},
		"provider":{"reference":"Organization/F1"},"facility":{"reference":"Location/L1"},
		"priority":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}]},
		"payee":{"type":{"coding":[{"code":"provider"}]},"party":{"reference":"Organization/F1"}},
		"careTeam":[{"sequence":1,"provider":{"reference":"Practitioner/D7"}}],
		"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B54"}]}}],
		"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/V1"}}],
		"item":[` + strings.Join(items, ",") + `],"total":{"value":6875.00,"currency":"TZS"}}`
}

func TestExtractOfAClaim(t *testing.T) {
	created, ok := parseMoment("2026-03-09T09:30:00Z", nil)
	require.True(t, ok)
	require.Equal(t, &Values{
		Terms: []Term{
			{"_profile", "https://claims.example/StructureDefinition/claim"},
			{"identifier", "f-2026-00017"},
			{"identifier", "https://facility.example/claims|f-2026-00017"},
			{"identifier", "https://facility.example/claims|"},
			{"status", "active"},
			{"use", "claim"},
			{"patient", "Patient/P1"},
			{"enterer", "Practitioner/D7"},
			{"insurer", "Organization/I1"},
			{"provider", "Organization/F1"},
			{"facility", "Location/L1"},
			{"priority", "normal"},
			{"priority", "http://terminology.hl7.org/CodeSystem/processpriority|normal"},
			{"priority", "http://terminology.hl7.org/CodeSystem/processpriority|"},
			{"payee", "Organization/F1"},
			{"care-team", "Practitioner/D7"},
			{"encounter", "Encounter/E1"},
			{":missing0", "ff"},
		},
		Ranges: []Range{{"created", created.lo, created.hi}},
		Sorts:  []Sortable{{Param: "created", IsNum: true, NumMin: created.lo, NumMax: created.hi}},
	}, Extract(document(t, claimOfLines(10))))
}

func BenchmarkExtract(b *testing.B) {
	for _, lines := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			d := document(b, claimOfLines(lines))
			b.ReportAllocs()
			for b.Loop() {
				if len(Extract(d).Terms) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
