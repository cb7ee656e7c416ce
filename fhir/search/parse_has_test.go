package search

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

// referred is the clause of a _has.
func referred(j Join) Clause {
	return Clause{AnyOf: []Condition{{Kind: IsReferredTo, Join: &j}}}
}

func TestParseOfHas(t *testing.T) {
	active := []Clause{{AnyOf: terms("status", "active")}}
	tests := []struct {
		name, resource, query string
		want                  []Clause
	}{
		{"one", "Patient", "_has:Claim:patient:status=active", []Clause{referred(Join{Name: "_has:Claim:patient:status", Type: "Claim", Param: "patient", Where: active})}},
		{"or", "Patient", "_has:Claim:patient:status=active,draft", []Clause{referred(Join{
			Name: "_has:Claim:patient:status", Type: "Claim", Param: "patient", Where: []Clause{{AnyOf: terms("status", "active", "draft")}},
		})}},
		{"modifier", "Patient", "_has:Claim:patient:status:not=active", []Clause{referred(Join{
			Name: "_has:Claim:patient:status:not", Type: "Claim", Param: "patient", Where: []Clause{{Not: true, AnyOf: terms("status", "active")}},
		})}},
		{"and", "Patient", "_has:Claim:patient:status=active&_has:Coverage:beneficiary:status=active", []Clause{
			referred(Join{Name: "_has:Claim:patient:status", Type: "Claim", Param: "patient", Where: active}),
			referred(Join{Name: "_has:Coverage:beneficiary:status", Type: "Coverage", Param: "beneficiary", Where: active}),
		}},
		{"nested", "Patient", "_has:Claim:patient:_has:ClaimResponse:request:status=active", []Clause{referred(Join{
			Name: "_has:Claim:patient:_has:ClaimResponse:request:status", Type: "Claim", Param: "patient", Where: []Clause{referred(Join{
				Name: "_has:ClaimResponse:request:status", Type: "ClaimResponse", Param: "request", Where: active,
			})},
		})}},
		{"ends in a chain", "Patient", "_has:Claim:patient:encounter.status=active", []Clause{referred(Join{
			Name: "_has:Claim:patient:encounter.status", Type: "Claim", Param: "patient", Where: []Clause{refers("encounter", Join{
				Name: "encounter.status", Type: "Encounter", Where: active,
			})},
		})}},
		{"begins with a chain", "Claim", "patient._has:Coverage:beneficiary:status=active", []Clause{refers("patient", Join{
			Name: "patient._has:Coverage:beneficiary:status", Type: "Patient", Where: []Clause{referred(Join{
				Name: "_has:Coverage:beneficiary:status", Type: "Coverage", Param: "beneficiary", Where: active,
			})},
		})}},
		{"chain to the one type that is referred to", "Claim", "payee._has:Coverage:beneficiary:status=active", []Clause{refers("payee", Join{
			Name: "payee._has:Coverage:beneficiary:status", Type: "Patient", Where: []Clause{referred(Join{
				Name: "_has:Coverage:beneficiary:status", Type: "Coverage", Param: "beneficiary", Where: active,
			})},
		})}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := mustParse(t, tt.resource, tt.query, Options{})
			require.Equal(t, tt.want, q.Where)
			require.Equal(t, tt.query, q.Applied)
		})
	}
}

func TestRefusedHas(t *testing.T) {
	const form = "_has:Type:reference:parameter, such as _has:Claim:patient:status"
	tests := []struct{ name, query, text, found, expected, code string }{
		{"nothing", "_has=x", "invalid search parameter _has", "_has", form, outcome.Value},
		{"too short", "_has:Claim:patient=x", "invalid search parameter _has:Claim:patient", "_has:Claim:patient", form, outcome.Value},
		{"no parameter", "_has:Claim:patient:=x", "invalid search parameter _has:Claim:patient:", "_has:Claim:patient:", form, outcome.Value},
		{"no type", "_has:Claims:patient:status=x", "invalid search parameter _has:Claims:patient:status", "Claims", "an R4 resource type; perhaps Claim", outcome.Value},
		{"no reference", "_has:Claim:status:use=x", "search parameter status of Claim is no reference", "status", "a reference parameter of Claim", outcome.NotSupported},
		{"reference elsewhere", "_has:Claim:facility:status=x", "invalid search parameter facility", "facility", "a parameter of Claim that refers to Patient; facility refers to Location", outcome.Value},
		{"deeper", "_has:Claim:patient:_has:Coverage:beneficiary:status=x", "invalid search parameter beneficiary (in _has:Claim:patient:_has:Coverage:beneficiary:status)", "beneficiary", "a parameter of Coverage that refers to Claim; beneficiary refers to Patient", outcome.Value},
		{"too deep", strings.Repeat("_has:Patient:link:", MaxJoins+1) + "name=x", "a search parameter follows too many references", "", "at most 8", outcome.TooCostly},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Parse("Patient", tt.query, Options{})
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, http.StatusBadRequest, said.Status)
			require.Len(t, said.Issues, 1)
			require.Contains(t, said.Issues[0].Text, tt.text)
			require.Equal(t, tt.found, said.Issues[0].Found)
			require.Equal(t, tt.expected, said.Issues[0].Expected)
			require.Equal(t, tt.code, said.Issues[0].Code)
		})
	}
	for _, query := range []string{"_has:Claim:patints:status=x", "_has:Claim:patient:statu=x"} {
		t.Run("S6 "+query, func(t *testing.T) {
			q, warnings, err := Parse("Patient", query, Options{})
			require.NoError(t, err)
			require.Empty(t, q.Where)
			require.Len(t, warnings, 1)
			require.Contains(t, warnings[0].Expected, "a search parameter of Claim; perhaps ")
			_, _, err = Parse("Patient", query, Options{Strict: true})
			require.Error(t, err)
		})
	}
}
