package search

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
)

const identified = `{"resourceType":"Patient","identifier":[
	{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}],"text":"Medical record number"},"system":"http://h","value":"A|1"},
	{"type":{"text":"Carte d'assuré"},"value":"77"}],"maritalStatus":{"text":"x"},
	"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><h1 title=\"hidden\">Jos&#233; Otieno</h1><!-- secret > --><p>Type-2 diabetes,&#160;MRN 12&lt;13</p></div>"}}`

var modified = []struct {
	name, body   string
	finds, loses []string
}{
	{
		name: ":text on tokens", body: `{"resourceType":"Observation","status":"final","code":{"text":"Blood pressure, systolic","coding":[{"code":"8480-6","display":"Systolic Débit"}]}}`,
		finds: []string{"code:text=blood", "code:text=PRESSURE", "code:text=pressure systolic", "code:text=sys", "code:text=debit", "code:text=nope,debit"},
		loses: []string{"code:text=ressure", "code:text=blood systolic", "code:text=8480", "code:text=pressure debit"},
	},
	{
		name: ":text and :of-type on identifiers", body: identified,
		finds: []string{"identifier:text=medical record", "identifier:text=d'assure", `identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|a\|1`,
			`identifier:of-type=x|y|z,http://terminology.hl7.org/CodeSystem/v2-0203|mr|A\|1`},
		loses: []string{"identifier:text=77", `identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|77`, `identifier:of-type=other|MR|A\|1`},
	},
	{
		name: "_text", body: identified,
		finds: []string{"_text=otieno", "_text=JOSE", "_text=otieno josé", "_text=type-2", "_text=Diabetes 13", "_text=nobody,mrn", "_text=jose mrn,nobody x", "_text:missing=false"},
		loses: []string{"_text=otien", "_text=hidden", "_text=secret", "_text=h1", "_text=otieno nobody", "_text=nobody x,otieno y", "_text:missing=true"},
	},
	{
		name: "resources without a narrative", body: `{"resourceType":"Patient"}`,
		finds: []string{"_text:missing=true"}, loses: []string{"_text=otieno", "_text:missing=false"},
	},
	{
		name: "uri below and above", body: `{"resourceType":"ValueSet","status":"active","url":"http://acme.org/fhir/ValueSet/123"}`,
		finds: []string{"url:below=http://acme.org/fhir/ValueSet/123", "url:below=http://acme.org/fhir/", "url:below=http://acme.org/fhir", "url:below=http://acme.org",
			"url:above=http://acme.org/fhir/ValueSet/123/_history/5", "url:above=http://acme.org/fhir/ValueSet/123", "url:above=http://acme.org/fhir/ValueSet/123/", "url=http://acme.org/fhir/ValueSet/123"},
		loses: []string{"url:below=http://acme.org/fhi", "url:below=http://acme.org/fhir/ValueSet/1234", "url:below=http://acme", "url=http://acme.org/fhir/",
			"url:above=http://acme.org/fhir/ValueSet/1234", "url:above=http://acme.org/fhir/ValueSet"},
	},
	{
		name: "urns have no path", body: `{"resourceType":"ValueSet","status":"active","url":"urn:oid:1.2.3/4"}`,
		finds: []string{"url:below=urn:oid:1.2.3/4", "url:above=urn:oid:1.2.3/4"}, loses: []string{"url:below=urn:oid:1.2.3", "url:above=urn:oid:1.2.3/4/5"},
	},
	{
		name: "canonicals below a version", body: `{"resourceType":"Claim","status":"active","meta":{"profile":["http://x/claim|1.2.3"]},` + claimBasics,
		finds: []string{"_profile:below=http://x/claim|1", "_profile:below=http://x/claim|1.2", "_profile:below=http://x/claim|1.2.3", "_profile:below=http://x/claim",
			"_profile=http://x/claim", "_profile=http://x/claim|1.2.3"},
		loses: []string{"_profile:below=http://x/claim|1.", "_profile:below=http://x/claim|1.20", "_profile:below=http://x/claim|2", "_profile=http://x/claim|1.2", "_profile:below=http://x"},
	},
	{
		name: "canonical references", body: `{"resourceType":"PlanDefinition","status":"active","library":["http://x/Library/l|2.1"]}`,
		finds: []string{"depends-on:below=http://x/Library/l|2", "depends-on:below=http://x/Library/l|2.1", "depends-on=http://x/Library/l"},
		loses: []string{"depends-on:below=http://x/Library/l|1", "depends-on=http://x/Library/l|2"},
	},
	{
		name: ":not includes what lacks the element", body: `{"resourceType":"Patient","gender":"male"}`,
		finds: []string{"language:not=en", "gender:not=female", "identifier:not=http://x|1"}, loses: []string{"gender:not=male", "gender:not=female,male"},
	},
	{
		name: "near", body: `{"resourceType":"Location","position":{"latitude":-6.8161,"longitude":39.2804}}`,
		finds: []string{"near=-6.8161|39.2804|0", "near=-6.8|39.28|2|km", "near=-6.8|39.28|2000|m", "near=-6.8|39.28|2|[mi_us]", "near=-6.4|39.3", "near=0|0|1,-6.8|39.28|2", "near:missing=false",
			"near=-6|39|20000|km"},
		loses: []string{"near=-6.8|39.28|1.5|km", "near=6.8|39.28|100|km", "near=-6|39.28", "near:missing=true"},
	},
}

func TestModifiers(t *testing.T) {
	for _, tt := range modified {
		d := document(t, tt.body)
		c := Candidate{ID: "p1", Values: Extract(d)}
		for _, query := range tt.finds {
			t.Run(tt.name+" finds "+query, func(t *testing.T) { require.True(t, mustParse(t, d.Type(), query, Options{}).Match(c)) })
		}
		for _, query := range tt.loses {
			t.Run(tt.name+" loses "+query, func(t *testing.T) { require.False(t, mustParse(t, d.Type(), query, Options{}).Match(c)) })
		}
	}
}

func TestModifiersRefuse(t *testing.T) {
	for _, query := range []string{
		"Patient?identifier:of-type=a|b", "Patient?identifier:of-type=a|b|", "Patient?identifier:of-type=|b|c", "Patient?identifier:of-type=a|b|c|d", "Patient?identifier:text=,-,",
		"Patient?_text=-", "Patient?_text=a b c d e f g h,a b c d e f g h,a b",
		"Location?near=1", "Location?near=x|1", "Location?near=91|1", "Location?near=1|181", "Location?near=1|1|-1", "Location?near=1|1|1|furlong", "Location?near=1|1|1|km|x",
		// S7: a modifier that a parameter does not take
		"Patient?gender:text=x", "Patient?gender:of-type=a|b|c", "Patient?telecom:of-type=a|b|c", "Patient?active:text=x", "Patient?birthdate:not=2000", "Patient?family:below=x",
		"Patient?link:below=Patient/1", "Patient?general-practitioner:below=Practitioner/1", "Claim?_profile:above=http://x|1", "Claim?_text:exact=x", "Location?near:not=1|1", "PlanDefinition?depends-on:identifier=x",
		"Patient?_id:text=x", "Claim?_lastUpdated:exact=2020", "Observation?code-value-date:missing=true", "ValueSet?url:contains=x",
	} {
		resource, rest, _ := cutQuery(query)
		_, _, err := Parse(resource, rest, Options{})
		require.Error(t, err, query)
	}
}

func cutQuery(s string) (resource, query string, ok bool) {
	for i := range s {
		if s[i] == '?' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// TestModifiersTellTheTruth: every modifier that a parameter is said to take is read, and no other one.
func TestModifiersTellTheTruth(t *testing.T) {
	values := map[string]string{"missing": "true", "of-type": "a|b|c", "in": "urn:vs", "not-in": "urn:vs"}
	all := map[string]bool{}
	for _, resourceType := range registry.Types() {
		for _, p := range registry.Params(resourceType) {
			for _, modifier := range Modifiers(p) {
				all[modifier] = true
			}
		}
	}
	for _, resourceType := range registry.Types() {
		for _, p := range registry.Params(resourceType) {
			for modifier := range all {
				value := values[modifier]
				if value == "" {
					value = plausible(p)
				}
				if p.Type == registry.Token && (modifier == "above" || modifier == "below") {
					value = "urn:s|a"
				}
				_, _, err := Parse(resourceType, p.Name+":"+modifier+"="+value, Options{})
				if takes(p, modifier) {
					require.NoError(t, err, "%s?%s:%s", resourceType, p.Name, modifier)
				} else {
					require.Error(t, err, "%s?%s:%s", resourceType, p.Name, modifier)
				}
			}
		}
	}
}

// plausible is a value that a parameter takes.
func plausible(p *registry.Param) string {
	if p.Type == registry.Token && fieldOf(p).holdsOnly("boolean") {
		return "true"
	}
	return "x"
}

// FuzzValues: whatever stands for a value is read or refused, and what was read is read again in the same way.
func FuzzValues(f *testing.F) {
	names := []string{"Location?near", "Patient?identifier:of-type", "Patient?identifier:text", "Patient?_text", "ValueSet?url:below", "ValueSet?url:above", "Claim?_profile:below",
		"MolecularSequence?chromosome-variant-coordinate", "Patient?gender:missing", "Patient?birthdate", "Observation?value-quantity"}
	for i, value := range []string{"-6.8|39.28|10|km", `a|b|c\|d`, "blood pressure", "a b,c", "http://acme.org/fhir/", "http://a/b/c", "http://x|1", "x$ge1$le2", "true", "ap2026-03-01T10:00+03:00", "5.4||mg"} {
		f.Add(i, value)
	}
	f.Fuzz(func(t *testing.T, i int, value string) {
		resource, name, _ := cutQuery(names[uint(i)%uint(len(names))])
		query := name + "=" + url.QueryEscape(value)
		q, _, err := Parse(resource, query, Options{})
		if err != nil {
			return
		}
		again, _, err := Parse(resource, q.Applied, Options{})
		require.NoError(t, err)
		require.Equal(t, q, again)
	})
}

// FuzzNarrative: any text between any tags comes to words, bounded in length, that nothing parts further.
func FuzzNarrative(f *testing.F) {
	f.Add("<div><p class=\"x\">Jos\u00e9 &amp; <b>Otieno</b><!-- no --> 12&#60;13</p></div>")
	f.Add("<<!--><a")
	f.Fuzz(func(t *testing.T, xhtml string) {
		words := 0
		eachText(xhtml, func(text string) bool {
			for _, word := range wordsOf(text) {
				words++
				require.LessOrEqual(t, len(word), maxWord)
				require.Len(t, wordsOf(word), 1, "a word is one word")
			}
			return words < maxWords
		})
	})
}
