package search

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

func mustParse(t testing.TB, resourceType, query string, o Options) *Query {
	t.Helper()
	q, warnings, err := Parse(resourceType, query, o)
	require.NoError(t, err)
	require.Empty(t, warnings)
	return q
}

func terms(param string, texts ...string) []Condition {
	var conditions []Condition
	for _, text := range texts {
		conditions = append(conditions, Condition{Kind: HasTerm, Param: param, Text: text})
	}
	return conditions
}

func TestParseOfTermsAndTexts(t *testing.T) {
	tests := []struct {
		name, resource, query string
		want                  []Clause
	}{
		{"code", "Claim", "status=active", []Clause{{AnyOf: terms("status", "active")}}},
		{"code in capitals", "Claim", "status=ACTIVE", []Clause{{AnyOf: terms("status", "active")}}},
		{"or", "Claim", "status=active,draft", []Clause{{AnyOf: terms("status", "active", "draft")}}},
		{"empty alternatives", "Claim", "status=,active,", []Clause{{AnyOf: terms("status", "active")}}},
		{"and", "Claim", "use=claim&status=active", []Clause{{AnyOf: terms("use", "claim")}, {AnyOf: terms("status", "active")}}},
		{"same parameter twice", "Claim", "identifier=a&identifier=b",
			[]Clause{{AnyOf: terms("identifier", "a")}, {AnyOf: terms("identifier", "b")}}},
		{"not", "Claim", "status:not=active,draft", []Clause{{Not: true, AnyOf: terms("status", "active", "draft")}}},
		{"system and code", "Claim", "identifier=http://Hospital.example/Claims%7CAb-1",
			[]Clause{{AnyOf: terms("identifier", "http://Hospital.example/Claims|ab-1")}}},
		{"no system", "Claim", "identifier=|X1", []Clause{{AnyOf: terms("identifier", "|x1")}}},
		{"system alone", "Claim", "identifier=http://h|", []Clause{{AnyOf: terms("identifier", "http://h|")}}},
		{"the system of a bound code", "Claim", "status=http://hl7.org/fhir/fm-status|active",
			[]Clause{{AnyOf: terms("status", "http://hl7.org/fhir/fm-status|active", "active")}}},
		{"another system for a bound code", "Claim", "status=http://hl7.org/fhir/task-status|active",
			[]Clause{{AnyOf: terms("status", "http://hl7.org/fhir/task-status|active")}}},
		{"no system for a bound code", "Claim", "status=|active", []Clause{{AnyOf: terms("status", "|active", "active")}}},
		{"boolean", "Patient", "active=true", []Clause{{AnyOf: terms("active", "true")}}},
		{"escapes", "Claim", `identifier=a\,b\|c\$d\\e\f`, []Clause{{AnyOf: terms("identifier", `a,b\|c$d\\e\\f`)}}},
		{"plus is a blank", "Claim", "identifier=a+b", []Clause{{AnyOf: terms("identifier", "a b")}}},
		{"tag", "Claim", "_tag=http://x|y", []Clause{{AnyOf: terms("_tag", "http://x|y")}}},
		{"id", "Claim", "_id=A1,b-2.c", []Clause{{AnyOf: []Condition{{Kind: HasID, Text: "A1"}, {Kind: HasID, Text: "b-2.c"}}}}},
		{"not the id", "Claim", "_id:not=A1", []Clause{{Not: true, AnyOf: []Condition{{Kind: HasID, Text: "A1"}}}}},

		{"relative reference", "ClaimResponse", "request=Claim/1", []Clause{{AnyOf: terms("request", "Claim/1")}}},
		{"versioned reference", "ClaimResponse", "request=Claim/1/_history/2", []Clause{{AnyOf: terms("request", "Claim/1")}}},
		{"id of the only target", "ClaimResponse", "request=1", []Clause{{AnyOf: terms("request", "Claim/1")}}},
		{"id of several targets", "Claim", "provider=7",
			[]Clause{{AnyOf: terms("provider", "Organization/7", "Practitioner/7", "PractitionerRole/7")}}},
		{"type as modifier", "Claim", "provider:Organization=7", []Clause{{AnyOf: terms("provider", "Organization/7")}}},
		{"type as modifier and in the value", "Claim", "provider:Organization=Organization/7",
			[]Clause{{AnyOf: terms("provider", "Organization/7")}}},
		{"own url", "Claim", "patient=https://claims.example/fhir/Patient/1", []Clause{{AnyOf: terms("patient", "Patient/1")}}},
		{"foreign url", "Claim", "patient=https://other.example/fhir/Patient/1",
			[]Clause{{AnyOf: terms("patient", "https://other.example/fhir/Patient/1")}}},
		{"C7 own url by http", "Claim", "patient=http://claims.example/fhir/Patient/1", []Clause{{AnyOf: terms("patient", "Patient/1")}}},
		{"C7 another port", "Claim", "patient=https://claims.example:8443/fhir/Patient/1",
			[]Clause{{AnyOf: terms("patient", "https://claims.example:8443/fhir/Patient/1")}}},
		{"C7 another case", "Claim", "patient=https://claims.example/FHIR/Patient/1",
			[]Clause{{AnyOf: terms("patient", "https://claims.example/FHIR/Patient/1")}}},
		{"url that our base only begins", "Claim", "patient=https://claims.example/fhirplus/Patient/1",
			[]Clause{{AnyOf: terms("patient", "https://claims.example/fhirplus/Patient/1")}}},
		{"urn", "Claim", "patient=urn:uuid:5", []Clause{{AnyOf: terms("patient", "urn:uuid:5")}}},
		{"identifier", "Claim", "insurer:identifier=http://r|NHIF-1",
			[]Clause{{AnyOf: terms("insurer", "identifier:http://r|nhif-1")}}},
		{"identifier of any system", "Claim", "insurer:identifier=NHIF-1",
			[]Clause{{AnyOf: terms("insurer", "identifier:nhif-1")}}},
		{"canonical", "PlanDefinition", "depends-on=http://x/Library/l|1", []Clause{{AnyOf: terms("depends-on", "http://x/Library/l|1")}}},

		{"string", "Patient", "family=O%27Brien", []Clause{{AnyOf: []Condition{{Kind: HasPrefix, Param: "family", Text: "obrien"}}}}},
		{"exact", "Patient", "family:exact=O%27Brien",
			[]Clause{{AnyOf: []Condition{{Kind: HasExact, Param: "family", Text: "O'Brien"}}}}},
		{"contains", "Patient", "family:contains=Ñe", []Clause{{AnyOf: []Condition{{Kind: HasContaining, Param: "family", Text: "ne"}}}}},
		{"uri", "ValueSet", "url=http://x/Y", []Clause{{AnyOf: terms("url", "http://x/Y")}}},
		{"profile", "Claim", "_profile=http://x/p", []Clause{{AnyOf: terms("_profile", "http://x/p")}}},

		{"pair of tokens", "Observation", "code-value-concept=http://loinc.org|1-8$POS",
			[]Clause{{AnyOf: terms("code-value-concept", "http://loinc.org|1-8$pos")}}},
		{"pair with a dollar inside", "Observation", `code-value-concept=a\$b$c`,
			[]Clause{{AnyOf: terms("code-value-concept", `a\$b$c`)}}},
		{"reference and code", "DocumentReference", "relationship=DocumentReference/1$appends",
			[]Clause{{AnyOf: terms("relationship", "DocumentReference/1$appends")}}},
		{"code and string", "Observation", "code-value-string=1-8$Pale",
			[]Clause{{AnyOf: []Condition{{Kind: HasPrefix, Param: "code-value-string|1-8", Text: "pale"}}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := mustParse(t, tt.resource, tt.query, Options{BaseURL: "https://claims.example/fhir/"})
			require.Equal(t, tt.want, q.Where)
		})
	}
}

func TestParseAnyTarget(t *testing.T) {
	q := mustParse(t, "PaymentNotice", "request=5", Options{})
	require.Len(t, q.Where[0].AnyOf, 145)
	require.Contains(t, q.Where[0].AnyOf, terms("request", "Claim/5")[0])
}

func TestParseOfRanges(t *testing.T) {
	inf := math.Inf(1)
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	lo := float64(day.UnixMilli())
	hi := lo + 86400_000 - 1
	box := func(loMin, loMax, hiMin, hiMax float64) Box {
		return Box{LoMin: loMin, LoMax: loMax, HiMin: hiMin, HiMax: hiMax}
	}
	dates := func(boxes ...Box) []Condition { return inBoxes("created", boxes) }
	tests := []struct {
		name, resource, query string
		want                  []Condition
	}{
		{"eq", "Claim", "created=2026-03-01", dates(box(lo, inf, -inf, hi))},
		{"eq said", "Claim", "created=eq2026-03-01", dates(box(lo, inf, -inf, hi))},
		{"ne", "Claim", "created=ne2026-03-01", dates(box(-inf, lo-1, -inf, inf), box(-inf, inf, hi+1, inf))},
		{"gt", "Claim", "created=gt2026-03-01", dates(box(-inf, inf, hi+1, inf))},
		{"lt", "Claim", "created=lt2026-03-01", dates(box(-inf, lo-1, -inf, inf))},
		{"ge", "Claim", "created=ge2026-03-01", dates(box(-inf, inf, hi+1, inf), box(lo, inf, -inf, hi))},
		{"le", "Claim", "created=le2026-03-01", dates(box(-inf, lo-1, -inf, inf), box(lo, inf, -inf, hi))},
		{"sa", "Claim", "created=sa2026-03-01", dates(box(hi+1, inf, -inf, inf))},
		{"eb", "Claim", "created=eb2026-03-01", dates(box(-inf, inf, -inf, lo-1))},
		{"ap", "Claim", "created=ap2026-03-01", dates(box(-inf, hi+86400_000, lo-86400_000, inf))},
		{"escaped colons", "Claim", "created=lt2026-03-01T00%3A00%3A00%2B00:00", dates(box(-inf, lo-1, -inf, inf))},
		{"updated eq", "Claim", "_lastUpdated=2026-03-01", []Condition{{Kind: UpdatedIn, Box: box(lo, inf, -inf, hi)}}},
		{"updated ge", "Claim", "_lastUpdated=ge2026-03-01", []Condition{{Kind: UpdatedIn, Box: box(lo, inf, -inf, inf)}}},
		{"updated le", "Claim", "_lastUpdated=le2026-03-01", []Condition{{Kind: UpdatedIn, Box: box(-inf, inf, -inf, hi)}}},
		{"number", "RiskAssessment", "probability=gt0.8",
			[]Condition{{Kind: InBox, Param: "probability", Box: box(-inf, inf, over(0.8), inf)}}},
		{"quantity", "Encounter", "length=le5",
			[]Condition{{Kind: InBox, Param: "length", Box: box(-inf, 5, -inf, inf)}}},
		{"quantity with unit", "Encounter", "length=5|http://unitsofmeasure.org|h",
			[]Condition{{Kind: InBox, Param: "length|http://unitsofmeasure.org|h", Box: box(4.5, inf, -inf, under(5.5))}}},
		{"quantity of any system", "Encounter", "length=5||h",
			[]Condition{{Kind: InBox, Param: "length||h", Box: box(4.5, inf, -inf, under(5.5))}}},
		{"composite of quantity", "Observation", "code-value-quantity=8-6$gt5||mm",
			[]Condition{{Kind: InBox, Param: "code-value-quantity|8-6||mm", Box: box(-inf, inf, over(5), inf)}}},
		{"composite of date", "Observation", "code-value-date=8-6$2026-03-01",
			[]Condition{{Kind: InBox, Param: "code-value-date|8-6", Box: box(lo, inf, -inf, hi)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// Ten days before the day starts, so that ap reaches one day to both sides.
			q := mustParse(t, tt.resource, tt.query, Options{Now: day.AddDate(0, 0, -10)})
			require.Equal(t, []Clause{{AnyOf: tt.want}}, q.Where)
		})
	}
}

func TestParseReadsDatesInTheZone(t *testing.T) {
	q := mustParse(t, "Claim", "created=2026-03-01", Options{Zone: time.FixedZone("EAT", 3*3600)})
	day := time.Date(2026, 2, 28, 21, 0, 0, 0, time.UTC).UnixMilli()
	require.Equal(t, day, int64(q.Where[0].AnyOf[0].Box.LoMin))
}

func TestParseOfResultParams(t *testing.T) {
	o := Options{DefaultCount: 20, MaxCount: 100, Own: []string{"_page"}}
	tests := []struct {
		name, query string
		want        Query
	}{
		{"nothing", "", Query{Count: 20}},
		{"empty values", "patient=&_count=&=&&_sort=", Query{Count: 20}},
		{"count", "_count=7", Query{Count: 7, Applied: "_count=7"}},
		{"count beyond the most", "_count=999999", Query{Count: 100, Applied: "_count=100"}},
		{"count zero", "_count=0", Query{CountOnly: true, Applied: "_count=0"}},
		{"summary count", "_summary=count", Query{CountOnly: true, Applied: "_summary=count"}},
		{"summary not wanted", "_summary=false", Query{Count: 20, Applied: "_summary=false"}},
		{"C4 a smaller form is the server's matter", "_summary=text", Query{Count: 20, Applied: "_summary=text"}},
		{"C4 elements as well", "_elements=id,status", Query{Count: 20, Applied: "_elements=id,status"}},
		{"total", "_total=accurate", Query{Count: 20, Total: TotalAccurate, Applied: "_total=accurate"}},
		{"no total", "_total=none", Query{Count: 20, Total: TotalNone, Applied: "_total=none"}},
		{"estimate", "_total=estimate", Query{Count: 20, Total: TotalEstimate, Applied: "_total=estimate"}},
		{"for the server", "_format=json&_pretty=true&_contained=false", Query{Count: 20,
			Applied: "_format=json&_pretty=true&_contained=false"}},
		{"the server's own", "_page=abc", Query{Count: 20}},
		{"sort by a token and a reference", "_sort=-status,patient", Query{Count: 20, Applied: "_sort=-status,patient",
			Sort: []Sort{{"status", true}, {"patient", false}}}},
		{"sort", "_sort=-created,_id,_lastUpdated", Query{Count: 20, Applied: "_sort=-created,_id,_lastUpdated",
			Sort: []Sort{{"created", true}, {"_id", false}, {"_lastUpdated", false}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Type = "Claim"
			require.Equal(t, &tt.want, mustParse(t, "Claim", tt.query, o))
		})
	}
}

func TestParseDefaults(t *testing.T) {
	require.Equal(t, 50, mustParse(t, "Claim", "", Options{}).Count)
	require.Equal(t, 1000, mustParse(t, "Claim", "_count=5000", Options{}).Count)
	require.Equal(t, 10, mustParse(t, "Claim", "", Options{MaxCount: 10}).Count)
}

func TestParseApplied(t *testing.T) {
	q := mustParse(t, "Claim", "patient=Patient%2F1&identifier=http://x|a%20%26%2B%27%22ü&_format=application/fhir%2Bjson", Options{})
	require.Equal(t, "patient=Patient/1&identifier=http://x%7Ca%20%26%2B%27%22%C3%BC&_format=application/fhir%2Bjson", q.Applied)
	again := mustParse(t, "Claim", q.Applied, Options{})
	require.Equal(t, q, again)
}

func TestParseIgnoresTheUnknown(t *testing.T) {
	tests := []struct{ name, query, applied, text, found string }{
		{"parameter", "status=active&colour=red", "status=active", "unknown search parameter colour was ignored", "colour"},
		{"with a modifier", "colour:exact=red", "", "unknown search parameter colour:exact was ignored", "colour:exact"},
		{"underscored", "_colour=red", "", "unknown search parameter _colour was ignored", "_colour"},
		{"sort key", "_sort=colour,created", "_sort=created", "sort key colour was ignored", "colour"},
		{"score", "_sort=_score", "", "sort key _score was ignored", "_score"},
		{"not like a name", "John%20Doe=1", "", "unknown search parameter (see what was found) was ignored", "John Doe"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, warnings, err := Parse("Claim", tt.query, Options{})
			require.NoError(t, err)
			require.Equal(t, tt.applied, q.Applied)
			require.Len(t, warnings, 1)
			require.Equal(t, outcome.Warning, warnings[0].Severity)
			require.Equal(t, tt.text, warnings[0].Text)
			require.Equal(t, tt.found, warnings[0].Found)

			_, _, err = Parse("Claim", tt.query, Options{Strict: true})
			var refusal *outcome.Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, http.StatusBadRequest, refusal.Status)
			require.Equal(t, outcome.Failure, refusal.Issues[0].Severity)
			require.Equal(t, strings.TrimSuffix(tt.text, " was ignored"), refusal.Issues[0].Text)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, resource, query, text, found, code string }{
		{"modifier", "Patient", "family:sounds=x", "search parameter family does not support the modifier sounds", "family:sounds", outcome.NotSupported},
		{"missing of neither kind", "Claim", "patient:missing=yes", "invalid value of search parameter patient:missing", "yes", outcome.Value},
		{"missing of both kinds", "Claim", "patient:missing=true,false", "invalid value of search parameter patient:missing", "true,false", outcome.Value},
		{"S7 missing of a composite", "Observation", "code-value-date:missing=true", "search parameter code-value-date does not support the modifier missing", "code-value-date:missing", outcome.NotSupported},
		{"string's modifier on a token", "Claim", "status:exact=active", "search parameter status does not support the modifier exact", "status:exact", outcome.NotSupported},
		{"modifier on a date", "Claim", "created:exact=2026", "search parameter created does not support the modifier exact", "created:exact", outcome.NotSupported},
		{"type that is none", "Claim", "patient:patient=1", "search parameter patient does not support the modifier patient", "patient:patient", outcome.NotSupported},
		{"modifier on count", "Claim", "_count:exact=1", "search parameter _count takes no modifier", "_count:exact", outcome.NotSupported},
		{"type that is no target", "Claim", "patient:Group=1", "invalid value of search parameter patient:Group", "Group", outcome.Value},
		{"reference to no target", "Claim", "patient=Group/1", "invalid value of search parameter patient", "Group/1", outcome.Value},
		{"fragment", "Claim", "patient=%23p", "invalid value of search parameter patient", "#p", outcome.Value},
		{"identifier without value", "Claim", "patient:identifier=http://x|", "invalid value of search parameter patient:identifier", "http://x|", outcome.Value},
		{"date", "Claim", "created=yesterday", "invalid value of search parameter created", "yesterday", outcome.Value},
		{"hour alone", "Claim", "created=2026-01-01T10", "invalid value of search parameter created", "2026-01-01T10", outcome.Value},
		{"prefix", "Claim", "created=xx2026", "invalid value of search parameter created", "xx2026", outcome.Value},
		{"lastUpdated", "Claim", "_lastUpdated=now", "invalid value of search parameter _lastUpdated", "now", outcome.Value},
		{"one bad of several", "Claim", "created=2026,then", "invalid value of search parameter created", "then", outcome.Value},
		{"number", "RiskAssessment", "probability=high", "invalid value of search parameter probability", "high", outcome.Value},
		{"quantity", "Encounter", "length=5|h", "invalid value of search parameter length", "5|h", outcome.Value},
		{"quantity without code", "Encounter", "length=5|http://x|", "invalid value of search parameter length", "5|http://x|", outcome.Value},
		{"token of three parts", "Claim", "identifier=a|b|c", "invalid value of search parameter identifier", "a|b|c", outcome.Value},
		{"token of nothing", "Claim", "identifier=|", "invalid value of search parameter identifier", "|", outcome.Value},
		{"system for an e-mail", "Patient", "email=a|b", "invalid value of search parameter email", "a|b", outcome.Value},
		{"boolean", "Patient", "active=yes", "invalid value of search parameter active", "yes", outcome.Value},
		{"text of nothing", "Patient", "family=...", "invalid value of search parameter family", "...", outcome.Value},
		{"commas alone", "Claim", "status=,", "invalid value of search parameter status", ",", outcome.Value},
		{"id", "Claim", "_id=a_b", "invalid value of search parameter _id", "a_b", outcome.Value},
		{"composite of one part", "Observation", "code-value-quantity=5", "invalid value of search parameter code-value-quantity", "5", outcome.Value},
		{"composite of a system", "Observation", "code-value-concept=a|$b", "invalid value of search parameter code-value-concept", "a|", outcome.Value},
		{"composite with a modifier", "Observation", "code-value-concept:not=a$b", "search parameter code-value-concept does not support the modifier not", "code-value-concept:not", outcome.NotSupported},
		{"composite of too few parts", "MolecularSequence", "chromosome-variant-coordinate=1$2", "invalid value of search parameter chromosome-variant-coordinate", "1$2", outcome.Value},
		{"count of text", "Claim", "_count=many", "invalid value of search parameter _count", "many", outcome.Value},
		{"negative count", "Claim", "_count=-1", "invalid value of search parameter _count", "-1", outcome.Value},
		{"huge count", "Claim", "_count=99999999999999999999", "invalid value of search parameter _count", "99999999999999999999", outcome.Value},
		{"count twice", "Claim", "_count=1&_count=2", "invalid value of search parameter _count", "2", outcome.Value},
		{"total", "Claim", "_total=maybe", "invalid value of search parameter _total", "maybe", outcome.Value},
		{"summary", "Claim", "_summary=short", "invalid value of search parameter _summary", "short", outcome.Value},
		{"sort key twice", "Claim", "_sort=created,-created", "invalid value of search parameter _sort", "created,-created", outcome.Value},
		{"contained", "Claim", "_contained=true", "contained resources have no entries of their own in the index, so that they cannot be found by themselves", "true", outcome.NotSupported},
		{"content", "Claim", "_content=x", "search parameter _content is not supported: not all texts are indexed, because every resource would pay for it; _text finds the words of the narrative", "_content", outcome.NotSupported},
		{"filter", "Claim", "_filter=x", "invalid value of search parameter _filter", "the end of the filter", outcome.Value},
		{"named query", "Claim", "_query=x", "search parameter _query is not supported: there are no named queries", "_query", outcome.NotSupported},
		{"S8 no UTF-8", "Patient", "family=%C3", "a search parameter is not percent-encoded as it must be", "family=%C3", outcome.Invalid},
		{"encoding", "Claim", "status=%zz", "a search parameter is not percent-encoded as it must be", "status=%zz", outcome.Invalid},
		{"resource type", "Nope", "", "unknown resource type", "Nope", outcome.NotSupported},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, _, err := Parse(tt.resource, tt.query, Options{})
			require.Nil(t, q)
			var refusal *outcome.Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, http.StatusBadRequest, refusal.Status)
			require.Len(t, refusal.Issues, 1)
			issue := refusal.Issues[0]
			require.Equal(t, tt.text, issue.Text)
			require.Equal(t, tt.found, issue.Found)
			require.Equal(t, tt.code, issue.Code)
			if tt.code != outcome.Invalid {
				require.NotEmpty(t, issue.Expected)
			}
		})
	}
}

func TestParseReportsAllFaults(t *testing.T) {
	_, _, err := Parse("Claim", "created=x&patient=Group/1&colour=red&_count=x", Options{Strict: true})
	var refusal *outcome.Error
	require.ErrorAs(t, err, &refusal)
	require.Len(t, refusal.Issues, 4)
}

func TestParseIsBounded(t *testing.T) {
	for _, tt := range []struct{ name, resource, query string }{
		{"length", "Task", "status=" + strings.Repeat("a", MaxQuery)},
		{"parameters", "Task", strings.Repeat("status=a&", MaxParams+1)},
		{"values", "Task", "status=" + strings.Repeat("a,", MaxConditions+1)},
		{"implied targets", "Task", "subject=" + strings.Repeat("1,", 20)},
		{"sort keys", "Patient", "_sort=_id,birthdate,family,given,name,address,address-city,address-state,address-country"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Parse(tt.resource, tt.query, Options{})
			var refusal *outcome.Error
			require.ErrorAs(t, err, &refusal)
			require.Len(t, refusal.Issues, 1)
			require.Equal(t, outcome.TooCostly, refusal.Issues[0].Code)
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"status=active&patient=Patient/1", "created=ge2026-01-01T00:00:00%2B03:00&_sort=-created",
		"identifier=a\\|b|c\\,d,e&_count=0", "patient:identifier=x|y&_lastUpdated=ap2026", "_id=a,b&_total=none"} {
		f.Add("Claim", seed)
	}
	f.Add("Observation", "code-value-quantity=http://loinc.org|8480-6$gt5.4|http://unitsofmeasure.org|mm[Hg]")
	f.Add("Patient", "name:contains=é&email=a@b")
	f.Fuzz(func(t *testing.T, resourceType, query string) {
		q, _, err := Parse(resourceType, query, Options{BaseURL: "http://h/fhir"})
		if err != nil {
			return
		}
		for _, clause := range q.Where {
			require.NotEmpty(t, clause.AnyOf)
		}
		again, warnings, err := Parse(resourceType, q.Applied, Options{BaseURL: "http://h/fhir"})
		require.NoError(t, err, "the self link of %q", query)
		require.Empty(t, warnings)
		require.Equal(t, q, again)
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, _, err := Parse("ClaimResponse", "request=Claim/1&_count=10", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
