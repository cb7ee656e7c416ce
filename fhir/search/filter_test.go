package search

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/outcome"
)

func TestFilterMatches(t *testing.T) {
	peter := Candidate{ID: "p1", Values: Extract(document(t, `{"resourceType":"Patient","active":true,"gender":"male","birthDate":"1990-05-01",
		"name":[{"family":"Müller, Ltd","given":["Peter","Jan"]}],"identifier":[{"system":"http://x","value":"A|1"}],"generalPractitioner":[{"reference":"Practitioner/7"}]}`))}
	cases := []struct {
		filter string
		finds  bool
	}{
		{`given eq "peter"`, true},
		{`given eq PETER`, true},
		{`given eq pet`, false},
		{`given sw pet`, true},
		{`given co ete`, true},
		{`given co "xx"`, false},
		{`family eq "muller, ltd"`, true},
		{`family sw "muller, l"`, true},
		{`family co ", LTD"`, true},
		{`gender eq male and birthdate ge 1990-01-01`, true},
		{`gender eq male and birthdate gt 1990-05-01`, false},
		{`birthdate eq 1990`, true},
		{`birthdate ne 1990`, false},
		{`birthdate sa 1989`, true},
		{`birthdate eb 1990`, false},
		{`birthdate po 1990-05`, true},
		{`birthdate po 1990-06`, false},
		{`identifier eq http://x|A`, false},
		{`identifier eq "http://x|a\\|1"`, true},
		{`gender eq http://hl7.org/fhir/administrative-gender|male`, true},
		{`active eq true`, true},
		{`general-practitioner re Practitioner/7`, true},
		{`general-practitioner eq Practitioner/8`, false},
		{`phone pr true`, false},
		{`phone pr false`, true},
		{`gender pr true`, true},
		{`_id eq p1`, true},
		{`_id eq P1`, false},
		{`not (gender eq female)`, true},
		{`not(gender eq male)`, false},
		{`not (gender eq female or birthdate lt 1950)`, true},
		{`not (not (gender eq male and given eq jan))`, true},
		{`(gender eq female) or (gender eq male)`, true},
		{`gender eq female or given eq jan and birthdate gt 2000`, false}, // from left to right
		{`gender eq male or given eq jan and birthdate gt 2000`, false},
		{`gender eq male or (given eq jan and birthdate gt 2000)`, true},
		{"gender\teq male\n and\u00a0given eq jan", true},
		{`(((gender eq male)))and(given eq jan)`, true},
		{`not (phone pr true) and not (email pr true) and gender eq male`, true},
		{`not (phone pr true or gender eq male)`, false},
	}
	for _, c := range cases {
		t.Run(c.filter, func(t *testing.T) {
			q := mustParse(t, "Patient", "_filter="+url.QueryEscape(c.filter), Options{})
			require.Equal(t, c.finds, q.Match(peter), "%+v", q.Where)
			again := mustParse(t, "Patient", q.Applied, Options{})
			require.Equal(t, q.Where, again.Where, "S1 the self link says the same")
		})
	}
}

func TestFilterFollowsReferencesAndAsksTheTerminology(t *testing.T) {
	cases := []struct{ resource, filter, same string }{
		{"Claim", `patient.name co "pet"`, "patient.name:contains=pet"},
		{"Observation", `subject:Patient.gender eq male`, "subject:Patient.gender=male"},
		{"Observation", `code in http://x/vs`, "code:in=http://x/vs"},
		{"Observation", `code in ValueSet/1`, "code:in=ValueSet/1"},
		{"Observation", `code ss http://x|1`, "code:below=http://x|1"},
		{"Observation", `code sb http://x|1`, "code:above=http://x|1"},
		{"Observation", `code eq http://loinc.org|1234-5`, "code=http://loinc.org|1234-5"},
		{"Observation", `value-quantity ge 5.4`, "value-quantity=ge5.4"},
		{"Observation", `value-quantity ap 5.4|http://unitsofmeasure.org|mg`, "value-quantity=ap5.4|http://unitsofmeasure.org|mg"},
		{"Observation", `code eq a and code eq b`, "code=a&code=b"},
		{"Observation", `code eq "a,b"`, `code=a\,b`},
		{"Observation", `not (code eq a) and not (code eq b)`, "code:not=a,b"},
		{"ValueSet", `url eq http://x/y,z`, `url=http://x/y\,z`},
		{"Observation", `_lastUpdated gt 2026-01-01`, "_lastUpdated=gt2026-01-01"},
	}
	for _, c := range cases {
		t.Run(c.filter, func(t *testing.T) {
			q := mustParse(t, c.resource, "_filter="+url.QueryEscape(c.filter), Options{})
			require.Equal(t, mustParse(t, c.resource, c.same, Options{}).Where, q.Where)
		})
	}
}

func TestFilterRefuses(t *testing.T) {
	deep := strings.Repeat("(", MaxFilterDepth+1) + "gender eq male" + strings.Repeat(")", MaxFilterDepth+1)
	long := strings.TrimSuffix(strings.Repeat("gender eq male and ", MaxFilterTests+1), " and ")
	wide := strings.TrimSuffix(strings.Repeat("(gender eq a and gender eq b) or ", 9), " or ")
	cases := []struct{ filter, code, found string }{
		{`gender`, outcome.Value, "the end of the filter"},
		{`gender eq`, outcome.Value, "the end of the filter"},
		{`gender male`, outcome.Value, "the end of the filter"},
		{`gender is male`, outcome.Value, "is"},
		{`gender eq male and`, outcome.Value, "the end of the filter"},
		{`gender eq male given eq jan`, outcome.Value, "given eq jan"},
		{`(gender eq male`, outcome.Value, "the end of the filter"},
		{`gender eq male)`, outcome.Value, ")"},
		{`()`, outcome.Value, ")"},
		{`given eq "jan`, outcome.Value, `"jan`},
		{`given eq "\x"`, outcome.Value, `"\x"`},
		{`given eq ""`, outcome.Value, "the end of the filter"},
		{`nonsense eq 1`, outcome.NotSupported, "nonsense"},
		{`_count eq 1`, outcome.NotSupported, "_count"},
		{`_filter eq "gender eq male"`, outcome.Value, "_filter"},
		{`gender:not eq male`, outcome.Value, "gender:not"},
		{`gender ne male`, outcome.NotSupported, "gender ne"},
		{`given ew x`, outcome.NotSupported, "given ew"},
		{`given gt x`, outcome.NotSupported, "given gt"},
		{`birthdate co 19`, outcome.NotSupported, "birthdate co"},
		{`birthdate eq gt1990`, outcome.Value, "eqgt1990"},
		{`gender pr maybe`, outcome.Value, "maybe"},
		{`birthdate ge then`, outcome.Value, "gethen"},
		{`contact[relationship eq x].name eq y`, outcome.NotSupported, "[relationship eq x].name eq y"},
		{`gender eq male or not (given eq jan)`, outcome.NotSupported, "gender eq male or not (given eq jan)"},
		{`not (gender eq male and given eq jan)`, outcome.NotSupported, "not (gender eq male and given eq jan)"},
		{`general-practitioner.name eq x`, outcome.Value, "general-practitioner.name"},
		{`general-practitioner.nonsense ge x`, outcome.NotSupported, ""},
		{deep, outcome.TooCostly, ""},
		{long, outcome.TooCostly, ""},
		{wide, outcome.TooCostly, ""},
	}
	for _, c := range cases {
		t.Run(c.filter, func(t *testing.T) {
			_, _, err := Parse("Patient", "_filter="+url.QueryEscape(c.filter), Options{Now: time.Now()})
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, 400, said.Status)
			require.Equal(t, c.code, said.Issues[0].Code, said.Error())
			if c.found != "" {
				require.Equal(t, c.found, said.Issues[0].Found, said.Error())
			}
		})
	}
}

// TestFilterIsLogic: whatever a filter is made of, it finds what the truth of its parts makes it find, or is refused.
func TestFilterIsLogic(t *testing.T) {
	tests := []string{"gender eq male", "active eq true", "given eq jan", "birthdate ge 2000"}
	var draw func(t *rapid.T, depth int) (string, func(truth []bool) bool)
	draw = func(t *rapid.T, depth int) (string, func([]bool) bool) {
		kind := 0
		if depth > 0 {
			kind = rapid.IntRange(0, 3).Draw(t, "kind")
		}
		if kind == 0 {
			i := rapid.IntRange(0, len(tests)-1).Draw(t, "test")
			return tests[i], func(truth []bool) bool { return truth[i] }
		}
		a, aHolds := draw(t, depth-1)
		if kind == 1 {
			return "not (" + a + ")", func(truth []bool) bool { return !aHolds(truth) }
		}
		b, bHolds := draw(t, depth-1)
		if kind == 2 {
			return "(" + a + ") and (" + b + ")", func(truth []bool) bool { return aHolds(truth) && bHolds(truth) }
		}
		return "(" + a + ") or (" + b + ")", func(truth []bool) bool { return aHolds(truth) || bHolds(truth) }
	}
	rapid.Check(t, func(t *rapid.T) {
		filter, holds := draw(t, 4)
		q, _, err := Parse("Patient", "_filter="+url.QueryEscape(filter), Options{})
		if err != nil {
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Contains(t, []string{outcome.NotSupported, outcome.TooCostly}, said.Issues[0].Code)
			return
		}
		for bits := range 16 {
			truth := []bool{bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0}
			v := &Values{}
			for i, term := range []Term{{"gender", "male"}, {"active", "true"}} {
				if truth[i] {
					v.Terms = append(v.Terms, term)
				}
			}
			if truth[2] {
				v.Strings = append(v.Strings, Text{Param: "given", Folded: "jan", Exact: "Jan"})
			}
			if truth[3] {
				v.Ranges = append(v.Ranges, Range{Param: "birthdate", Lo: 1e12, Hi: 1e12})
			}
			require.Equal(t, holds(truth), q.Match(Candidate{ID: "1", Values: v}), "%s of %v: %+v", filter, truth, q.Where)
		}
	})
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`given eq "peter" and birthdate ge 2014-10-10`, `not (gender eq female or (code in http://x)) and subject:Patient.name co "pet"`,
		`related[type eq "x"].target pr true`, `a.b.c eq "\u0000"`, `((((`, `not`, `x eq y or or`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		for _, resource := range []string{"Patient", "Observation"} {
			query := "_filter=" + url.QueryEscape(filter)
			q, _, err := Parse(resource, query, Options{})
			if err != nil {
				var said *outcome.Error
				require.ErrorAs(t, err, &said)
				continue
			}
			again, _, err := Parse(resource, q.Applied, Options{})
			require.NoError(t, err)
			require.Equal(t, q.Where, again.Where)
		}
	})
}
