package search

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
)

// textsOf are the terms, ranges or texts of one parameter, in one spelling.
func textsOf(v *Values, param string) []string {
	var texts []string
	for _, t := range v.Terms {
		if t.Param == param {
			texts = append(texts, t.Text)
		}
	}
	for _, r := range v.Ranges {
		if r.Param == param || strings.HasPrefix(r.Param, param+"|") {
			texts = append(texts, fmt.Sprintf("%s%g..%g", strings.TrimPrefix(r.Param, param), r.Lo, r.Hi))
		}
	}
	for _, s := range v.Strings {
		if s.Param == param || strings.HasPrefix(s.Param, param+"|") {
			texts = append(texts, fmt.Sprintf("%s%s=%s", strings.TrimPrefix(s.Param, param), s.Exact, s.Folded))
		}
	}
	return texts
}

// moments is the interval between two moments as textsOf spells it.
func moments(t *testing.T, from, to string) string {
	lo, hi := math.Inf(-1), math.Inf(1)
	if from != "" {
		v, ok := parseMoment(from, nil)
		require.True(t, ok)
		lo = v.lo
	}
	if to != "" {
		v, ok := parseMoment(to, nil)
		require.True(t, ok)
		hi = v.hi
	}
	return fmt.Sprintf("%g..%g", lo, hi)
}

const observation = `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]}`

func TestExtractTerms(t *testing.T) {
	tests := []struct {
		name, param, body string
		want              []string
	}{
		{"code", "gender", `{"resourceType":"Patient","gender":"female"}`, []string{"female"}},
		{"boolean", "active", `{"resourceType":"Patient","active":false}`, []string{"false"}},
		{"string as token", "version", `{"resourceType":"Library","status":"active","type":{"text":"x"},"version":"1.0-RC"}`, []string{"1.0-rc"}},
		{"coding", "_tag", `{"resourceType":"Patient","meta":{"tag":[{"system":"http://T","code":"Ab"},{"code":"c"},{"system":"http://u"}]}}`,
			[]string{"ab", "http://T|ab", "http://T|", "c", "|c", "http://u|"}},
		{"concept", "language", `{"resourceType":"Patient","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"sw"}],"text":"Swahili"}}]}`,
			[]string{"sw", "urn:ietf:bcp:47|sw", "urn:ietf:bcp:47|"}},
		{"concept of text alone", "language", `{"resourceType":"Patient","communication":[{"language":{"text":"Swahili"}}]}`, nil},
		{"identifier", "identifier", `{"resourceType":"Patient","identifier":[{"system":"http://n","value":"A|1"},{"value":"B\\2"}]}`,
			[]string{`a\|1`, `http://n|a\|1`, "http://n|", `b\\2`, `|b\\2`}},
		{"same identifier twice", "identifier", `{"resourceType":"Patient","identifier":[{"value":"x"},{"value":"X"}]}`, []string{"x", "|x"}},
		{"contact", "telecom", `{"resourceType":"Patient","telecom":[{"system":"phone","value":"+255 22"},{"system":"email","value":"A@b.tz"}]}`,
			[]string{"+255 22", "a@b.tz"}},
		{"contact by system", "email", `{"resourceType":"Patient","telecom":[{"system":"phone","value":"+255 22"},{"system":"email","value":"A@b.tz"}]}`,
			[]string{"a@b.tz"}},
		{"deceased as date", "deceased", `{"resourceType":"Patient","deceasedDateTime":"2025-01-01"}`, []string{"true"}},
		{"deceased as truth", "deceased", `{"resourceType":"Patient","deceasedBoolean":true}`, []string{"true"}},
		{"not deceased", "deceased", `{"resourceType":"Patient","deceasedBoolean":false}`, []string{"false"}},
		{"deceased unsaid", "deceased", `{"resourceType":"Patient"}`, []string{"false"}},
		{"code of a choice", "value-concept", observation + `,"valueCodeableConcept":{"coding":[{"code":"pos"}]}}`, []string{"pos", "|pos"}},
		{"another choice", "value-concept", observation + `,"valueString":"pos"}`, nil},
		{"extension", "gene-identifier", observation + `,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/observation-geneticsGene",
			"valueCodeableConcept":{"coding":[{"code":"G"}]}},{"url":"http://other","valueCodeableConcept":{"coding":[{"code":"H"}]}}]}`,
			[]string{"g", "|g"}},
		{"pair", "code-value-concept", observation + `,"valueCodeableConcept":{"coding":[{"system":"http://s","code":"P$1"}]}}`,
			[]string{"8480-6$p$1", "8480-6$http://s|p$1", "http://loinc.org|8480-6$p$1", "http://loinc.org|8480-6$http://s|p$1"}},

		{"relative reference", "organization", `{"resourceType":"Patient","managingOrganization":{"reference":"Organization/1"}}`, []string{"Organization/1"}},
		{"versioned reference", "organization", `{"resourceType":"Patient","managingOrganization":{"reference":"Organization/1/_history/3"}}`, []string{"Organization/1"}},
		{"C7 own url by https", "organization", `{"resourceType":"Patient","managingOrganization":{"reference":"https://own/fhir/Organization/1"}}`, []string{"Organization/1"}},
		{"own url", "organization", `{"resourceType":"Patient","managingOrganization":{"reference":"http://own/fhir/Organization/1"}}`, []string{"Organization/1"}},
		{"foreign url", "organization", `{"resourceType":"Patient","managingOrganization":{"reference":"http://other/fhir/Organization/1"}}`, []string{"http://other/fhir/Organization/1"}},
		{"urn", "organization", `{"resourceType":"Patient","managingOrganization":{"reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}}`, []string{"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}},
		{"contained", "organization", `{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}}`, nil},
		{"logical", "organization", `{"resourceType":"Patient","managingOrganization":{"identifier":{"system":"http://r","value":"N1"}}}`,
			[]string{"identifier:n1", "identifier:http://r|n1"}},
		{"literal and logical", "organization", `{"resourceType":"Patient","managingOrganization":{"reference":"Organization/1","identifier":{"value":"N1"}}}`,
			[]string{"Organization/1", "identifier:n1", "identifier:|n1"}},
		{"display alone", "organization", `{"resourceType":"Patient","managingOrganization":{"display":"The one"}}`, nil},
		{"resolved by its text", "patient", `{"resourceType":"Task","status":"draft","intent":"order","for":{"reference":"Patient/1"}}`, []string{"Patient/1"}},
		{"resolved by a url", "patient", `{"resourceType":"Task","status":"draft","intent":"order","for":{"reference":"http://x/y/Patient/1/_history/4"}}`, []string{"http://x/y/Patient/1"}},
		{"resolved to another type", "patient", `{"resourceType":"Task","status":"draft","intent":"order","for":{"reference":"Group/1"}}`, nil},
		{"resolved by its type", "patient", `{"resourceType":"Task","status":"draft","intent":"order","for":{"type":"Patient","identifier":{"value":"N1"}}}`,
			[]string{"identifier:n1", "identifier:|n1"}},
		{"not to be resolved", "patient", `{"resourceType":"Task","status":"draft","intent":"order","for":{"identifier":{"value":"N1"}}}`, nil},
		{"canonical", "depends-on", `{"resourceType":"Library","status":"active","type":{"text":"x"},"relatedArtifact":[
			{"type":"depends-on","resource":"http://x/Library/a|2"},{"type":"derived-from","resource":"http://x/Library/b"}]}`,
			[]string{"http://x/Library/a", "http://x/Library/a|2"}},
		{"first entry", "message", `{"resourceType":"Bundle","type":"message","entry":[
			{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{"resourceType":"MessageHeader","id":"m","eventUri":"http://e","source":{"endpoint":"http://s"}}},
			{"resource":{"resourceType":"MessageHeader","id":"n","eventUri":"http://e","source":{"endpoint":"http://s"}}}]}`, []string{"MessageHeader/m"}},
		{"first entry of another type", "composition", `{"resourceType":"Bundle","type":"message","entry":[
			{"resource":{"resourceType":"MessageHeader","id":"m","eventUri":"http://e","source":{"endpoint":"http://s"}}}]}`, nil},
		{"pair of reference and code", "relationship", `{"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"title":"x"}}],
			"relatesTo":[{"code":"appends","target":{"reference":"DocumentReference/9","identifier":{"value":"x"}}}]}`, []string{"DocumentReference/9$appends"}},

		{"uri", "url", `{"resourceType":"Library","status":"active","type":{"text":"x"},"url":"http://x/Y"}`, []string{"http://x/Y"}},
		{"profile", "_profile", `{"resourceType":"Patient","meta":{"profile":["http://x/p|1"]}}`, []string{"http://x/p", "http://x/p|1"}},
		{"source", "_source", `{"resourceType":"Patient","meta":{"source":"http://x#1"}}`, []string{"http://x#1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Extractor{BaseURL: "http://own/fhir"}.Extract(document(t, tt.body))
			require.Equal(t, tt.want, textsOf(got, tt.param))
		})
	}
}

func TestExtractDates(t *testing.T) {
	tests := []struct {
		name, param, body string
		from, to          string
	}{
		{"date", "birthdate", `{"resourceType":"Patient","birthDate":"1990-02"}`, "1990-02", "1990-02"},
		{"dateTime", "death-date", `{"resourceType":"Patient","deceasedDateTime":"2025-01-01T10:00:00+03:00"}`, "2025-01-01T07:00:00Z", "2025-01-01T07:00:00Z"},
		{"instant", "issued", `{"resourceType":"DiagnosticReport","status":"final","code":{"text":"x"},"issued":"2025-01-01T10:00:00.5Z"}`,
			"2025-01-01T10:00:00.5Z", "2025-01-01T10:00:00.5Z"},
		{"period", "date", `{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"period":{"start":"2026-01-01","end":"2026-01"}}`, "2026-01-01", "2026-01"},
		{"period without end", "date", `{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"period":{"start":"2026-01-01"}}`, "2026-01-01", ""},
		{"period without start", "date", `{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"period":{"end":"2026-01-01"}}`, "", "2026-01-01"},
		{"timing of events", "date", observation + `,"effectiveTiming":{"event":["2026-03-01","2026-01-01","2026-02-01"]}}`, "2026-01-01", "2026-03-01"},
		{"timing with bounds", "date", observation + `,"effectiveTiming":{"repeat":{"boundsPeriod":{"start":"2026-01-01","end":"2026-02-01"},"frequency":1,"period":1,"periodUnit":"d"}}}`,
			"2026-01-01", "2026-02-01"},
		{"timing with both", "date", observation + `,"effectiveTiming":{"event":["2025-12-24"],"repeat":{"boundsPeriod":{"start":"2026-01-01","end":"2026-02-01"}}}}`,
			"2025-12-24", "2026-02-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Extract(document(t, tt.body))
			require.Equal(t, []string{moments(t, tt.from, tt.to)}, textsOf(got, tt.param))
			i := slices.IndexFunc(got.Sorts, func(s Sortable) bool { return s.Param == tt.param })
			require.GreaterOrEqual(t, i, 0)
			require.Equal(t, moments(t, tt.from, tt.to), fmt.Sprintf("%g..%g", got.Sorts[i].NumMin, got.Sorts[i].NumMax))
		})
	}
	t.Run("timing without limits", func(t *testing.T) {
		got := Extract(document(t, observation+`,"effectiveTiming":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}}`))
		require.Empty(t, textsOf(got, "date"))
	})
	t.Run("in the zone", func(t *testing.T) {
		zone := time.FixedZone("EAT", 3*3600)
		got := Extractor{Zone: zone}.Extract(document(t, `{"resourceType":"Patient","birthDate":"1990-02-01"}`))
		require.Equal(t, []string{moments(t, "1990-02-01T00:00+03:00", "1990-02-01T23:59+03:00")}, textsOf(got, "birthdate"))
	})
}

func TestExtractNumbers(t *testing.T) {
	encounter := func(length string) string {
		return `{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"length":` + length + `}`
	}
	useContext := func(value string) string {
		return `{"resourceType":"Library","status":"active","type":{"text":"x"},"useContext":[{"code":{"code":"age"},` + value + `}]}`
	}
	tests := []struct {
		name, param, body string
		want              []string
	}{
		{"decimal", "probability", `{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.50}]}`,
			[]string{"0.5..0.5"}},
		{"range as number", "probability", `{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},
			"prediction":[{"probabilityRange":{"low":{"value":0.1},"high":{"value":0.3}}}]}`, []string{"0.1..0.3"}},
		{"quantity", "length", encounter(`{"value":90,"unit":"minutes","system":"http://unitsofmeasure.org","code":"min"}`),
			[]string{"90..90", "||min90..90", "|http://unitsofmeasure.org|min90..90", "||minutes90..90"}},
		{"unit alone", "length", encounter(`{"value":90,"unit":"min"}`), []string{"90..90", "||min90..90"}},
		{"less than", "length", encounter(`{"value":5,"comparator":"<"}`), []string{"-Inf..4.999999999999999"}},
		{"at most", "length", encounter(`{"value":5,"comparator":"<="}`), []string{"-Inf..5"}},
		{"more than", "length", encounter(`{"value":5,"comparator":">"}`), []string{"5.000000000000001..+Inf"}},
		{"at least", "length", encounter(`{"value":5,"comparator":">="}`), []string{"5..+Inf"}},
		{"no value", "length", encounter(`{"unit":"min"}`), nil},
		{"too large", "length", encounter(`{"value":1e999}`), nil},
		{"range", "context-quantity", useContext(`"valueRange":{"low":{"value":1,"code":"a","system":"http://u"},"high":{"value":5}}`),
			[]string{"1..5", "||a1..5", "|http://u|a1..5"}},
		{"range without low", "context-quantity", useContext(`"valueRange":{"high":{"value":5,"code":"a"}}`), []string{"-Inf..5", "||a-Inf..5"}},
		{"range without high", "context-quantity", useContext(`"valueRange":{"low":{"value":1}}`), []string{"1..+Inf"}},
		{"empty range", "context-quantity", useContext(`"valueRange":{"low":{"unit":"a"}}`), nil},
		{"money", "totalnet", `{"resourceType":"Invoice","status":"issued","totalNet":{"value":10.50,"currency":"TZS"}}`,
			[]string{"10.5..10.5", "||TZS10.5..10.5", "|urn:iso:std:iso:4217|TZS10.5..10.5"}},
		{"sampled data", "value-quantity", observation + `,"valueSampledData":{"origin":{"value":1},"period":1,"dimensions":1,"data":"1 2"}}`, nil},
		{"pair with a quantity", "code-value-quantity", observation + `,"valueQuantity":{"value":120,"unit":"mm"}}`,
			[]string{"|8480-6120..120", "|8480-6||mm120..120", "|http://loinc.org|8480-6120..120", "|http://loinc.org|8480-6||mm120..120"}},
		{"pairs of components", "component-code-value-quantity", observation + `,"component":[
			{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":1}},{"code":{"coding":[{"code":"b"}]},"valueQuantity":{"value":2}}]}`,
			[]string{"|a1..1", "||a1..1", "|b2..2", "||b2..2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, textsOf(Extract(document(t, tt.body)), tt.param))
		})
	}
}

func TestExtractTexts(t *testing.T) {
	tests := []struct {
		name, param, body string
		want              []string
		sort              string
	}{
		{"string", "name", `{"resourceType":"Organization","name":"St. Ann's","alias":["Ann"]}`, []string{"St. Ann's=st anns", "Ann=ann"}, "ann"},
		{"markdown", "description", `{"resourceType":"Library","status":"active","type":{"text":"x"},"description":"*Bold* text"}`,
			[]string{"*Bold* text=bold text"}, "bold text"},
		{"name", "name", `{"resourceType":"Patient","name":[{"text":"Dr Asha N. Mushi","family":"Mushi","given":["Asha","Neema"],"prefix":["Dr"],"suffix":["MD"]}]}`,
			[]string{"Dr=dr", "MD=md", "Mushi=mushi", "Asha=asha", "Neema=neema", "Dr Asha N. Mushi=dr asha n mushi"}, "mushi asha neema"},
		{"name of text", "name", `{"resourceType":"Patient","name":[{"text":"Asha"}]}`, []string{"Asha=asha"}, "asha"},
		{"part of a name", "given", `{"resourceType":"Patient","name":[{"family":"Mushi","given":["Asha",null,"Neema"],"_given":[null,{"extension":[{"url":"http://x","valueString":"y"}]},null]}]}`,
			[]string{"Asha=asha", "Neema=neema"}, "asha"},
		{"phonetic", "phonetic", `{"resourceType":"Patient","name":[{"family":"Mushi"}]}`, []string{"Mushi=mushi"}, "mushi"},
		{"address", "address", `{"resourceType":"Patient","address":[{"use":"home","text":"all","line":["Plot 5","Box 7"],"city":"Moshi","district":"Urban","state":"Kilimanjaro","postalCode":"25101","country":"TZ"}]}`,
			[]string{"TZ=tz", "Kilimanjaro=kilimanjaro", "Urban=urban", "Moshi=moshi", "25101=25101", "Plot 5=plot 5", "Box 7=box 7", "all=all"},
			"tz kilimanjaro urban moshi 25101 plot 5 box 7"},
		{"text of a choice", "value-string", observation + `,"valueCodeableConcept":{"text":"Positive"}}`, []string{"Positive=positive"}, "positive"},
		{"pair", "code-value-string", observation + `,"valueString":"Pale"}`, []string{"|8480-6Pale=pale", "|http://loinc.org|8480-6Pale=pale"}, ""},
		{"escaped in JSON", "family", `{"resourceType":"Patient","name":[{"family":"M\u00fcller \"x\""}]}`, []string{`Müller "x"=muller x`}, "muller x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Extract(document(t, tt.body))
			require.Equal(t, tt.want, textsOf(got, tt.param))
			i := slices.IndexFunc(got.Sorts, func(s Sortable) bool { return s.Param == tt.param })
			if tt.sort == "" {
				require.Equal(t, -1, i)
				return
			}
			require.Equal(t, tt.sort, got.Sorts[i].TextMin)
		})
	}
}

func TestExtractOfSeveralValuesSortsByTheOuterOnes(t *testing.T) {
	got := Extract(document(t, `{"resourceType":"Patient","name":[{"family":"B"},{"family":"C"},{"family":"A"}]}`))
	i := slices.IndexFunc(got.Sorts, func(s Sortable) bool { return s.Param == "family" })
	require.Equal(t, Sortable{Param: "family", TextMin: "a", TextMax: "c"}, got.Sorts[i])
}

func TestExtractBoundsTexts(t *testing.T) {
	long := strings.Repeat("Ab", MaxText)
	got := Extract(document(t, `{"resourceType":"Patient","identifier":[{"value":"`+long+`1"},{"value":"`+long+`2"}],"name":[{"family":"`+long+`"}]}`))
	texts := textsOf(got, "identifier")
	require.Len(t, texts, 4, "different texts stay different")
	for _, text := range texts {
		require.LessOrEqual(t, len(text), MaxText)
	}
	require.Equal(t, strings.ToLower(long)[:MaxText], got.Strings[0].Folded)
	for _, query := range []string{"identifier=" + long + "1", "family:exact=" + long, "family=" + long[:MaxText]} {
		q := mustParse(t, "Patient", query, Options{})
		require.True(t, q.Match(Candidate{Values: got}))
	}
	require.False(t, mustParse(t, "Patient", "identifier="+long+"3", Options{}).Match(Candidate{Values: got}))
}

func TestExtractOfManyValues(t *testing.T) {
	var members []string
	for i := range 5000 {
		members = append(members, fmt.Sprintf(`{"entity":{"reference":"Patient/%d"}}`, i%2500))
	}
	got := Extract(document(t, `{"resourceType":"Group","type":"person","actual":true,"member":[`+strings.Join(members, ",")+`]}`))
	require.Len(t, textsOf(got, "member"), 2500)
}

func TestExtractBoundsPairs(t *testing.T) {
	var codings []string
	for i := range 1000 {
		codings = append(codings, fmt.Sprintf(`{"code":"c%d"}`, i))
	}
	many := strings.Join(codings, ",")
	got := Extract(document(t, `{"resourceType":"Observation","status":"final","code":{"coding":[`+many+`]},"valueCodeableConcept":{"coding":[`+many+`]}}`))
	require.LessOrEqual(t, len(textsOf(got, "code-value-concept")), MaxPairs)
	require.NotEmpty(t, textsOf(got, "code-value-concept"))
	require.Len(t, textsOf(got, "code"), 2000)
}

func TestExtractIsDeterministic(t *testing.T) {
	d := document(t, claimOfLines(10))
	first := Extract(d)
	require.Equal(t, first, Extract(d))
}

func TestExtractOfNothing(t *testing.T) {
	require.Empty(t, Extract(nil).Terms)
	var none *codec.Document
	require.Empty(t, Extractor{}.Extract(none).Ranges)
}

// TestEveryTypeCompiles also shows which elements a parameter reaches that have no meaning for it.
func TestEveryTypeCompiles(t *testing.T) {
	without := map[string][]string{}
	offered := 0
	for _, resourceType := range registry.Types() {
		_, err := compile(resourceType, isExtracted)
		require.NoError(t, err)
		for _, p := range registry.Params(resourceType) {
			if !Offered(p) || p.Type == registry.Special {
				continue
			}
			offered++
			inspect := func(kind registry.ParamType, leaves []registry.Leaf) {
				for _, l := range leaves {
					for _, name := range l.Types {
						if converterOf(kind, name) == nil {
							pair := kind.String() + " of " + name
							without[pair] = append(without[pair], resourceType+"."+p.Name)
						}
					}
				}
			}
			inspect(p.Type, p.Leaves)
			for _, c := range p.Components {
				inspect(c.Type, c.Leaves)
			}
		}
	}
	require.Equal(t, map[string][]string{
		"date of Age":    {"Procedure.date"},
		"date of Range":  {"Procedure.date"},
		"date of string": {"CarePlan.activity-date", "Immunization.date", "Procedure.date"}, //nolint:misspell // as R4 spells it
		"quantity of SampledData": {"Observation.combo-value-quantity", "Observation.combo-value-quantity",
			"Observation.component-value-quantity", "Observation.value-quantity"},
		"reference of Attachment": {"Consent.source-reference"},
		"token of Quantity":       {"Group.characteristic-value"},
		"token of Range":          {"Group.characteristic-value"},
		"token of Reference":      {"Group.characteristic-value"},
		"token of dateTime":       {"Patient.deceased"}, // a truth, which needs no converter
	}, without)
	// All but what R4 calls special: near, _content, _filter, _query and _text.
	require.Equal(t, 1699-1+6*146, offered)
}
