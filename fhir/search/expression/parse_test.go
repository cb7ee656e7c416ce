package expression

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func step(name string) Step { return Step{Name: name, Index: -1} }

func TestParse(t *testing.T) {
	deceased := Path{Root: "Patient", Steps: []Step{step("deceased")}, Truth: true}
	tests := []struct {
		name, text string
		want       []Path
	}{
		{"path", "Claim.careTeam.provider", []Path{{Root: "Claim", Steps: []Step{step("careTeam"), step("provider")}}}},
		{"root alone", "Observation", []Path{{Root: "Observation"}}},
		{"no root", "name | alias", []Path{{Steps: []Step{step("name")}}, {Steps: []Step{step("alias")}}}},
		{"resource", "%resource.referenceSeq.chromosome",
			[]Path{{Root: Resource, Steps: []Step{step("referenceSeq"), step("chromosome")}}}},
		{"as", "(Goal.start as date)", []Path{{Root: "Goal", Steps: []Step{{Name: "start", As: "date", Index: -1}}}}},
		{"as without parentheses", "Goal.start as date",
			[]Path{{Root: "Goal", Steps: []Step{{Name: "start", As: "date", Index: -1}}}}},
		{"as and on", "(Observation.value as CodeableConcept).text",
			[]Path{{Root: "Observation", Steps: []Step{{Name: "value", As: "CodeableConcept", Index: -1}, step("text")}}}},
		{"as function", "value.as(Quantity)", []Path{{Steps: []Step{{Name: "value", As: "Quantity", Index: -1}}}}},
		{"ofType", "answer.value.ofType(Reference)",
			[]Path{{Steps: []Step{step("answer"), {Name: "value", As: "Reference", Index: -1}}}}},
		{"where", "Patient.telecom.where(system='phone')",
			[]Path{{Root: "Patient", Steps: []Step{{Name: "telecom", Where: "system", Equals: "phone", Index: -1}}}}},
		{"where and on", "Library.relatedArtifact.where(type='depends-on').resource", []Path{{Root: "Library",
			Steps: []Step{{Name: "relatedArtifact", Where: "type", Equals: "depends-on", Index: -1}, step("resource")}}}},
		{"resolve", "Task.for.where(resolve() is Patient)",
			[]Path{{Root: "Task", Steps: []Step{{Name: "for", Resolves: "Patient", Index: -1}}}}},
		{"index", "Bundle.entry[0].resource",
			[]Path{{Root: "Bundle", Steps: []Step{{Name: "entry"}, step("resource")}}}},
		{"extension", "Observation.extension('http://x/y')",
			[]Path{{Root: "Observation", Steps: []Step{{Name: "extension", URL: "http://x/y", Index: -1}}}}},
		{"truth", "Patient.deceased.exists() and Patient.deceased != false", []Path{deceased}},
		{"names that start like words", "AllergyIntolerance.asserter | Task.and",
			[]Path{{Root: "AllergyIntolerance", Steps: []Step{step("asserter")}}, {Root: "Task", Steps: []Step{step("and")}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.text)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "",
		"no alternative":        "Claim.use |",
		"no step":               "Claim.",
		"two paths":             "Claim.use Claim.status",
		"function":              "Claim.item.first()",
		"hasExtension":          "item.where(hasExtension('u'))",
		"open parenthesis":      "(Claim.use",
		"open text":             "a.where(b='c",
		"escape":                `a.where(b='c\'d')`,
		"open index":            "entry[0.resource",
		"large index":           "entry[12345]",
		"narrowed root":         "(Claim as Resource)",
		"narrowed twice":        "a.as(b).as(c)",
		"as nothing":            "(Claim.use as )",
		"filtered twice":        "a.where(b='c').where(d='e')",
		"filtered root":         "Claim.where(use='claim')",
		"is nothing":            "a.where(resolve() is )",
		"exists alone":          "Patient.deceased.exists()",
		"another after and":     "Patient.deceased.exists() and Patient.active != false",
		"and without exists":    "Patient.deceased and Patient.deceased != false",
		"unequal to true":       "Patient.deceased.exists() and Patient.deceased != true",
		"existence of the root": "Patient.exists() and Patient != false",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(text)
			require.Error(t, err)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("(Observation.value as CodeableConcept).text | name")
	f.Add("Patient.deceased.exists() and Patient.deceased != false")
	f.Add("Bundle.entry[0].resource.where(resolve() is T).extension('u')")
	f.Fuzz(func(t *testing.T, text string) {
		paths, err := Parse(text)
		if err == nil {
			require.NotEmpty(t, paths)
		}
	})
}
