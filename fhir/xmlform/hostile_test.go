package xmlform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

const fhirNS = ` xmlns="http://hl7.org/fhir"`

func TestRead(t *testing.T) {
	cases := []struct{ name, xml, want string }{
		{"declaration, byte order mark, comments, instructions and white space are no content",
			"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?>\n<!-- a --><?xml-stylesheet href=\"x\"?>\r\n<Patient" + fhirNS + ">\n <!-- b --> <active value='true' /> <?p i?></Patient>\n<!-- c -->",
			`{"resourceType":"Patient","active":true}`},
		{"a prefix for FHIR, another for XHTML",
			`<f:Basic xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><f:text><f:status value="empty"/>` +
				`<h:div id="a"><h:br/><h:b >x</h:b ></h:div></f:text><f:code><f:text value="c"/></f:code></f:Basic>`,
			`{"resourceType":"Basic","text":{"status":"empty","div":"<div id=\"a\" xmlns=\"http://www.w3.org/1999/xhtml\"><br/><b >x</b ></div>"},"code":{"text":"c"}}`},
		{"the schema's location is ignored",
			`<Patient` + fhirNS + ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir ../patient.xsd"><id value="a"/></Patient>`,
			`{"resourceType":"Patient","id":"a"}`},
		{"references, and white space that is not numbered",
			`<Basic` + fhirNS + `><code><text value="&lt;&#x26;&#233;&#10;&quot;&apos;\ a` + "\r\n\tb" + `"/></code></Basic>`,
			`{"resourceType":"Basic","code":{"text":"<&é\n\"'\\ a  b"}}`},
		{"repeated primitives with gaps",
			`<Patient` + fhirNS + `><name><given id="a"/><given value="B"/><given id="c" value="C"><extension url="u"><valueCode value="x"/></extension></given><given value="D"/></name></Patient>`,
			`{"resourceType":"Patient","name":[{"given":[null,"B","C","D"],"_given":[{"id":"a"},null,{"id":"c","extension":[{"url":"u","valueCode":"x"}]},null]}]}`},
		{"nothing but gaps",
			`<Patient` + fhirNS + `><name><given id="a"/></name><birthDate id="b"></birthDate></Patient>`,
			`{"resourceType":"Patient","name":[{"_given":[{"id":"a"}]}],"_birthDate":{"id":"b"}}`},
		{"extensions within extensions of primitives",
			`<Patient` + fhirNS + `><gender value="male"><extension url="u"><extension url="v"><valueString value="s"><extension url="w"><valueCode value="c"/></extension></valueString></extension></extension></gender></Patient>`,
			`{"resourceType":"Patient","gender":"male","_gender":{"extension":[{"url":"u","extension":[{"url":"v","valueString":"s","_valueString":{"extension":[{"url":"w","valueCode":"c"}]}}]}]}}`},
		{"numbers keep their digits, and what is none becomes a string for the codec",
			`<Observation` + fhirNS + `><component><valueQuantity><value value="-0.500E+3"/></valueQuantity></component><component><valueInteger value="01"/></component><component><valueBoolean value="TRUE"/></component></Observation>`,
			`{"resourceType":"Observation","component":[{"valueQuantity":{"value":-0.500E+3}},{"valueInteger":"01"},{"valueBoolean":"TRUE"}]}`},
		{"resources within",
			`<Bundle` + fhirNS + `><entry><resource><Patient><id value="a"/></Patient></resource></entry><entry><resource>` +
				`<Parameters><parameter><name value="n"/><resource><Basic><contained><Patient/></contained></Basic></resource></parameter></Parameters></resource></entry></Bundle>`,
			`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a"}},{"resource":{"resourceType":"Parameters","parameter":[` +
				`{"name":"n","resource":{"resourceType":"Basic","contained":[{"resourceType":"Patient"}]}}]}}]}`},
		{"a narrative as it stands, line ends and CDATA aside",
			`<Basic` + fhirNS + `><text><div xmlns='http://www.w3.org/1999/xhtml'><!-- c --><p title="&quot;">a` + "\r\n" + `&#13;&nbsp;`[:5] + `<![CDATA[<&]]></p></div></text></Basic>`,
			`{"resourceType":"Basic","text":{"div":"<div xmlns='http://www.w3.org/1999/xhtml'><!-- c --><p title=\"&quot;\">a\n\r&lt;&amp;</p></div>"}}`},
		{"an element of R4 that is called resourceType",
			`<ExampleScenario` + fhirNS + `><instance><resourceId value="a"/><resourceType value="Claim"/></instance></ExampleScenario>`,
			`{"resourceType":"ExampleScenario","instance":[{"resourceId":"a","resourceType":"Claim"}]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, issues := Read([]byte(c.xml), codec.Limits{})
			require.Empty(t, issues)
			require.Equal(t, c.want, string(got))
		})
	}
}

// TestWrongXML demands that each thing that is wrong is named with its element and its place.
func TestWrongXML(t *testing.T) {
	cases := []struct{ name, xml, element, text string }{
		{"nothing", "", "", "broken at byte 0 (line 1, column 1)"},
		{"JSON", `{"resourceType":"Patient"}`, "", "broken at byte 0"},
		{"cut off", `<Patient` + fhirNS + `><name>` + "\n", "Patient.name[0]", "broken at byte 44 (line 2, column 1)"},
		{"crossing tags", `<Patient` + fhirNS + `><name></Patient></name>`, "Patient.name[0]", "broken at byte 43"},
		{"two roots", `<Patient` + fhirNS + `/><Patient` + fhirNS + `/>`, "Patient", "broken at byte 38"},
		{"text behind the root", `<Patient` + fhirNS + `/>x`, "Patient", "broken"},
		{"an attribute twice", `<Patient` + fhirNS + `><active value="true" value="false"/></Patient>`, "Patient", "broken"},
		{"an attribute without quotes", `<Patient` + fhirNS + `><active value=true/></Patient>`, "Patient", "broken"},
		{"an unknown entity", `<Patient` + fhirNS + `><language value="&nbsp;"/></Patient>`, "Patient", "broken"},
		{"a character that XML has none of", `<Patient` + fhirNS + `><language value="&#0;"/></Patient>`, "Patient", "broken"},
		{"a control character", `<Patient` + fhirNS + `><language value="` + "\x01" + `"/></Patient>`, "", "broken"},
		{"not UTF-8", `<Patient` + fhirNS + `><language value="` + "\xff" + `"/></Patient>`, "", "broken"},
		{"a less-than sign in a value", `<Patient` + fhirNS + `><language value="<"/></Patient>`, "Patient", "broken"},
		{"the end of a section in text", `<Patient` + fhirNS + `>]]></Patient>`, "Patient", "broken"},
		{"a comment with hyphens", `<!-- a -- b --><Patient` + fhirNS + `/>`, "", "broken"},
		{"another version of XML", `<?xml version="1.1"?><Patient` + fhirNS + `/>`, "", "broken at byte 0"},
		{"a declaration without an end", `<?xml version="1.0"`, "", "broken at byte 0"},
		{"a declaration with more", `<?xml version="1.0" encoding="utf-8" a="b"?><Patient` + fhirNS + `/>`, "", "broken at byte 0"},
		{"a declaration behind the beginning", ` <?xml version="1.0"?><Patient` + fhirNS + `/>`, "", "broken"},
		{"an instruction without a name", `<? a?><Patient` + fhirNS + `/>`, "", "broken at byte 0"},
		{"an instruction without an end", `<?a>`, "", "broken at byte 0"},
		{"a name with two colons", `<a:b:Patient` + fhirNS + `/>`, "", "broken at byte 0"},
		{"a prefix without a name", `<a:` + fhirNS + `/>`, "", "broken at byte 0"},
		{"a name beyond ASCII", `<Pätient` + fhirNS + `/>`, "", "broken"},
		{"a document type", `<!DOCTYPE Patient SYSTEM "file:///etc/passwd"><Patient` + fhirNS + `/>`, "", "Document types"},
		{"an internal subset", `<!DOCTYPE a [<!ENTITY b "&c;">]><Patient` + fhirNS + `/>`, "", "Document types"},
		{"UTF-16", "\xFF\xFE<\x00P\x00", "", "encoding"},
		{"Latin 1", `<?xml version="1.0" encoding='ISO-8859-1'?><Patient` + fhirNS + `/>`, "", "encoding"},
		{"no namespace", `<Patient/>`, "Patient", "wrong namespace"},
		{"another namespace", `<Patient xmlns="urn:hl7-org:v3"/>`, "Patient", "wrong namespace"},
		{"an unbound prefix", `<Patient` + fhirNS + `><f:active value="true"/></Patient>`, "Patient.active", "wrong namespace"},
		{"another namespace within", `<Patient` + fhirNS + `><active xmlns="http://example.org" value="true"/></Patient>`, "Patient.active", "wrong namespace"},
		{"a narrative in FHIR's namespace", `<Patient` + fhirNS + `><text><div/></text></Patient>`, "Patient.text.div", "wrong namespace"},
		{"FHIR within a narrative", `<Patient` + fhirNS + `><text><div xmlns="http://www.w3.org/1999/xhtml"><active` + fhirNS + `/></div></text></Patient>`, "Patient.text.div", "wrong namespace"},
		{"an unknown resource", `<Patients` + fhirNS + `/>`, "Patients", "no resource type"},
		{"an unknown resource within", `<Patient` + fhirNS + `><contained><Foo/></contained></Patient>`, "Patient.contained[0]", "no resource type"},
		{"no resource", `<Patient` + fhirNS + `><contained> </contained></Patient>`, "Patient.contained[0]", "holds no resource"},
		{"two resources", `<Patient` + fhirNS + `><contained><Basic/><Basic/></contained></Patient>`, "Patient.contained[0]", "more than one"},
		{"an unknown element", `<Patient` + fhirNS + `><name/><name><famly value="x"/></name></Patient>`, "Patient.name[1].famly", "no such element"},
		{"how JSON says what a resource is", `<Patient` + fhirNS + `><resourceType value="Patient"/></Patient>`, "Patient.resourceType", "no such element"},
		{"how JSON writes extensions", `<Patient` + fhirNS + `><_birthDate/></Patient>`, "Patient", "no such element"},
		{"a choice without its type", `<Patient` + fhirNS + `><deceased value="true"/></Patient>`, "Patient.deceased", "no such element"},
		{"an id as an element", `<Patient` + fhirNS + `><name><id value="a"/></name></Patient>`, "Patient.name[0].id", "an attribute"},
		{"a url as an element", `<Patient` + fhirNS + `><extension><url value="a"/></extension></Patient>`, "Patient.extension[0].url", "an attribute"},
		{"a resource's id as an attribute", `<Patient` + fhirNS + ` id="a"/>`, "Patient", "no such attribute"},
		{"an unknown attribute", `<Patient` + fhirNS + `><active value="true" unit="x"/></Patient>`, "Patient.active", "no such attribute"},
		{"a value on a complex element", `<Patient` + fhirNS + `><name value="x"/></Patient>`, "Patient.name[0]", "no such attribute"},
		{"a url on another element", `<Patient` + fhirNS + `><name url="x"/></Patient>`, "Patient.name[0]", "no such attribute"},
		{"text", `<Patient` + fhirNS + `><active>true</active></Patient>`, "Patient.active", "text between elements"},
		{"a section", `<Patient` + fhirNS + `><![CDATA[ ]]></Patient>`, "Patient", "text between elements"},
		{"nothing in a primitive", `<Patient` + fhirNS + `><active/></Patient>`, "Patient.active", "may not be empty"},
		{"the wrong order", `<Patient` + fhirNS + `><birthDate value="1990"/><gender value="male"/></Patient>`, "Patient.gender", "order of elements"},
		{"elements of one name apart", `<Patient` + fhirNS + `><name/><gender value="male"/><name/></Patient>`, "Patient.name", "order of elements"},
		{"an element twice", `<Patient` + fhirNS + `><gender value="male"/><gender value="male"/></Patient>`, "Patient.gender", "given twice"},
		{"two types of a choice", `<Patient` + fhirNS + `><deceasedBoolean value="true"/><deceasedDateTime value="2020"/></Patient>`, "Patient.deceased", "order of elements"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			json, issues := Read([]byte(c.xml), codec.Limits{})
			require.Nil(t, json)
			require.NotEmpty(t, issues)
			require.Equal(t, c.element, issues[0].Expression, "%+v", issues)
			require.Contains(t, issues[0].Text, c.text)
			require.NotEmpty(t, issues[0].Found)
			require.NotEmpty(t, issues[0].Expected)
		})
	}
}

func TestSeveralProblemsAreReportedAtOnce(t *testing.T) {
	_, issues := Read([]byte(`<Patient`+fhirNS+`><actve value="true"/><name colour="red"><given/></name><birthDate>1990</birthDate></Patient>`), codec.Limits{})
	var elements []string
	for _, i := range issues {
		elements = append(elements, i.Expression)
	}
	require.Equal(t, []string{"Patient.actve", "Patient.name[0]", "Patient.name[0].given[0]", "Patient.birthDate", "Patient.birthDate"}, elements)
	require.Equal(t, `perhaps "active"`, issues[0].Expected)
	require.Contains(t, issues[2].Text, "(line 1, column 78)")
}

func TestExcessIsRefused(t *testing.T) {
	nested := func(n int) string {
		return `<Patient` + fhirNS + `>` + strings.Repeat(`<extension url="u">`, n) + strings.Repeat(`</extension>`, n) + `</Patient>`
	}
	var attributes, bindings strings.Builder
	for i := range 100 {
		fmt.Fprintf(&attributes, ` a%d=""`, i)
		if i < 60 {
			fmt.Fprintf(&bindings, ` xmlns:a%d=""`, i)
		}
	}
	cases := []struct{ name, xml, code string }{
		{"depth", nested(1_000_000), outcome.TooCostly},
		{"attributes", `<Patient` + fhirNS + attributes.String() + `/>`, outcome.TooCostly},
		{"namespaces", `<Patient` + fhirNS + bindings.String() + `><name` + bindings.String() + `/></Patient>`, outcome.TooCostly},
		{"problems", `<Patient` + fhirNS + `>` + strings.Repeat(`<x/>`, 10_000) + `</Patient>`, outcome.Structure},
		{"size", `<Patient` + fhirNS + `>` + strings.Repeat(" ", 32<<20) + `</Patient>`, outcome.TooLong},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, issues := Read([]byte(c.xml), codec.Limits{MaxBytes: 32 << 20})
			require.NotEmpty(t, issues)
			require.LessOrEqual(t, len(issues), 52)
			require.Equal(t, c.code, issues[0].Code, "%+v", issues[0])
		})
	}
	_, issues := Read([]byte(nested(50)), codec.Limits{})
	require.Empty(t, issues)
}
