package testrun

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/conformance/testscript"
)

// TestRequests: what each kind of operation sends (R4 testscript.html, value set testscript-operation-codes).
func TestRequests(t *testing.T) {
	for name, c := range map[string]struct{ operation, want string }{
		"read by params":             {`"type":{"code":"read"},"resource":"Patient","params":"/p1"`, "GET /r4/Patient/p1"},
		"read by target":             {`"type":{"code":"read"},"targetId":"one"`, "GET /r4/Patient/p1"},
		"read by url":                {`"type":{"code":"read"},"url":"` + base + `/Patient/x"`, "GET /r4/Patient/x"},
		"read by relative url":       {`"type":{"code":"read"},"url":"Patient/x"`, "GET /r4/Patient/x"},
		"vread":                      {`"type":{"code":"vread"},"targetId":"answer"`, "GET /r4/Patient/p1/_history/3"},
		"vread by params":            {`"type":{"code":"vread"},"resource":"Patient","params":"/p1/_history/2"`, "GET /r4/Patient/p1/_history/2"},
		"head":                       {`"type":{"code":"read"},"method":"head","targetId":"one"`, "HEAD /r4/Patient/p1"},
		"create":                     {`"type":{"code":"create"},"sourceId":"one"`, "POST /r4/Patient"},
		"create of another type":     {`"type":{"code":"create"},"resource":"Claim","sourceId":"one"`, "POST /r4/Claim"},
		"update by the body's id":    {`"type":{"code":"update"},"sourceId":"one"`, "PUT /r4/Patient/p1"},
		"update by params":           {`"type":{"code":"update"},"resource":"Patient","sourceId":"one","params":"/p9"`, "PUT /r4/Patient/p9"},
		"conditional update":         {`"type":{"code":"update"},"resource":"Patient","sourceId":"one","params":"?identifier=a|b"`, "PUT /r4/Patient?identifier=a%7Cb"},
		"updateCreate":               {`"type":{"code":"updateCreate"},"targetId":"answer","sourceId":"one"`, "PUT /r4/Patient/p1"},
		"patch":                      {`"type":{"code":"patch"},"targetId":"one","sourceId":"one"`, "PATCH /r4/Patient/p1"},
		"delete":                     {`"type":{"code":"delete"},"targetId":"one"`, "DELETE /r4/Patient/p1"},
		"deleteCondSingle":           {`"type":{"code":"deleteCondSingle"},"resource":"Patient","params":"?family=x"`, "DELETE /r4/Patient?family=x"},
		"history of one":             {`"type":{"code":"history"},"targetId":"one"`, "GET /r4/Patient/p1/_history"},
		"history of one by params":   {`"type":{"code":"history"},"resource":"Patient","params":"/p1/_history?_count=1"`, "GET /r4/Patient/p1/_history?_count=1"},
		"history of a type":          {`"type":{"code":"history"},"resource":"Patient","params":"?_count=1"`, "GET /r4/Patient/_history?_count=1"},
		"history of all":             {`"type":{"code":"history"},"params":"?_count=1"`, "GET /r4/_history?_count=1"},
		"search":                     {`"type":{"code":"search"},"resource":"Patient","params":"?family=Mwangi&given=A b"`, "GET /r4/Patient?family=Mwangi&given=A%20b"},
		"search without the mark":    {`"type":{"code":"search"},"resource":"Patient","params":"family=Mwangi"`, "GET /r4/Patient?family=Mwangi"},
		"search of all":              {`"type":{"code":"search"},"params":"?_type=Patient"`, "GET /r4?_type=Patient"},
		"search by POST":             {`"type":{"code":"search"},"resource":"Patient","method":"post","params":"?family=Mwangi"`, "POST /r4/Patient/_search"},
		"search by POST, spelt out":  {`"type":{"code":"search"},"resource":"Patient","method":"post","params":"/_search?family=Mwangi"`, "POST /r4/Patient/_search"},
		"search in a compartment":    {`"type":{"code":"search"},"resource":"Patient","params":"/p1/Claim?_count=1"`, "GET /r4/Patient/p1/Claim?_count=1"},
		"batch":                      {`"type":{"code":"batch"},"sourceId":"one"`, "POST /r4"},
		"transaction":                {`"type":{"code":"transaction"},"sourceId":"one"`, "POST /r4"},
		"capabilities":               {`"type":{"code":"capabilities"}`, "GET /r4/metadata"},
		"capabilities with params":   {`"type":{"code":"capabilities"},"params":"?_summary=true"`, "GET /r4/metadata?_summary=true"},
		"an operation":               {`"type":{"code":"$submit"},"resource":"Claim","sourceId":"one"`, "POST /r4/Claim/$submit"},
		"an operation by its code":   {`"type":{"code":"validate"},"sourceId":"one"`, "POST /r4/Patient/$validate"},
		"an operation in params":     {`"type":{"code":"everything"},"resource":"Patient","params":"/p1/$everything?_count=5"`, "GET /r4/Patient/p1/$everything?_count=5"},
		"an operation on one":        {`"type":{"code":"meta"},"targetId":"one"`, "GET /r4/Patient/p1/$meta"},
		"an operation on the system": {`"type":{"code":"$export"}`, "GET /r4/$export"},
		"a method and a url":         {`"method":"options","url":"metadata"`, "OPTIONS /r4/metadata"},
		"a variable in params":       {`"type":{"code":"search"},"resource":"Patient","params":"?a=${odd}&b=1"`, "GET /r4/Patient?a=x%2By%26%7C%20z&b=1"},
		"already encoded":            {`"type":{"code":"search"},"resource":"Patient","params":"?a=b%7Cc"`, "GET /r4/Patient?a=b%7Cc"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			r := run(t, s, Options{}, script(t, fixtures, `"variable":[{"name":"odd","defaultValue":"x+y&| z"}]`,
				`"test":[`+test(readPatient, `"operation":{`+c.operation+`}`)+`]`))
			require.Equal(t, Pass, r.Verdict, text(r.Tests))
			sent := s.got[1]
			require.Equal(t, c.want, sent.Method+" "+sent.URL.RequestURI())
		})
	}
}

// TestRefusedRequests: what is not sent, with the reason.
func TestRefusedRequests(t *testing.T) {
	for name, c := range map[string]struct{ operation, want string }{
		"another host":         {`"type":{"code":"read"},"url":"http://169.254.169.254/latest"`, "is at another server"},
		"another port":         {`"type":{"code":"read"},"url":"http://fhir.example.org:81/r4/Patient/1"`, "is at another server"},
		"another scheme":       {`"type":{"code":"read"},"url":"file:///etc/passwd"`, "is at another server"},
		"a user in the host":   {`"type":{"code":"read"},"url":"http://a@fhir.example.org/r4/Patient/1"`, "is at another server"},
		"nothing":              {`"type":{"code":"read"}`, "says neither"},
		"no id":                {`"type":{"code":"update"},"sourceId":"asked"`, "an update needs an id"},
		"no version":           {`"type":{"code":"vread"},"targetId":"one"`, "tells no version"},
		"no such variable":     {`"type":{"code":"read"},"resource":"Patient","params":"/${famly}"`, "no variable famly; it has family"},
		"no value":             {`"type":{"code":"read"},"resource":"Patient","params":"/${family}"`, "--variable family=Family name"},
		"itself":               {`"type":{"code":"read"},"resource":"Patient","params":"/${loop}"`, "needs itself"},
		"a header of two":      {`"type":{"code":"read"},"targetId":"one","requestHeader":[{"field":"X","value":"${lines}"}]`, "cannot be sent"},
		"a header with blanks": {`"type":{"code":"read"},"targetId":"one","requestHeader":[{"field":"X Y","value":"z"}]`, "cannot be sent"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			r := run(t, s, Options{}, script(t,
				`"contained":[{"resourceType":"Patient","id":"p1"}],"fixture":[
				{"id":"one","autocreate":false,"autodelete":false,"resource":{"reference":"#p1"}}]`,
				`"variable":[{"name":"family","hint":"[Family name]"},{"name":"loop","defaultValue":"a${loop}"},{"name":"lines","sourceId":"answer","expression":"Patient.name.first().family & '\\n'"}]`,
				`"test":[`+test(readPatient, `"operation":{`+c.operation+`}`)+`]`))
			require.Equal(t, []Verdict{Pass, Error}, verdicts(r), text(r.Tests))
			require.Contains(t, r.Tests[0].Steps[1].Message, c.want)
			require.Len(t, s.got, 1)
		})
	}
}

func TestHeaders(t *testing.T) {
	for name, c := range map[string]struct{ operation, header, want string }{
		"accept by default":           {`"type":{"code":"read"},"targetId":"one"`, "Accept", fhirJSON},
		"accept xml":                  {`"type":{"code":"read"},"targetId":"one","accept":"xml"`, "Accept", fhirXML},
		"accept a type":               {`"type":{"code":"read"},"targetId":"one","accept":"application/json"`, "Accept", "application/json"},
		"accept none":                 {`"type":{"code":"read"},"targetId":"one","accept":"none"`, "Accept", ""},
		"content type by default":     {`"type":{"code":"create"},"sourceId":"one"`, "Content-Type", fhirJSON},
		"content type json":           {`"type":{"code":"create"},"sourceId":"one","contentType":"json"`, "Content-Type", fhirJSON},
		"content type xml":            {`"type":{"code":"create"},"sourceId":"one","contentType":"xml"`, "Content-Type", fhirXML},
		"content type none":           {`"type":{"code":"create"},"sourceId":"one","contentType":"none"`, "Content-Type", ""},
		"content type of a form":      {`"type":{"code":"search"},"method":"post","resource":"Patient","params":"?a=b"`, "Content-Type", "application/x-www-form-urlencoded"},
		"no content type without one": {`"type":{"code":"read"},"targetId":"one","contentType":"json"`, "Content-Type", ""},
		"of the script":               {`"type":{"code":"read"},"targetId":"one","requestHeader":[{"field":"If-Match","value":"W/\"${v}\""}]`, "If-Match", `W/"3"`},
		"of the tester":               {`"type":{"code":"read"},"targetId":"one"`, "Authorization", "Bearer x"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			r := run(t, s, Options{Header: http.Header{"Authorization": {"Bearer x"}}}, script(t, fixtures,
				`"variable":[{"name":"v","sourceId":"answer","path":"Patient/meta/versionId"}]`, `"test":[`+test(readPatient, `"operation":{`+c.operation+`}`)+`]`))
			require.Equal(t, Pass, r.Verdict, text(r.Tests))
			require.Equal(t, c.want, s.got[1].Header.Get(c.header))
		})
	}
}

func TestXMLIsSent(t *testing.T) {
	s := &server{}
	run(t, s, Options{}, script(t, fixtures, `"test":[`+test(`"operation":{"type":{"code":"create"},"sourceId":"one","contentType":"xml"}`)+`]`))
	require.Contains(t, s.sent[0], `<family value="Mwangi"/>`)
}

// TestXMLFixtures: fixtures in XML are sent as they are, or as JSON where the script says so, to the address that they tell.
func TestXMLFixtures(t *testing.T) {
	s, err := testscript.Read("test.json", []byte(`{"resourceType":"TestScript","url":"http://example.org/t","name":"t","status":"active",
		"fixture":[{"id":"one","autocreate":true,"autodelete":true,"resource":{"reference":"one.xml"}}],"variable":[{"name":"family","defaultValue":"M & <N>"}],
		"test":[`+test(`"operation":{"type":{"code":"update"},"sourceId":"one","contentType":"json"}`)+`]}`), func(string) ([]byte, error) {
		return []byte(`<Patient xmlns="http://hl7.org/fhir"><id value="p1"/><name><family value="${family}"/></name></Patient>`), nil
	})
	require.NoError(t, err)
	to := &server{}
	r := run(t, to, Options{}, s)
	require.Equal(t, Pass, r.Verdict, text(r))
	require.Len(t, to.got, 3)
	require.Equal(t, "PUT /r4/Patient/p1", to.got[0].Method+" "+to.got[0].URL.Path)
	require.Equal(t, fhirXML, to.got[0].Header.Get("Content-Type"))
	require.Contains(t, to.sent[0], `<family value="M &amp; &lt;N&gt;"/>`)
	require.JSONEq(t, `{"resourceType":"Patient","id":"p1","name":[{"family":"M & <N>"}]}`, to.sent[1])
	require.Equal(t, "DELETE /r4/Patient/p1", to.got[2].Method+" "+to.got[2].URL.Path)
}
