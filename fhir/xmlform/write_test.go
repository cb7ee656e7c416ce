package xmlform

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

func parse(t testing.TB, body string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func TestAppend(t *testing.T) {
	cases := []struct{ name, json, xml string }{
		{"elements in order of definition, not of the JSON",
			`{"birthDate":"1990","gender":"male","id":"a","active":true,"resourceType":"Patient","name":[{"given":["G"],"family":"F"}]}`,
			`<Patient xmlns="http://hl7.org/fhir"><id value="a"/><active value="true"/><name><family value="F"/><given value="G"/></name>` +
				`<gender value="male"/><birthDate value="1990"/></Patient>`},
		{"nothing but a type", `{"resourceType":"Patient"}`, `<Patient xmlns="http://hl7.org/fhir"/>`},
		{"ids of elements and urls of extensions are attributes",
			`{"resourceType":"Patient","extension":[{"id":"e","url":"http://x.org","valueDecimal":1.50}],"name":[{"id":"n","text":"T"}]}`,
			`<Patient xmlns="http://hl7.org/fhir"><extension id="e" url="http://x.org"><valueDecimal value="1.50"/></extension>` +
				`<name id="n"><text value="T"/></name></Patient>`},
		{"an element with an id alone", `{"resourceType":"Patient","name":[{"id":"n"}]}`,
			`<Patient xmlns="http://hl7.org/fhir"><name id="n"/></Patient>`},
		{"what stands beside a primitive",
			`{"resourceType":"Patient","birthDate":"1990-05-01","_birthDate":{"id":"b","extension":[{"url":"http://x.org","valueTime":"10:00:00"}]},` +
				`"_gender":{"id":"g"}}`,
			`<Patient xmlns="http://hl7.org/fhir"><gender id="g"/><birthDate id="b" value="1990-05-01">` +
				`<extension url="http://x.org"><valueTime value="10:00:00"/></extension></birthDate></Patient>`},
		{"arrays of primitives with nulls",
			`{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"b"},{"id":"c"}]}]}`,
			`<Patient xmlns="http://hl7.org/fhir"><name><given value="A"/><given id="b"/><given id="c" value="C"/></name></Patient>`},
		{"only what stands beside them",
			`{"resourceType":"Patient","name":[{"_given":[{"id":"a"},{"id":"b"}]}]}`,
			`<Patient xmlns="http://hl7.org/fhir"><name><given id="a"/><given id="b"/></name></Patient>`},
		{"contained resources, narrative, decimals as they are written",
			`{"resourceType":"Observation","status":"final","code":{"text":"c"},"valueQuantity":{"value":1.00e2},` +
				`"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &amp; b</p></div>"},` +
				`"contained":[{"resourceType":"Patient","id":"p"}],"subject":{"display":"d","type":"Patient","reference":"#p"}}`,
			`<Observation xmlns="http://hl7.org/fhir"><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div></text>` +
				`<contained><Patient><id value="p"/></Patient></contained><status value="final"/><code><text value="c"/></code>` +
				`<subject><reference value="#p"/><type value="Patient"/><display value="d"/></subject><valueQuantity><value value="1.00e2"/></valueQuantity></Observation>`},
		{"Bundle and Parameters",
			`{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:7c5f3fe8-0a4a-4b6e-a8ee-0b3f1f0d2b11","resource":{"resourceType":"Parameters","parameter":[` +
				`{"name":"resource","resource":{"resourceType":"Patient","id":"p"}},{"name":"n","valueBoolean":false}]}}]}`,
			`<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><fullUrl value="urn:uuid:7c5f3fe8-0a4a-4b6e-a8ee-0b3f1f0d2b11"/><resource><Parameters>` +
				`<parameter><name value="resource"/><resource><Patient><id value="p"/></Patient></resource></parameter>` +
				`<parameter><name value="n"/><valueBoolean value="false"/></parameter></Parameters></resource></entry></Bundle>`},
		{"what XML would mistake",
			`{"resourceType":"Basic","code":{"text":"<a href=\"x\">&'\n\t\r\u00e9\uFFFE"}}`,
			`<Basic xmlns="http://hl7.org/fhir"><code><text value="&lt;a href=&quot;x&quot;>&amp;'&#10;&#9;&#13;é` + "\uFFFD" + `"/></code></Basic>`},
		{"what XML would mistake in a narrative",
			`{"resourceType":"Basic","code":{"text":"c"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\" title=']]>\r\n\t'\r>a]]>\r\n<!-- ]]> --></div>"}}`,
			`<Basic xmlns="http://hl7.org/fhir"><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml" title=']]>&#13;&#10;&#9;'` + "\r" +
				`>a]]&gt;&#13;` + "\n" + `<!-- ]]> --></div></text><code><text value="c"/></code></Basic>`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, declaration+c.xml, string(Append(nil, parse(t, c.json))))
		})
	}
}

func TestAppendIndented(t *testing.T) {
	doc := parse(t, `{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a\n b</div>"},`+
		`"contained":[{"resourceType":"Basic","id":"b","code":{"text":"c"}}],"_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}}`)
	require.Equal(t, declaration+`
<Patient xmlns="http://hl7.org/fhir">
  <text>
    <status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml">a
 b</div>
  </text>
  <contained>
    <Basic>
      <id value="b"/>
      <code>
        <text value="c"/>
      </code>
    </Basic>
  </contained>
  <birthDate>
    <extension url="u">
      <valueCode value="c"/>
    </extension>
  </birthDate>
</Patient>
`, string(AppendIndented(nil, doc)))
}

// BenchmarkAppend writes the sample ClaimResponse, as an answer in XML does: its JSON indexed anew, and then written.
func BenchmarkAppend(b *testing.B) {
	body, err := os.ReadFile("../codec/testdata/samples/claim-response.json")
	require.NoError(b, err)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		doc, _ := codec.ParseOwn(body)
		Append(make([]byte, 0, 2*len(body)), doc)
	}
}

// BenchmarkAppendClaim writes a claim of ten items.
func BenchmarkAppendClaim(b *testing.B) {
	body, err := os.ReadFile("../codec/testdata/claim-10-items.json")
	require.NoError(b, err)
	doc, _ := codec.ParseOwn(body)
	buf := make([]byte, 0, 4*len(body))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		Append(buf, doc)
	}
}

// BenchmarkRead reads the same claim in XML.
func BenchmarkRead(b *testing.B) {
	body, err := os.ReadFile("../codec/testdata/claim-10-items.json")
	require.NoError(b, err)
	doc, _ := codec.ParseOwn(body)
	xml := Append(nil, doc)
	b.SetBytes(int64(len(xml)))
	b.ReportAllocs()
	for b.Loop() {
		Read(xml, codec.Limits{})
	}
}
