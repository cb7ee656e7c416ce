package explain_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/cmd/internal/explain"
	"claimwright/cmd/internal/offline"
	"claimwright/fhir/codec"
	"claimwright/testdata/sandbox"
)

func parse(tb testing.TB, body []byte) *codec.Document {
	doc, issues := codec.Parse(body, codec.Limits{})
	require.Empty(tb, issues, string(body))
	return doc
}

// decide has one of the sandbox's claims decided and returns both.
func decide(tb testing.TB, name string) (response, claim []byte) {
	body, err := sandbox.Files.ReadFile("claims/" + name)
	require.NoError(tb, err)
	var flat, out bytes.Buffer
	require.NoError(tb, json.Compact(&flat, body))
	a, err := offline.Open(tb.Context(), offline.Options{Scheme: sandbox.Files, Now: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}, func(string, int, int) {})
	require.NoError(tb, err)
	_, err = a.Run(tb.Context(), bytes.NewReader(flat.Bytes()), &out, func(int64) {})
	require.NoError(tb, err)
	return bytes.TrimSpace(out.Bytes()), flat.Bytes()
}

func text(tb testing.TB, e *explain.Explanation) string {
	var out strings.Builder
	require.NoError(tb, e.Write(&out, 100))
	for line := range strings.Lines(out.String()) {
		require.NotContains(tb, line, " \n", "blanks at the end of a line")
	}
	return out.String()
}

// changing are the lines that change with every engine and scheme.
var changing = regexp.MustCompile(`(engine version|scheme digest) .*`)

// TestExplanation holds the whole text of one decision against the one that was read by a person. To write it anew after
// a change that is meant, run the test with CLAIMWRIGHT_TEST_UPDATE=1 and read it.
func TestExplanation(t *testing.T) {
	response, claim := decide(t, "07-quantity-cut-and-share.json")
	e, err := explain.Read(parse(t, response), parse(t, claim))
	require.NoError(t, err)
	require.Empty(t, e.Wrong)
	got := changing.ReplaceAllString(text(t, e), "$1 …")
	const file = "testdata/quantity-cut-and-share.txt"
	if os.Getenv("CLAIMWRIGHT_TEST_UPDATE") != "" {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// TestEverySandboxDecisionIsSound also proves that the sums which are asserted are the ones that decisions keep.
func TestEverySandboxDecisionIsSound(t *testing.T) {
	files, err := sandbox.Files.ReadDir("claims")
	require.NoError(t, err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		response, claim := decide(t, f.Name())
		e, err := explain.Read(parse(t, response), parse(t, claim))
		require.NoError(t, err)
		require.Empty(t, e.Wrong, f.Name())
		require.Contains(t, text(t, e), "outcome")
	}
}

func TestFiguresThatDoNotAddUp(t *testing.T) {
	response, _ := decide(t, "07-quantity-cut-and-share.json")
	amount := func(category, from, to string) [2]string {
		return [2]string{`"code":"` + category + `"}]},"amount":{"value":` + from, `"code":"` + category + `"}]},"amount":{"value":` + to}
	}
	for name, c := range map[string]struct {
		replace [2]string
		all     bool
		want    string
	}{
		"a cut":                {[2]string{`"url":"amount","valueDecimal":3500.00`, `"url":"amount","valueDecimal":3400.00`}, false, "line 1: 36000.00 billed less all cuts leaves 14100.00, but 14000.00 is paid"},
		"a cut and its row":    {[2]string{`"url":"amount","valueDecimal":3500.00`, `"url":"amount","valueDecimal":3400.00`}, false, "line 1: the cuts for copay add up to 3400.00, the line says 3500.00"},
		"what is paid":         {amount("benefit", "14000.00", "14000.01"), false, "line 1: 36000.00 billed less all cuts leaves 14000.00, but 14000.01 is paid"},
		"a total":              {amount("copay", "3500.00", "3600.00"), true, "line 1: the cuts for copay add up to 3500.00, the line says 3600.00"},
		"what is eligible":     {amount("eligible", "18000.00", "17000.00"), true, "line 1: eligible is 17000.00, but 18000.00 is left"},
		"what the member owes": {amount("member-liability", "22000.00", "21000.00"), true, "the totals: member-liability is 21000.00, the cuts add up to 22000.00"},
		"who bears it":         {[2]string{`"valueCode":"member"`, `"valueCode":"provider"`}, true, "the totals: provider-liability is 0, the cuts add up to 22000.00"},
		"no amount":            {[2]string{`"url":"amount","valueDecimal":3500.00`, `"url":"amount","valueString":"much"`}, false, `line 1: the amount of a cut is "much"`},
		"another currency":     {[2]string{`"value":3500.00,"currency":"KES"`, `"value":3500.00,"currency":"USD"`}, false, "copay is in USD, other amounts are in KES"},
	} {
		t.Run(name, func(t *testing.T) {
			n := 1
			if c.all {
				n = -1
			}
			altered := bytes.Replace(response, []byte(c.replace[0]), []byte(c.replace[1]), n)
			require.NotEqual(t, response, altered)
			e, err := explain.Read(parse(t, altered), nil)
			require.NoError(t, err)
			require.Contains(t, strings.Join(e.Wrong, "\n"), c.want)
			require.Contains(t, text(t, e), "WRONG: the figures do not add up")
		})
	}
}

// TestTotalsAreSums: the last of several equal texts is the total.
func TestTotalsAreSums(t *testing.T) {
	response, _ := decide(t, "02-billed-above-list.json")
	at := bytes.LastIndex(response, []byte(`"code":"benefit"}]},"amount":{"value":`))
	altered := bytes.Clone(response)
	altered[at+len(`"code":"benefit"}]},"amount":{"value":`)] = '9'
	e, err := explain.Read(parse(t, altered), nil)
	require.NoError(t, err)
	require.Contains(t, strings.Join(e.Wrong, "\n"), "the totals: benefit is 9")
}

func TestNothingInTheTraceIsLost(t *testing.T) {
	response, _ := decide(t, "07-quantity-cut-and-share.json")
	more := `{"url":"newThing","extension":[{"url":"rate","valueDecimal":1.25},{"url":"from","valueCoding":{"code":"USD","display":"US dollar"}},
		{"url":"paid","valueMoney":{"value":3.00,"currency":"USD"}},{"url":"by","valueReference":{"identifier":{"system":"urn:x","value":"7"}}},{"url":"at","valuePeriod":{"end":"2026-01-01"}}]}`
	altered := strings.Replace(string(response), `line-trace","extension":[`, `line-trace","extension":[`+more+`,`, 1)
	altered = strings.Replace(altered, `decision-basis","extension":[`, `decision-basis","extension":[`+strings.ReplaceAll(more, "newThing", "otherThing")+`,`, 1)
	altered = strings.Replace(altered, `{"url":"bearer"`, `{"url":"share","valueDecimal":0.5},{"url":"bearer"`, 1)
	e, err := explain.Read(parse(t, []byte(altered)), nil)
	require.NoError(t, err)
	got := strings.Join(strings.Fields(text(t, e)), " ")
	for _, name := range []string{"new thing", "other thing"} {
		require.Contains(t, got, name+" rate 1.25, from US dollar, paid 3.00 USD, by urn:x|7, at until 2026-01-01")
	}
	require.Contains(t, got, "share 0.5")
}

func TestDetailsAreSums(t *testing.T) {
	const details = `{"resourceType":"ClaimResponse","id":"r","status":"cancelled","type":{"text":"dental"},"use":"claim","patient":{"display":"somebody"},"created":"2026-01-01",
"insurer":{"reference":"Organization/i","display":"Insurer"},"outcome":"complete","item":[{"itemSequence":1,"adjudication":[{"category":{"text":"submitted"},"amount":{"value":3.00,"currency":"USD"}}],
"detail":[{"detailSequence":1,"adjudication":[{"category":{"text":"submitted"},"amount":{"value":1.00,"currency":"USD"}}]},
{"detailSequence":2,"noteNumber":[4],"adjudication":[{"category":{"text":"submitted"},"amount":{"value":SECOND,"currency":"USD"}}]}]}]}`
	for second, wrong := range map[string][]string{
		"2.00": nil, // another payer's, who gives no totals
		"1.50": nil, // a part was billed of the whole
		"2.50": {"line 1: submitted is 3.00, its lines add up to 3.50"},
	} {
		e, err := explain.Read(parse(t, []byte(strings.Replace(details, "SECOND", second, 1))), nil)
		require.NoError(t, err)
		require.Equal(t, wrong, e.Wrong)
		got := text(t, e)
		require.Contains(t, got, "Line 1.2")
		require.Contains(t, got, "CANCELLED; complete")
		require.Contains(t, got, "Organization/i (Insurer)")
		require.Contains(t, got, "note 4, which is missing")
	}
}

func TestOnlyResponsesAreExplained(t *testing.T) {
	_, err := explain.Read(parse(t, []byte(`{"resourceType":"Patient"}`)), nil)
	require.ErrorContains(t, err, "found a Patient")
}

func FuzzRead(f *testing.F) {
	response, claim := decide(f, "07-quantity-cut-and-share.json")
	f.Add(response, claim)
	f.Add([]byte(`{"resourceType":"ClaimResponse"}`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, response, claim []byte) {
		doc, issues := codec.Parse(response, codec.Limits{})
		if len(issues) > 0 || doc.Type() != "ClaimResponse" {
			return
		}
		billed, issues := codec.Parse(claim, codec.Limits{})
		if len(issues) > 0 {
			billed = nil
		}
		e, err := explain.Read(doc, billed)
		require.NoError(t, err)
		require.NoError(t, e.Write(&strings.Builder{}, 80))
	})
}

func TestTaxIsNoCut(t *testing.T) {
	const row = `{"category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"CODE"}]},"amount":{"value":AMOUNT,"currency":"USD"}}`
	rows := func(amounts ...string) string {
		all := make([]string, 0, len(amounts)/2)
		for i := 0; i < len(amounts); i += 2 {
			all = append(all, strings.NewReplacer("CODE", amounts[i], "AMOUNT", amounts[i+1]).Replace(row))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	figures := rows("submitted", "116.00", "eligible", "116.00", "benefit", "116.00", "tax", "16.00")
	for name, trace := range map[string]string{
		"traced": `"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/line-trace","extension":[{"url":"taxFactor","valueDecimal":0.16}]}],`, "untraced": "",
	} {
		t.Run(name, func(t *testing.T) {
			e, err := explain.Read(parse(t, []byte(`{"resourceType":"ClaimResponse","id":"r","status":"active","type":{"text":"x"},"use":"claim","patient":{"display":"x"},"created":"2026-01-01",
				"insurer":{"display":"x"},"outcome":"complete","item":[{`+trace+`"itemSequence":1,"adjudication":`+figures+`}],"total":`+figures+`}`)), nil)
			require.NoError(t, err)
			require.Empty(t, e.Wrong)
			got := text(t, e)
			require.NotContains(t, got, "-16.00")
			require.Equal(t, 2, strings.Count(got, "tax in the eligible amount"), got)
		})
	}
}
