package search

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

func TestParseOfIncludes(t *testing.T) {
	tests := []struct {
		query string
		want  []Include
	}{
		{"_include=Claim:patient", []Include{{Source: "Claim", Param: "patient"}}},
		{"_include=Claim:provider:Organization", []Include{{Source: "Claim", Param: "provider", Target: "Organization"}}},
		{"_include=Claim:*", []Include{{Source: "Claim"}}},
		{"_include=Claim:*:Patient", []Include{{Source: "Claim", Target: "Patient"}}},
		{"_include=*", []Include{{}}},
		{"_include:iterate=Patient:organization", []Include{{Source: "Patient", Param: "organization", Iterate: true}}},
		{"_include:recurse=Patient:organization", []Include{{Source: "Patient", Param: "organization", Iterate: true}}},
		{"_include:iterate=*", []Include{{Iterate: true}}},
		{"_revinclude=ClaimResponse:request", []Include{{Reverse: true, Source: "ClaimResponse", Param: "request"}}},
		{"_revinclude=ClaimResponse:request:Claim", []Include{{Reverse: true, Source: "ClaimResponse", Param: "request", Target: "Claim"}}},
		{"_revinclude=*", []Include{{Reverse: true}}},
		{"_revinclude=Provenance:*", []Include{{Reverse: true, Source: "Provenance"}}},
		{"_revinclude:iterate=Task:focus", []Include{{Reverse: true, Source: "Task", Param: "focus", Iterate: true}}},
		{"_include=Claim:patient&_include=Claim:insurer&_include=Claim:patient", []Include{{Source: "Claim", Param: "patient"}, {Source: "Claim", Param: "insurer"}}},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			q := mustParse(t, "Claim", tt.query, Options{})
			require.Equal(t, tt.want, q.Include)
			require.Empty(t, q.Where)
			require.Equal(t, tt.query, q.Applied)
		})
	}
}

func TestRefusedIncludes(t *testing.T) {
	const form = "Type:parameter, Type:parameter:Target or Type:*"
	tests := []struct{ name, query, found, expected string }{
		{"a list", "_include=Claim:patient,Claim:insurer", "Claim:patient,Claim:insurer", "one value; repeat the parameter for more"},
		{"a type alone", "_include=Claim", "Claim", form},
		{"a type and nothing", "_include=Claim:", "Claim:", form},
		{"too many parts", "_include=Claim:patient:Patient:x", "Claim:patient:Patient:x", form},
		{"no type", "_include=claim:patient", "claim", "an R4 resource type; perhaps Claim"},
		{"no reference", "_include=Claim:status", "Claim:status", "a reference parameter; status of Claim is none"},
		{"a type that is not referred to", "_include=Claim:patient:Location", "Claim:patient:Location", "a type that Claim:patient refers to: Patient"},
		{"no type at the end", "_include=Claim:patient:patient", "Claim:patient:patient", "a type that Claim:patient refers to: Patient"},
		{"an unknown modifier", "_include:again=Claim:patient", "_include:again", "_include or _include:iterate"},
		{"reverse, no type", "_revinclude=ClaimResponses:request", "ClaimResponses", "an R4 resource type; perhaps ClaimResponse"},
		{"with _summary=text", "_summary=text&_include=Claim:patient", "_summary=text", "one of them"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Parse("Claim", tt.query, Options{})
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, http.StatusBadRequest, said.Status)
			require.Len(t, said.Issues, 1)
			require.Equal(t, tt.found, said.Issues[0].Found)
			require.Equal(t, tt.expected, said.Issues[0].Expected)
		})
	}
	for _, query := range []string{
		"_include=Claim:patents", "_include=Coverage:payor", "_include=Coverage:*", "_revinclude=Coverage:beneficiary", "_revinclude=Task:focus:Patient",
	} {
		t.Run("S6 without effect: "+query, func(t *testing.T) {
			q, warnings, err := Parse("Claim", query+"&_summary=text", Options{})
			require.NoError(t, err)
			require.Empty(t, q.Include)
			require.Equal(t, "_summary=text", q.Applied, "S1 what was ignored is not shown")
			require.Len(t, warnings, 1)
			_, _, err = Parse("Claim", query, Options{Strict: true})
			require.Error(t, err)
		})
	}
}
