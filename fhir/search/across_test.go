package search

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

func TestParseAcross(t *testing.T) {
	cases := []struct {
		name, query string
		types       []string
		applied     string
		warnings    int
	}{
		{"all types", "_id=1", registry.Types(), "_id=1", 0},
		{"types in order, each once", "_type=Patient,Claim,Patient&_id=1", []string{"Claim", "Patient"}, "_type=Claim,Patient&_id=1", 0},
		{"S6 unknown to all", "_type=Patient,Claim&nonsense=1", []string{"Claim", "Patient"}, "_type=Claim,Patient", 1},
		{"only the first sort key counts", "_type=Patient,Claim&_sort=-_lastUpdated,_id", []string{"Claim", "Patient"}, "_type=Claim,Patient&_sort=-_lastUpdated", 1},
		{"no order that needs the bodies", "_type=Patient,Person&_sort=_tag,-_id", []string{"Patient", "Person"}, "_type=Patient,Person&_sort=-_id", 1},
		{"no order of a type's own", "_type=Patient,Person&_sort=birthdate", []string{"Patient", "Person"}, "_type=Patient,Person", 1},
		{"one type has all there is", "_type=Patient&_sort=birthdate,_id&family=x", []string{"Patient"}, "_type=Patient&_sort=birthdate,_id&family=x", 0},
		{"S8 an empty _type says nothing", "_type=&_id=1", registry.Types(), "_id=1", 0},
		{"escaped", "%5Ftype=Patient%2CClaim", []string{"Claim", "Patient"}, "_type=Claim,Patient", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			x, warnings, err := ParseAcross(registry.Types(), c.query, Options{})
			require.NoError(t, err)
			require.Len(t, warnings, c.warnings)
			require.Equal(t, c.applied, x.Applied)
			var types []string
			for _, q := range x.Queries {
				types = append(types, q.Type)
				require.Equal(t, c.applied, q.Applied)
				require.Equal(t, x.Sort, q.Sort)
			}
			require.Equal(t, c.types, types)
		})
	}
}

func TestParseAcrossRefuses(t *testing.T) {
	cases := []struct{ name, query, code, text string }{
		{"a parameter of some", "_type=Patient,Claim,Coverage&patient=1", outcome.NotSupported, "Patient has none"},
		{"a parameter of some, of all types", "status=active", outcome.NotSupported, "has none"},
		{"a parameter of two types", "_type=Patient,Location&address=x&near=1", outcome.NotSupported, "Patient has none"},
		{"a parameter that is not the same", "_type=Measurement", outcome.Value, "_type"},
		{"types twice", "_type=Patient&_type=Claim", outcome.Value, "_type"},
		{"no type", "_type=Patient,", outcome.Value, "_type"},
		{"too many values for all types", "_id=" + numbers(200), outcome.TooCostly, "too many values for so many types"},
		{"too long", "_id=" + string(make([]byte, MaxQuery)), outcome.TooCostly, "too long"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := ParseAcross(registry.Types(), c.query, Options{})
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, 400, said.Status)
			require.Equal(t, c.code, said.Issues[0].Code)
			require.Contains(t, said.Issues[0].Text, c.text)
		})
	}
	_, _, err := ParseAcross([]string{"Claim", "Coverage"}, "_type=Patient", Options{})
	require.Error(t, err, "a type that is not searched here")
}

func numbers(n int) string {
	text := "0"
	for i := 1; i < n; i++ {
		text += "," + string(rune('0'+i%10))
	}
	return text
}

func TestConfine(t *testing.T) {
	patient, _ := registry.Compartment("Patient")
	cases := []struct {
		name, resourceType string
		want               []Condition
	}{
		{"by its parameters", "Claim", []Condition{{Kind: HasTerm, Param: "patient", Text: "Patient/7"}, {Kind: HasTerm, Param: "payee", Text: "Patient/7"}}},
		{"the patient itself", "Patient", []Condition{{Kind: HasID, Text: "7"}, {Kind: HasTerm, Param: "link", Text: "Patient/7"}}},
		{"never", "Task", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q, _, err := Parse(c.resourceType, "_id=1", Options{})
			require.NoError(t, err)
			require.Equal(t, c.want != nil, q.Confine(patient, "7"))
			if c.want == nil {
				require.Empty(t, q.Compartment)
				return
			}
			require.Equal(t, Clause{AnyOf: c.want}, q.Where[1])
			require.Equal(t, "Patient/7", q.Compartment)
		})
	}
	for _, about := range registry.Compartments() { // every parameter of every compartment is one that is indexed
		c, _ := registry.Compartment(about)
		for _, name := range CompartmentTypes(c) {
			for _, param := range c.Params(name) {
				p, ok := registry.Lookup(name, param)
				require.True(t, ok && p.Type == registry.Reference && Offered(p), "%s.%s", name, param)
			}
		}
	}
}
