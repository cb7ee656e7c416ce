package search

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

// refers is the clause of a chain.
func refers(param string, j Join) Clause {
	return Clause{AnyOf: []Condition{{Kind: Refers, Param: param, Join: &j}}}
}

func TestParseOfChains(t *testing.T) {
	tests := []struct {
		name, resource, query string
		want                  []Clause
	}{
		{"one target", "ClaimResponse", "patient.identifier=http://m|7", []Clause{refers("patient", Join{
			Name: "patient.identifier", Type: "Patient", Where: []Clause{{AnyOf: terms("identifier", "http://m|7")}},
		})}},
		{"typed", "Claim", "provider:Organization.name=Aga", []Clause{refers("provider", Join{
			Name: "provider:Organization.name", Type: "Organization", Where: []Clause{{AnyOf: []Condition{{Kind: HasPrefix, Param: "name", Text: "aga"}}}},
		})}},
		{"S8 several targets, one of which has the parameter", "Claim", "provider.family=Musa", []Clause{refers("provider", Join{
			Name: "provider.family", Type: "Practitioner", Where: []Clause{{AnyOf: []Condition{{Kind: HasPrefix, Param: "family", Text: "musa"}}}},
		})}},
		{"modifier and or", "Claim", "patient.gender:not=male,other", []Clause{refers("patient", Join{
			Name: "patient.gender:not", Type: "Patient", Where: []Clause{{Not: true, AnyOf: terms("gender", "male", "other")}},
		})}},
		{"two chains are independent", "Claim", "patient.active=true&patient.gender=male", []Clause{
			refers("patient", Join{Name: "patient.active", Type: "Patient", Where: []Clause{{AnyOf: terms("active", "true")}}}),
			refers("patient", Join{Name: "patient.gender", Type: "Patient", Where: []Clause{{AnyOf: terms("gender", "male")}}}),
		}},
		{"deeper", "ClaimResponse", "request.patient.organization.identifier=x", []Clause{refers("request", Join{
			Name: "request.patient.organization.identifier", Type: "Claim", Where: []Clause{refers("patient", Join{
				Name: "patient.organization.identifier", Type: "Patient", Where: []Clause{refers("organization", Join{
					Name: "organization.identifier", Type: "Organization", Where: []Clause{{AnyOf: terms("identifier", "x")}},
				})},
			})},
		})}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := mustParse(t, tt.resource, tt.query, Options{})
			require.Equal(t, tt.want, q.Where)
			require.True(t, q.Deferred())
			require.Equal(t, tt.query, strings.ReplaceAll(q.Applied, "%7C", "|"))
		})
	}
}

func TestRefusedChains(t *testing.T) {
	tests := []struct{ name, resource, query, text, found, expected, code string }{
		{"S8 ambiguous", "Claim", "provider.identifier=x", "search parameter provider.identifier does not say which type of resource it follows", "provider.identifier",
			"one of provider:Organization.identifier, provider:Practitioner.identifier, provider:PractitionerRole.identifier", outcome.Value},
		{"no reference", "Claim", "status.name=x", "search parameter status of Claim is no reference, so that nothing can follow it", "status.name", "a reference parameter before the dot", outcome.NotSupported},
		{"no reference, deeper", "ClaimResponse", "request.patient.gender.x=x",
			"search parameter gender of Patient is no reference, so that nothing can follow it (in request.patient.gender.x)", "gender.x", "a reference parameter before the dot", outcome.NotSupported},
		{"type that is none", "Claim", "provider:Insurer.name=x", "invalid search parameter provider:Insurer", "provider:Insurer", "provider: and one of Organization, Practitioner, PractitionerRole", outcome.Value},
		{"type that it cannot refer to", "Claim", "provider:Patient.name=x", "invalid search parameter provider:Patient", "provider:Patient", "provider: and one of Organization, Practitioner, PractitionerRole", outcome.Value},
		{"nothing after the dot", "Claim", "patient.=x", "invalid search parameter patient.", "patient.", "a search parameter after the dot", outcome.Value},
		{"bad value", "Claim", "patient.birthdate=yesterday", "invalid value of search parameter birthdate (in patient.birthdate)", "yesterday", "YYYY-MM-DD", outcome.Value},
		{"S7 bad modifier", "Claim", "patient.gender:nonsense=x", "search parameter gender does not support the modifier nonsense (in patient.gender:nonsense)", "gender:nonsense", "no modifier", outcome.NotSupported},
		{"too deep", "Organization", strings.Repeat("partof.", MaxJoins+1) + "name=x", "a search parameter follows too many references", "", "at most 8", outcome.TooCostly},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Parse(tt.resource, tt.query, Options{})
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, http.StatusBadRequest, said.Status)
			require.Len(t, said.Issues, 1)
			require.Contains(t, said.Issues[0].Text, tt.text)
			require.Equal(t, tt.found, said.Issues[0].Found)
			require.Contains(t, said.Issues[0].Expected, tt.expected)
			require.Equal(t, tt.code, said.Issues[0].Code)
		})
	}
}

func TestUnknownPartsOfChains(t *testing.T) {
	tests := []struct{ name, query, text, found, expected string }{
		{"first", "payer.name=x", "unknown search parameter payer was ignored", "payer", "a search parameter of Claim; perhaps payee"},
		{"last", "patient.nam=x", "unknown search parameter nam was ignored", "nam", "a search parameter of Patient"},
		{"last of several types", "provider.nam=x", "unknown search parameter nam was ignored", "nam", "a search parameter of Organization, Practitioner, PractitionerRole"},
		{"middle", "patient:Patient.org.name=x", "unknown search parameter org was ignored (in patient:Patient.org.name)", "org", "a search parameter of Patient"},
		{"a parameter of the result", "patient._count=3", "unknown search parameter _count was ignored", "_count", "a search parameter of Patient"},
	}
	for _, tt := range tests {
		t.Run("S6 "+tt.name, func(t *testing.T) {
			q, warnings, err := Parse("Claim", tt.query+"&status=active", Options{})
			require.NoError(t, err)
			require.Equal(t, []Clause{{AnyOf: terms("status", "active")}}, q.Where)
			require.Equal(t, "status=active", q.Applied, "S1 what was ignored is not shown")
			require.Len(t, warnings, 1)
			require.Contains(t, warnings[0].Text, tt.text)
			require.Equal(t, tt.found, warnings[0].Found)
			require.Equal(t, tt.expected, warnings[0].Expected)
			_, _, err = Parse("Claim", tt.query, Options{Strict: true})
			require.Error(t, err)
		})
	}
}
