package search

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tables below follow the words of R4 search on each parameter type, beyond what the other tables of this package have.

var typed = []struct {
	name, body   string
	finds, loses []string
}{
	{
		name: "number: integers compare exactly", body: `{"resourceType":"MolecularSequence","coordinateSystem":0,"referenceSeq":{"windowStart":100,"windowEnd":104}}`,
		finds: []string{"window-start=100", "window-start=1e2", "window-start=100.0", "window-start=ge100", "window-start=le100", "window-start=gt99", "window-start=lt101",
			"window-start=sa99", "window-start=eb101", "window-start=ne101", "window-start=ap91", "window-end=ap1e2", "window-end=ne1e2"},
		loses: []string{"window-end=1e2", "window-end=100", "window-start=99.6", "window-start=gt100", "window-start=lt100", "window-start=sa100", "window-start=eb100", "window-start=ne100",
			"window-start=ap90", "window-start=ap112"},
	},
	{
		name: "number: decimals at the precision asked for", body: `{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.95}]}`,
		finds: []string{"probability=0.95", "probability=1", "probability=0.9e0,0.950", "probability=gt0.9", "probability=ap1", "probability=ap1.05", "probability=ne0.951"},
		loses: []string{"probability=0.9", "probability=0.951", "probability=ne0.95", "probability=ne1", "probability=gt0.95", "probability=ap1.1"},
	},
	{
		name: "date: a period without an end", body: encounterOf(`{"start":"2026-03-01T10:00:00Z"}`),
		finds: []string{"date=gt2030", "date=ge2026-03-01", "date=sa2026-02-28", "date=ne2026", "date=ap2026-03-01", "date=lt2026-03-02"},
		loses: []string{"date=2026-03-01", "date=2026", "date=eb2030", "date=sa2026-03-01", "date=lt2026-03-01", "date=eb9999"},
	},
	{
		name: "date: a period without a start", body: encounterOf(`{"end":"2026-03-01T10:00:00Z"}`),
		finds: []string{"date=lt2000", "date=eb2026-03-02", "date=gt2026-02-28", "date=le2026-03-01", "date=ap2026-03-01"},
		loses: []string{"date=2026-03-01", "date=sa0001", "date=gt2026-03-01", "date=eb2026-03-01"},
	},
	{
		name: "date: the prefixes and a day", body: encounterOf(`{"start":"2026-03-01","end":"2026-03-03"}`),
		finds: []string{"date=2026-03", "date=eq2026", "date=ne2026-03-02", "date=gt2026-03-02", "date=lt2026-03-02", "date=ge2026-03-02", "date=le2026-03-02", "date=ge2026-03-01", "date=sa2026-02-28",
			"date=eb2026-03-04", "date=ap2026-03-03"},
		loses: []string{"date=2026-03-01", "date=2026-03-02", "date=ne2026-03", "date=gt2026-03-03", "date=lt2026-03-01", "date=ge2026-03-03", "date=ge2026-03-04", "date=le2026-03-01", "date=le2026-02-28", "date=sa2026-03-01", "date=eb2026-03-03",
			"date=ap2026-03-05"},
	},
	{
		name: "date: moments with zones, escaped or not", body: encounterOf(`{"start":"2026-03-01T10:30:00+03:00","end":"2026-03-01T10:45:00+03:00"}`),
		finds: []string{"date=ge2026-03-01T07%3A30%3A00Z", "date=ge2026-03-01T07:30Z", "date=ge2026-03-01T07:30", "date=ge2026-03-01T10:30%2B03:00", "date=ge2026-03-01T10:30+03:00", "date=sa2026-03-01T02:29-05:00"},
		loses: []string{"date=sa2026-03-01T07:30Z", "date=lt2026-03-01T10:30%2B03:00", "date=eb2026-03-01T07:45Z"},
	},
	{
		name: "string: folded, from the start", body: `{"resourceType":"Patient","name":[{"family":"O'Connor-Núñez","given":["Anne  Marie"],"prefix":["Dr."],"text":"Dr. Anne O'Connor"}],"address":[{"line":["12, Uhuru St."],"city":"Zürich","postalCode":"8001"}]}`,
		finds: []string{"family=o'connor", "family=OCONNOR", "family=oconnornunez", "given=anne marie", "given=ANNE", "name=dr", "name=anne", "name=dr anne", "address=zurich", "address=12 uhuru", "address=8001",
			"address-city=ZÜR", "family:contains=nunez", "family:exact=O'Connor-Núñez", "given:contains=marie"},
		loses: []string{"family=connor", "given=marie", "family:exact=o'connor-núñez", "family:exact=O'Connor", "address-city=urich", "family:contains=anne"},
	},
	{
		name: "composite: coordinates", body: `{"resourceType":"MolecularSequence","coordinateSystem":0,"referenceSeq":{"chromosome":{"coding":[{"system":"http://c","code":"X"}]},"referenceSeqId":{"coding":[{"code":"NC1"}]},
			"windowStart":10,"windowEnd":90},"variant":[{"start":20,"end":25},{"start":60,"end":61}]}`,
		finds: []string{"chromosome-variant-coordinate=x$20$25", "chromosome-variant-coordinate=http://c|X$gt19$lt26", "chromosome-variant-coordinate=X$ge60$61", "chromosome-variant-coordinate=x$ne20$61",
			"referenceseqid-variant-coordinate=nc1$20$25", "chromosome-window-coordinate=x$10$90", "referenceseqid-window-coordinate=NC1$le10$ge90"},
		loses: []string{"chromosome-variant-coordinate=y$20$25", "chromosome-variant-coordinate=x$20$61", "chromosome-variant-coordinate=x$gt60$lt100", "chromosome-window-coordinate=x$10$91",
			"chromosome-window-coordinate=x$20$25"},
	},
	{
		name: "quantity: any unit, one of a system, one of any system", body: `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":5.4,"unit":"milligram","system":"http://unitsofmeasure.org","code":"mg"}}`,
		finds: []string{"value-quantity=5.4", "value-quantity=5.4|http://unitsofmeasure.org|mg", "value-quantity=5.4||mg", "value-quantity=5.4||milligram", "value-quantity=5.40e0", "value-quantity=ap5||mg",
			"value-quantity=gt5||mg", "value-quantity=ne5.5", "value-quantity=le5.4||mg"},
		loses: []string{"value-quantity=5.5", "value-quantity=5.4||g", "value-quantity=5.4|http://other|mg", "value-quantity=5.41", "value-quantity=gt5.4||mg", "value-quantity=sa5.4", "value-quantity=ap4||mg"},
	},
}

func TestParameterTypes(t *testing.T) {
	for _, tt := range typed {
		d := document(t, tt.body)
		c := Candidate{ID: "p1", Values: Extract(d)}
		o := Options{Now: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
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

// TestBadValues: S8, what is not of a parameter's form is refused; what is empty is ignored.
func TestBadValues(t *testing.T) {
	for _, query := range []string{
		"Patient?telecom=phone|555", "Patient?phone=|555", "Patient?active=http://terminology.hl7.org/CodeSystem/v2-0136|true", "Patient?active=yes", "Patient?_id=a|b", "Patient?_id=a b",
		"Patient?deceased=|true", "Patient?identifier=|", "Patient?identifier=a|b|c", "Patient?gender=,,",
		"Patient?birthdate=xx2020", "Patient?birthdate=2020-13", "Patient?birthdate=2020-1", "Patient?birthdate=gt", "Patient?birthdate=2020-01-01T10", "Patient?birthdate=2020-01-01T10Z", "Patient?birthdate=gtgt2020",
		"Patient?birthdate=12/31/2020", "Patient?birthdate=2020-01-01Z", "Patient?_lastUpdated=yesterday",
		"RiskAssessment?probability=abc", "RiskAssessment?probability=gt", "RiskAssessment?probability=1,x", "RiskAssessment?probability=0x1", "RiskAssessment?probability=1e9999",
		"Observation?value-quantity=5|mg", "Observation?value-quantity=5|http://unitsofmeasure.org|", "Observation?value-quantity=mg", "Observation?value-quantity=5|a|b|c",
		"Observation?code-value-quantity=a", "Observation?code-value-quantity=a$", "Observation?code-value-quantity=$5", "Observation?code-value-quantity=a$b", "Observation?code-value-quantity=a$5$6",
		"Claim?patient=Group/1", "Claim?patient=Patient/", "Claim?patient=/1", "Claim?patient:Group=1", "Claim?insurer:identifier=|", "Claim?insurer:identifier=a|",
		"Patient?family=---",
	} {
		resource, rest, _ := cutQuery(strings.ReplaceAll(query, " ", "%20"))
		_, _, err := Parse(resource, rest, Options{})
		require.Error(t, err, "S8 "+query)
	}
	for _, query := range []string{"Patient?gender=", "Patient?birthdate=&gender=", "Claim?patient=", "Claim?patient:missing=", "Patient?_text=", "Observation?code-value-quantity="} {
		resource, rest, _ := cutQuery(query)
		require.Empty(t, mustParse(t, resource, rest, Options{}).Where, "S8 "+query)
	}
}
