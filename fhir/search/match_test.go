package search

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The table below says for each resource which queries find it and which do not, through Parse, Extract and Match together.
// It is written from the text of R4 search, not from the code.
var matches = []struct {
	name, body   string
	finds, loses []string
}{
	{
		name: "token of a code", body: `{"resourceType":"Claim","status":"active",` + claimBasics,
		finds: []string{"status=active", "status=Active", "status=draft,active", "status=http://hl7.org/fhir/fm-status|active",
			"status=|active", "status:not=draft", "status:not=draft,cancelled", "use:not=preauthorization", "priority:not=x"},
		loses: []string{"status=draft", "status=activ", "status=http://hl7.org/fhir/task-status|active", "status:not=active",
			"status:not=draft,active", "status=draft&status=active", "status=active&status:not=active"},
	},
	{
		name: "token of a coding", body: `{"resourceType":"Claim","status":"active","identifier":[{"system":"http://a","value":"X-1"},{"value":"Y"}],` + claimBasics,
		finds: []string{"identifier=X-1", "identifier=x-1", "identifier=http://a|X-1", "identifier=http://a|", "identifier=Y", "identifier=|Y",
			"identifier=X-1&identifier=Y", "identifier=nope,Y", "identifier:not=Z", "identifier=http://a|X-1&status=active"},
		loses: []string{"identifier=X", "identifier=|X-1", "identifier=http://A|X-1", "identifier=http://a|Y", "identifier=http://b|",
			"identifier=X-1&identifier=Z", "identifier:not=Y", `identifier=http://a\|X-1`},
	},
	{
		name: "token without element", body: `{"resourceType":"Patient"}`,
		finds: []string{"gender:not=male", "deceased=false", "deceased:not=true", "_id=p1", "_id=p2,p1", "_id:not=p2"},
		loses: []string{"gender=male", "deceased=true", "active=true", "active=false", "_id=P1", "_id=p", "_id:not=p1"},
	},
	{
		name:  "token of a boolean and a contact",
		body:  `{"resourceType":"Patient","active":true,"telecom":[{"system":"email","value":"Asha@example.tz"},{"system":"phone","value":"+255 22 1"}]}`,
		finds: []string{"active=true", "active:not=false", "email=asha@example.tz", "telecom=Asha@example.tz", "phone=%2B255 22 1"},
		loses: []string{"active=false", "phone=asha@example.tz", "email=%2B255 22 1", "email=asha"},
	},
	{
		name:  "tag, profile and source",
		body:  `{"resourceType":"Patient","meta":{"tag":[{"system":"http://t","code":"gold"}],"profile":["http://p/one|2"],"source":"http://s","security":[{"code":"R"}]}}`,
		finds: []string{"_tag=gold", "_tag=http://t|gold", "_profile=http://p/one", "_profile=http://p/one|2", "_source=http://s", "_security=r"},
		loses: []string{"_tag=silver", "_tag=|gold", "_profile=http://p/one|1", "_profile=http://p", "_source=http://S"},
	},
	{
		name: "reference", body: `{"resourceType":"Claim","status":"active","insurer":{"reference":"https://own/fhir/Organization/i"},` + claimBasics,
		finds: []string{"patient=Patient/1", "patient=1", "patient:Patient=1", "patient:Patient=Patient/1", "patient=https://own/fhir/Patient/1",
			"patient=2,1", "insurer=i", "insurer=Organization/i", "insurer=https://own/fhir/Organization/i", "provider=o", "provider:Organization=o"},
		loses: []string{"patient=2", "patient=Patient/2", "patient=https://other/fhir/Patient/1", "patient=https://own/fhir2/Patient/1",
			"insurer=Organization/I", "provider:Practitioner=o", "provider=Practitioner/o"},
	},
	{
		name: "reference elsewhere", body: `{"resourceType":"Patient","managingOrganization":{"reference":"http://other/fhir/Organization/1/_history/2"}}`,
		finds: []string{"organization=http://other/fhir/Organization/1"},
		loses: []string{"organization=1", "organization=Organization/1", "organization=http://other/fhir/Organization/2"},
	},
	{
		name: "logical reference", body: `{"resourceType":"Patient","managingOrganization":{"identifier":{"system":"http://r","value":"NHIF"}}}`,
		finds: []string{"organization:identifier=http://r|NHIF", "organization:identifier=NHIF", "organization:identifier=x,nhif"},
		loses: []string{"organization:identifier=http://s|NHIF", "organization:identifier=|NHIF", "organization=NHIF", "organization:identifier=NH"},
	},
	{
		name: "canonical", body: `{"resourceType":"PlanDefinition","status":"active","library":["http://x/Library/l|1.1"]}`,
		finds: []string{"depends-on=http://x/Library/l", "depends-on=http://x/Library/l|1.1"},
		loses: []string{"depends-on=http://x/Library/l|1.2", "depends-on=http://x/Library"},
	},
	{
		name: "uri", body: `{"resourceType":"ValueSet","status":"active","url":"http://x/ValueSet/A"}`,
		finds: []string{"url=http://x/ValueSet/A", "url=http://x/ValueSet/B,http://x/ValueSet/A"},
		loses: []string{"url=http://x/ValueSet/a", "url=http://x/ValueSet/", "url=http://x/ValueSet/A/"},
	},
	{
		name: "string", body: `{"resourceType":"Patient","name":[{"family":"van der Berg-Muñoz","given":["Asha","Zoë"]}],"address":[{"city":"Dar es Salaam","line":["12, Ohio St."]}]}`,
		finds: []string{"family=van", "family=VAN DER", "family=van  der", "family=van der bergmunoz", "family=van der Berg-Munoz", "name=zoe", "given=ash",
			"name=asha&name=van", "family:exact=van der Berg-Muñoz", "family:contains=BERG", "family:contains=muñ", "address=12 ohio",
			"address-city=dar", "name:contains=oe", "family=x,van", `family=van\,`},
		loses: []string{"family=der", "family=berg", "family:exact=van der berg-muñoz", "family:exact=van", "family:contains=xyz", "given=sha",
			"name=asha&name=juma", "family=vander", "address=ohio"},
	},
	{
		name: "date of a day", body: `{"resourceType":"Patient","birthDate":"2013-01-14"}`,
		finds: []string{"birthdate=2013-01-14", "birthdate=2013-01", "birthdate=2013", "birthdate=ne2013-01-15", "birthdate=gt2013-01-13",
			"birthdate=gt2012", "birthdate=lt2013-01-15", "birthdate=ge2013-01-14", "birthdate=le2013-01-14", "birthdate=ge2013-01-13",
			"birthdate=sa2013-01-13", "birthdate=eb2013-01-15", "birthdate=ap2013-01-14", "birthdate=gt2013-01-14T10:00",
			"birthdate=lt2013-01-14T10:00", "birthdate=2012,2013", "birthdate=ge2013-01-01&birthdate=lt2013-02-01"},
		loses: []string{"birthdate=2013-01-15", "birthdate=2013-01-14T10:00", "birthdate=ne2013-01-14", "birthdate=ne2013", "birthdate=gt2013-01-14",
			"birthdate=lt2013-01-14", "birthdate=gt2013", "birthdate=lt2013", "birthdate=ge2013-01-15", "birthdate=le2013-01-13",
			"birthdate=sa2013-01-14", "birthdate=sa2013", "birthdate=eb2013-01-14", "birthdate=eb2013", "birthdate=sa2013-01-14T10:00",
			"birthdate=ge2013-01-01&birthdate=lt2013-01-14"},
	},
	{
		name: "date with time and zone", body: `{"resourceType":"Claim","status":"active","created":"2026-03-01T01:00:00+03:00",` + claimWithoutCreated,
		finds: []string{"created=2026-02-28", "created=2026-02-28T22:00:00Z", "created=2026-03-01T01:00:00%2B03:00", "created=2026-02-28T22:00Z",
			"created=ge2026-02-28T22:00:00Z", "created=lt2026-03-01", "created=eb2026-03-01", "created=le2026-02-28"},
		loses: []string{"created=2026-03-01", "created=ge2026-03-01", "created=2026-02-28T22:00:01Z", "created=2026-02-28T22:00:00.5Z", "created=gt2026-02-28"},
	},
	{
		name: "period", body: encounterOf(`{"start":"2013-03-10","end":"2013-03-20"}`),
		finds: []string{"date=2013-03", "date=2013", "date=gt2013-03-14", "date=lt2013-03-14", "date=gt2013-03-19", "date=lt2013-03-11",
			"date=ge2013-03-14", "date=le2013-03-14", "date=ne2013-03-14", "date=sa2013-03-09", "date=eb2013-03-21", "date=ap2013-03-14",
			"date=ge2013-03&date=le2013-03"},
		loses: []string{"date=2013-03-14", "date=2013-03-10", "date=gt2013-03-20", "date=lt2013-03-10", "date=ne2013", "date=sa2013-03-10",
			"date=eb2013-03-20", "date=ge2013-03-21", "date=le2013-03-09", "date=sa2013-03-14"},
	},
	{
		name: "period without end", body: encounterOf(`{"start":"2013-03-10"}`),
		finds: []string{"date=gt2013-03-14", "date=gt2050", "date=lt2013-03-14", "date=ge2050", "date=le2013-03-11", "date=ne2013", "date=sa2013-03-09", "date=ap2040"},
		loses: []string{"date=2013", "date=lt2013-03-10", "date=eb2050", "date=sa2013-03-10", "date=2013-03-10", "date=le2013-03-10"},
	},
	{
		name: "period without start", body: encounterOf(`{"end":"2013-03-10"}`),
		finds: []string{"date=lt1900", "date=gt2013-03-09", "date=le1900", "date=eb2013-03-11", "date=ne2013"},
		loses: []string{"date=gt2013-03-10", "date=sa1900", "date=2013", "date=eb2013-03-10"},
	},
	{
		name: "about a date", body: `{"resourceType":"Patient","birthDate":"2015-06-01"}`,
		// The clock stands at 2026-01-01, so a tenth of the distance to 2014-06-01 is some 424 days.
		finds: []string{"birthdate=ap2014-06-01", "birthdate=ap2015-06-01", "birthdate=ap2016-05-01"},
		loses: []string{"birthdate=ap2010", "birthdate=ap2020-01-01", "birthdate=ap2013-01-01"},
	},
	{
		name: "updated", body: `{"resourceType":"Patient"}`, // at 2026-01-01T00:00:00Z
		finds: []string{"_lastUpdated=2026-01-01", "_lastUpdated=2026", "_lastUpdated=ge2026-01-01", "_lastUpdated=gt2025-12-31", "_lastUpdated=le2026-01-01T00:00:00Z",
			"_lastUpdated=lt2026-01-01T00:00:01Z", "_lastUpdated=ne2025", "_lastUpdated=sa2025", "_lastUpdated=eb2026-02", "_lastUpdated=ap2026"},
		loses: []string{"_lastUpdated=2025", "_lastUpdated=gt2026-01-01", "_lastUpdated=lt2026-01-01", "_lastUpdated=ge2026-01-02", "_lastUpdated=ne2026",
			"_lastUpdated=sa2026", "_lastUpdated=eb2026-01-01", "_lastUpdated=le2025-12-31"},
	},
	{
		name: "number", body: `{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.8}]}`,
		finds: []string{"probability=0.8", "probability=0.80", "probability=8e-1", "probability=gt0.79", "probability=lt0.81", "probability=ge0.8", "probability=le0.8",
			"probability=ne0.7", "probability=sa0.7", "probability=eb0.9", "probability=ap0.75", "probability=0.7,0.8"},
		loses: []string{"probability=0.79", "probability=gt0.8", "probability=lt0.8", "probability=ge0.81", "probability=le0.79", "probability=ne0.8",
			"probability=sa0.8", "probability=eb0.8", "probability=ap0.5"},
	},
	{
		name: "number at the precision of the search", body: `{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.84}]}`,
		finds: []string{"probability=0.8", "probability=0.84", "probability=ne0.80", "probability=gt0.8"},
		loses: []string{"probability=0.80", "probability=ne0.8", "probability=0.9"},
	},
	{
		name: "quantity", body: `{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"length":{"value":90,"unit":"minutes","system":"http://unitsofmeasure.org","code":"min"}}`,
		finds: []string{"length=90", "length=90|http://unitsofmeasure.org|min", "length=90||min", "length=90||minutes", "length=gt89||min", "length=le90|http://unitsofmeasure.org|min",
			"length=ne91", "length=ap95||min", "length=90.0", "length=9e1"},
		loses: []string{"length=91", "length=90||h", "length=90|http://other|min", "length=gt90||min", "length=90|http://unitsofmeasure.org|minutes", "length=90||MIN", "length=ne90"},
	},
	{
		name: "money", body: `{"resourceType":"Invoice","status":"issued","totalNet":{"value":125.00,"currency":"TZS"}}`,
		finds: []string{"totalnet=125", "totalnet=125.00||TZS", "totalnet=ge125|urn:iso:std:iso:4217|TZS"},
		loses: []string{"totalnet=125||USD", "totalnet=gt125", "totalnet=125.01"},
	},
	{
		name: "composite", body: `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
			"valueQuantity":{"value":120,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"},
			"component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":1}},{"code":{"coding":[{"code":"b"}]},"valueQuantity":{"value":2}}]}`,
		finds: []string{"code-value-quantity=8480-6$120", "code-value-quantity=http://loinc.org|8480-6$gt100", "code-value-quantity=8480-6$120|http://unitsofmeasure.org|mm[Hg]",
			"code-value-quantity=8480-6$120||mmHg", "component-code-value-quantity=a$1", "component-code-value-quantity=b$2", "combo-code-value-quantity=8480-6$120",
			"combo-code-value-quantity=b$2", "component-code-value-quantity=a$9,b$2"},
		loses: []string{"code-value-quantity=8480-6$121", "code-value-quantity=8480-4$120", "code-value-quantity=|8480-6$120", "code-value-quantity=8480-6$120||kg",
			"component-code-value-quantity=a$2", "component-code-value-quantity=b$1", "code-value-quantity=a$1"},
	},
	{
		name: "composite of tokens, dates and texts", body: `{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"c"}]},"valueDateTime":"2026-01"}`,
		finds: []string{"code-value-date=c$2026", "code-value-date=|c$ge2026-01", "code-value-date=c$2026-01"},
		loses: []string{"code-value-date=c$2026-02", "code-value-date=d$2026", "code-value-date=c$2026-01-01"},
	},
	{
		name: "composite with a reference", body: `{"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"title":"x"}}],
			"relatesTo":[{"code":"appends","target":{"reference":"DocumentReference/9"}},{"code":"signs","target":{"reference":"DocumentReference/8"}}]}`,
		finds: []string{"relationship=DocumentReference/9$appends", "relationship=8$signs", "relationship=8$http://hl7.org/fhir/document-relationship-type|signs"},
		loses: []string{"relationship=DocumentReference/8$appends", "relationship=9$signs"},
	},
}

const claimWithoutCreated = `"use":"claim","type":{"text":"x"},"patient":{"reference":"Patient/1"},
	"provider":{"reference":"Organization/o"},"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/c"}}]}`

const claimBasics = `"created":"2026-01-01",` + claimWithoutCreated

func encounterOf(period string) string {
	return `{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"period":` + period + `}`
}

func TestMatch(t *testing.T) {
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	o := Options{BaseURL: "https://own/fhir", Now: clock}
	for _, tt := range matches {
		d := document(t, tt.body)
		c := Candidate{ID: "p1", Updated: float64(clock.UnixMilli()), Values: Extractor{BaseURL: o.BaseURL}.Extract(d)}
		check := func(query string, want bool) {
			t.Run(tt.name+" "+query, func(t *testing.T) {
				require.Equal(t, want, mustParse(t, d.Type(), strings.ReplaceAll(query, " ", "%20"), o).Match(c))
			})
		}
		for _, query := range tt.finds {
			check(query, true)
		}
		for _, query := range tt.loses {
			check(query, false)
		}
	}
}

func TestMatchWithoutValues(t *testing.T) {
	require.False(t, mustParse(t, "Claim", "status=active", Options{}).Match(Candidate{ID: "a"}))
	require.True(t, mustParse(t, "Claim", "status:not=active", Options{}).Match(Candidate{ID: "a"}))
	require.True(t, mustParse(t, "Claim", "_id=a", Options{}).Match(Candidate{ID: "a"}))
	require.True(t, mustParse(t, "Claim", "", Options{}).Match(Candidate{ID: "a"}))
}

// FuzzTokensAgree holds both sides of an identifier against each other: what is stored is found under the same text, escaped.
func FuzzTokensAgree(f *testing.F) {
	f.Add("http://a", "X|1", "x|1")
	f.Add("", `a\b`, `a\,b`)
	f.Fuzz(func(t *testing.T, system, stored, wanted string) {
		if stored == "" || wanted == "" {
			return
		}
		var x extraction
		x.coding(&yield{key: "identifier"}, system, stored)
		escape := strings.NewReplacer(`\`, `\\`, `|`, `\|`, `$`, `\$`, `,`, `\,`)
		query := "identifier=" + url.QueryEscape(escape.Replace(system)+"|"+escape.Replace(wanted))
		if len(query) > MaxQuery {
			return
		}
		q := mustParse(t, "Claim", query, Options{})
		require.Equal(t, lower(stored) == lower(wanted), q.Match(Candidate{Values: &Values{Terms: x.terms.items}}))
	})
}
