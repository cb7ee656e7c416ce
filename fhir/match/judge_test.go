package match_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/match"
)

func patient(t *testing.T, members string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(`{"resourceType":"Patient"`+members+`}`), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

const (
	id    = `,"identifier":[{"system":"urn:m","value":"1"}]`
	name  = `,"name":[{"family":"Müller","given":["Ana","Eva"]}]`
	birth = `,"birthDate":"1990-05-01"`
	more  = `,"gender":"female","telecom":[{"system":"phone","value":"+254 700-1"}],"address":[{"city":"Nairobi"}]`
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name, described, found string
		score                  float64
		grade                  match.Grade
	}{
		{"all", id + name + birth + more, id + name + birth + more, 1, match.Certain},
		{"the identifier alone", id, id, 1, match.Certain},
		{"the identifier, with a patient of whom nothing else is known", id + name + birth, id, 0.9, match.Certain},
		{"the identifier, but another birth date", id + birth, id + `,"birthDate":"1991-01-01"`, 0.7, match.Possible},
		{"another identifier of the system", id + name + birth, `,"identifier":[{"system":"urn:m","value":"2"}]` + name + birth, 0.6, match.Possible},
		{"an identifier of another system", id + name + birth, `,"identifier":[{"system":"urn:x","value":"1"}]` + name + birth, 0.89, match.Probable},
		{"name and birth date", name + birth + more, name + birth + more, 0.89, match.Probable},
		{"folded names", `,"name":[{"family":"MULLER","given":["eva"]}]` + birth, name + birth, 0.89, match.Probable},
		{"the month of birth", name + `,"birthDate":"1990-05"`, name + birth, 0.8, match.Probable},
		{"telecom written differently", name + birth + `,"telecom":[{"value":"+2547001"}]`, name + birth + more, 0.89, match.Probable},
		{"another given name", name + birth, `,"name":[{"family":"Müller","given":["Rosa"]}]` + birth, 0.73, match.Possible},
		{"too little said", `,"name":[{"family":"Müller"}]`, name + birth, 0.6, match.Possible},
		{"nothing in common", name + birth, `,"name":[{"family":"Otieno"}],"birthDate":"1950-01-01"`, 0, match.CertainlyNot},
		{"nothing said", "", name, 0, match.CertainlyNot},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := match.Judge(patient(t, c.described), patient(t, c.found))
			require.Equal(t, match.Result{Score: c.score, Grade: c.grade}, got)
		})
	}
}

func TestQueries(t *testing.T) {
	require.Equal(t, []string{
		"identifier=urn%3Am%7C1", "family=M%C3%BCller&birthdate=1990-05-01", "family=M%C3%BCller&given=Ana", "given=Ana&birthdate=1990-05-01", "telecom=%2B254+700-1",
	}, match.Queries(patient(t, id+name+birth+more)))
	require.Equal(t, []string{"identifier=%7C1%5C%2C2"}, match.Queries(patient(t, `,"identifier":[{"value":"1,2"}]`)))
	require.Empty(t, match.Queries(patient(t, `,"gender":"female"`)))
}
