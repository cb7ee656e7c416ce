package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMatch(t *testing.T) {
	h := open(t, Options{})
	const ana = `"name":[{"family":"Wanjiru","given":["Ana"]}],"birthDate":"1990-05-01"`
	h.keep("Patient/a", `"identifier":[{"system":"urn:m","value":"1"}],`+ana)
	h.keep("Patient/b", ana+`,"gender":"female"`)
	h.keep("Patient/c", `"name":[{"family":"Wanjiru","given":["Rosa"]}],"birthDate":"1990-05-01"`)
	h.keep("Patient/d", `"name":[{"family":"Otieno","given":["Ana"]}],"birthDate":"1950-01-01"`)
	ask := func(patient, more string) *reply {
		return h.send(http.MethodPost, "/fhir/Patient/$match", `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient",`+patient+`}}`+more+`]}`).
			want(http.StatusOK).valid("Bundle")
	}
	all := `"identifier":[{"system":"urn:m","value":"1"}],` + ana
	got := ask(all, "")
	require.Equal(t, []string{"Patient/a", "Patient/b", "Patient/c"}, got.keys(), "best first")
	require.Equal(t, []string{"searchset", "3", "1.00", "certain"}, []string{got.at("type"), got.at("total"), got.at("entry.0.search.score"), got.at("entry.0.search.extension.0.valueCode")})
	require.Equal(t, "http://hl7.org/fhir/StructureDefinition/match-grade", got.at("entry.0.search.extension.0.url"))
	require.Equal(t, "probable", got.at("entry.1.search.extension.0.valueCode"))
	require.Equal(t, []string{"Patient/a"}, ask(all, `,{"name":"count","valueInteger":1}`).keys())
	require.Equal(t, []string{"Patient/a"}, ask(all, `,{"name":"onlyCertainMatches","valueBoolean":true}`).keys())
	require.Empty(t, ask(ana, `,{"name":"onlyCertainMatches","valueBoolean":true}`).keys())
	require.Equal(t, "2", h.send(http.MethodPost, "/fhir/Patient/$match", `{"resourceType":"Patient","name":[{"family":"wanjiru","given":["ana"]}]}`).want(200).at("total"), "bare, folded")
	require.Empty(t, ask(`"gender":"female"`, "").keys(), "too little to look for anybody")

	h.keep("Patient/twin", `"identifier":[{"system":"urn:m","value":"1"}],`+ana)
	require.Empty(t, ask(all, `,{"name":"onlyCertainMatches","valueBoolean":true}`).keys(), "two are certain, so neither is")
	h.send(http.MethodPost, "/fhir/Patient/$match", `{"resourceType":"Parameters"}`).wantOutcome(http.StatusBadRequest, "required", "")
	h.send(http.MethodPost, "/fhir/Patient/$match", `{"resourceType":"Basic","code":{"text":"x"}}`).wantOutcome(http.StatusBadRequest, "required", "")
	h.send(http.MethodGet, "/fhir/Patient/$match", "").want(http.StatusMethodNotAllowed)
}
