package codec

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

// A difference is a class of resources on which Parse and google/fhir's own parser disagree on purpose. differences.md
// gives the reasons under the same names.
type difference struct {
	name string
	// example is one resource of the class.
	example string
	// covers says whether an issue of Parse belongs to the class; nil where it is the oracle that refuses.
	covers func(outcome.Issue) bool
	// objection matches what the oracle says where it is the one that refuses.
	objection *regexp.Regexp
	// needs is what a body must hold for the objection to be of the class.
	needs string
}

// basic wraps members into a resource that is valid without them.
func basic(members string) string {
	return `{"resourceType":"Basic","code":{"text":"x"},` + members + `}`
}

func withText(text string) func(outcome.Issue) bool {
	return func(i outcome.Issue) bool { return i.Text == text }
}

// withValue covers a value refused for its format; found tells which.
func withValue(expected string, found func(string) bool) func(outcome.Issue) bool {
	return func(i outcome.Issue) bool {
		return i.Text == "The value does not fit its type." && strings.HasPrefix(i.Expected, expected) && found(i.Found)
	}
}

func anything(string) bool { return true }

// differences are all classes. The order matters to nobody.
var differences = []difference{
	{name: "duplicate keys", example: basic(`"id":"a","id":"b"`), covers: withText("The element is given twice.")},
	{name: "upper-case keys", example: basic(`"Id":"a"`), covers: func(i outcome.Issue) bool {
		return i.Text == "There is no such element." && strings.HasPrefix(i.Expected, "perhaps")
	}},
	{name: "keys of google/fhir's own", example: basic(`"subject":{"fragment":"a"}`), covers: func(i outcome.Issue) bool {
		return i.Text == "There is no such element." && (i.Found == `"fragment"` || strings.HasSuffix(i.Found, `Id"`))
	}},
	{name: "null", example: basic(`"implicitRules":null`), covers: func(i outcome.Issue) bool { return i.Found == "null" }},
	{name: "extensions of ids and urls", example: basic(`"subject":{"display":"a","_id":{"extension":[{"url":"u","valueCode":"c"}]}}`), covers: func(i outcome.Issue) bool {
		return i.Text == "There is no such element." && (i.Found == `"_id"` || i.Found == `"_url"`)
	}},
	{name: "empty objects", example: basic(`"meta":{}`), covers: withText("An object may not be empty.")},
	{name: "empty arrays", example: basic(`"extension":[]`), covers: withText("An array may not be empty.")},
	{name: "empty strings", example: basic(`"implicitRules":""`), covers: withText("A string may not be empty.")},
	{name: "objects in the place of primitives", example: basic(`"implicitRules":{"extension":[{"url":"u","valueCode":"c"}]}`), covers: func(i outcome.Issue) bool {
		return i.Text == "The value has the wrong shape." && i.Found == "an object"
	}},
	{name: "scalars in the place of companions", example: basic(`"_implicitRules":"http://a.example"`), covers: func(i outcome.Issue) bool {
		return i.Text == "The value has the wrong shape." && strings.HasSuffix(i.Expected, "an object with id or extension")
	}},
	{name: "codes in another case", example: `{"resourceType":"Patient","gender":"Female"}`, covers: func(i outcome.Issue) bool {
		return i.Code == outcome.CodeInvalid && i.Text != "The currency is not in ISO 4217."
	}},
	{name: "currencies", example: basic(`"extension":[{"url":"u","valueMoney":{"currency":"XXKES"}}]`), covers: withText("The currency is not in ISO 4217.")},
	{name: "MIME types with stray blanks", example: `{"resourceType":"Binary","contentType":" text/plain"}`, covers: withValue(expectation[openCode], anything)},
	{name: "blanks within a group of base64", example: basic(`"extension":[{"url":"u","valueBase64Binary":"aG k="}]`), covers: withValue(expectation[base64Type], anything)},
	{name: "white space in a uri", example: basic(`"implicitRules":"http://a.example/ b"`), covers: func(i outcome.Issue) bool {
		return withValue(expectation[uriType], anything)(i) || withValue(expectation[canonicalType], anything)(i)
	}},
	{name: "blank strings", example: basic(`"author":{"display":" "}`), covers: withValue("a string with visible text", anything)},
	{name: "blank markdown", example: `{"resourceType":"Questionnaire","status":"draft","purpose":" "}`, covers: withValue("a markdown string", anything)},
	{name: "minus zero", example: basic(`"extension":[{"url":"u","valueInteger":-0}]`), covers: func(i outcome.Issue) bool { return i.Found == "-0" }},
	{name: "huge exponents", example: basic(`"extension":[{"url":"u","valueDecimal":1e-9999999}]`), covers: withValue(expectation[decimalType], anything)},
	{name: "year 0000", example: basic(`"created":"0000-01-01"`), covers: func(i outcome.Issue) bool { return strings.HasPrefix(i.Found, `"0000`) }},
	{name: "form of references", example: basic(`"subject":{"reference":"Foo/1"}`), covers: func(i outcome.Issue) bool {
		return i.Text == "The reference does not start with a resource type." || i.Text == "The id in the reference is not valid." ||
			i.Text == "The reference is not a URI." || i.Text == "The conditional reference has no query."
	}},
	{name: "type of absolute, conditional and local references", example: basic(`"author":{"reference":"http://a.example/Group/1"}`),
		covers: withText("The reference points to a resource of the wrong type.")},
	{name: "Reference.type", example: basic(`"subject":{"reference":"Group/1","type":"Patient"}`), covers: func(i outcome.Issue) bool {
		return i.Text == "The type contradicts the literal reference." || i.Text == "The type of the reference is no resource type."
	}},
	{name: "dangling local references", example: basic(`"subject":{"reference":"#x"}`), covers: withText("The reference is to a contained resource that is not there.")},
	{name: "incomplete contained resources", example: basic(`"contained":[{"resourceType":"Coverage","status":"active"}]`), covers: func(i outcome.Issue) bool {
		return strings.Contains(i.Expression, ".contained[") && (i.Code == outcome.Required || i.Code == outcome.Value)
	}},
	{name: "contained in contained", example: basic(`"contained":[{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"p"}]}]`),
		covers: withText("A contained resource may not contain resources itself (dom-2).")},
	{name: "contained resources of one id", example: basic(`"contained":[{"resourceType":"Patient","id":"p"},{"resourceType":"Patient","id":"p"}]`),
		covers: withText("Two contained resources have the same id.")},
	{name: "narrative", example: basic(`"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}`),
		covers: withText("The narrative is not the XHTML that FHIR allows (txt-1).")},
	{name: "half surrogate pairs", example: basic(`"author":{"display":"\ud83d"}`), covers: func(i outcome.Issue) bool { return strings.HasSuffix(i.Expected, "surrogates in pairs)") }},
	{name: "depth", example: basic(strings.Repeat(`"extension":[{"url":"u",`, 40) + `"id":"a"` + strings.Repeat(`}]`, 40)), covers: func(i outcome.Issue) bool { return i.Expected == "at most 64 levels" }},

	{name: "Parameters.parameter.resource", example: `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","active":true}}]}`,
		objection: regexp.MustCompile(`^error at "[^"]*Parameters\.parameter[^"]*": unknown field$`)},
	{name: "codes and ids with an extension only", example: `{"resourceType":"Patient","communication":[{"language":{"coding":[{"_code":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}]}}]}`,
		objection: regexp.MustCompile(`": invalid (Code|Id|Oid|Uuid) format$`)},
	{name: "nulls in arrays of numbers and times", example: `{"resourceType":"ClaimResponse","status":"active","type":{"text":"x"},"use":"claim","patient":{"display":"x"},"created":"2026","insurer":{"display":"x"},"outcome":"complete","item":[{"itemSequence":1,"noteNumber":[1,2],"_noteNumber":[null,{"id":"n"}],"adjudication":[{"category":{"text":"x"}}]}]}`,
		objection: regexp.MustCompile(`^error at "[^"]*\._?[a-zA-Z]+\[\d+\]": (expected|invalid) `), needs: "null"},
	{name: "base64 with line breaks", example: basic(`"extension":[{"url":"u","valueBase64Binary":"aGVs\nbG8h"}]`), objection: regexp.MustCompile(`": expected binary data$`)},
	{name: "decimals beyond float64", example: basic(`"extension":[{"url":"u","valueDecimal":1e400}]`), objection: regexp.MustCompile(`^invalid JSON$`)},
}

func TestEachDifference(t *testing.T) {
	o := newOracle(t)
	reasons, err := os.ReadFile("differences.md")
	require.NoError(t, err)
	for _, d := range differences {
		t.Run(d.name, func(t *testing.T) {
			require.Contains(t, string(reasons), "**"+d.name+"**", "differences.md does not give the reason")
			_, issues := Parse([]byte(d.example), Limits{})
			objection := o.check([]byte(d.example))
			if d.covers == nil {
				require.Empty(t, issues)
				require.Error(t, objection)
				require.True(t, isKnownObjection(d.example, objection), objection)
				return
			}
			require.NoError(t, objection)
			require.NotEmpty(t, issues)
			for _, i := range issues {
				require.True(t, d.covers(i), "%+v", i)
			}
		})
	}
}
