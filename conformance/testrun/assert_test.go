package testrun

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAsserts: every kind of assert and every operator, where it holds, where it does not and where it makes no sense.
func TestAsserts(t *testing.T) {
	for name, c := range map[string]struct {
		assert string
		want   Verdict
	}{
		"response":                     {`"response":"okay"`, Pass},
		"response, another":            {`"response":"created"`, Fail},
		"response, not":                {`"response":"created","operator":"notEquals"`, Pass},
		"code":                         {`"responseCode":"200"`, Pass},
		"code, another":                {`"responseCode":"404"`, Fail},
		"code in":                      {`"responseCode":"200,201","operator":"in"`, Pass},
		"code not in a list":           {`"responseCode":"201, 204","operator":"in"`, Fail},
		"code notIn":                   {`"responseCode":"500,501","operator":"notIn"`, Pass},
		"code notIn, but it is":        {`"responseCode":"500,200","operator":"notIn"`, Fail},
		"code notEquals":               {`"responseCode":"200","operator":"notEquals"`, Fail},
		"code lessThan":                {`"responseCode":"300","operator":"lessThan"`, Pass},
		"code greaterThan":             {`"responseCode":"300","operator":"greaterThan"`, Fail},
		"content type":                 {`"contentType":"json"`, Pass},
		"content type in full":         {`"contentType":"application/fhir+json"`, Pass},
		"content type with charset":    {`"contentType":"application/fhir+json;charset=UTF-8"`, Pass},
		"content type, another":        {`"contentType":"xml"`, Fail},
		"content type of the request":  {`"contentType":"json","direction":"request"`, Fail},
		"resource":                     {`"resource":"Patient"`, Pass},
		"resource, another":            {`"resource":"Claim"`, Fail},
		"resource of a fixture":        {`"resource":"Patient","sourceId":"one"`, Pass},
		"resource of no body":          {`"resource":"Patient","sourceId":"asked"`, Fail},
		"header":                       {`"headerField":"ETag","value":"W/\"3\""`, Pass},
		"header, any case":             {`"headerField":"etag","operator":"notEmpty"`, Pass},
		"header, there by default":     {`"headerField":"ETag"`, Pass},
		"header, missing":              {`"headerField":"Last-Modified"`, Fail},
		"header, empty":                {`"headerField":"Last-Modified","operator":"empty"`, Pass},
		"header of the request":        {`"headerField":"Accept","direction":"request","operator":"contains","value":"json"`, Pass},
		"request method":               {`"requestMethod":"get"`, Pass},
		"request method, another":      {`"requestMethod":"post"`, Fail},
		"request URL":                  {`"requestURL":"` + base + `/Patient/p1"`, Pass},
		"request URL contains":         {`"requestURL":"/Patient/","operator":"contains"`, Pass},
		"request URL, another":         {`"requestURL":"/Claim/","operator":"contains"`, Fail},
		"expression, true":             {`"expression":"Patient.name.count() = 2"`, Pass},
		"expression, false":            {`"expression":"Patient.name.count() = 3"`, Fail},
		"expression, nothing":          {`"expression":"Patient.birthDate < today()"`, Fail},
		"expression, no condition":     {`"expression":"Patient.id"`, Error},
		"expression eval":              {`"expression":"Patient.name.exists()","operator":"eval"`, Pass},
		"expression equals":            {`"expression":"Patient.id","value":"p1"`, Pass},
		"expression, another value":    {`"expression":"Patient.id","value":"p2"`, Fail},
		"expression, several":          {`"expression":"Patient.name.family","value":"Mwangi"`, Fail},
		"expression contains":          {`"expression":"Patient.name.family","operator":"contains","value":"Otie"`, Pass},
		"expression notContains":       {`"expression":"Patient.name.family","operator":"notContains","value":"Otie"`, Fail},
		"expression in":                {`"expression":"Patient.name.family","operator":"in","value":"Mwangi,Otieno"`, Pass},
		"expression in, one is not":    {`"expression":"Patient.name.family","operator":"in","value":"Mwangi"`, Fail},
		"expression in, nothing":       {`"expression":"Patient.gender","operator":"in","value":"male,female"`, Fail},
		"expression notIn":             {`"expression":"Patient.name.family","operator":"notIn","value":"Kamau"`, Pass},
		"expression notEquals":         {`"expression":"Patient.gender","operator":"notEquals","value":"male"`, Pass},
		"expression empty":             {`"expression":"Patient.gender","operator":"empty"`, Pass},
		"expression empty, but not":    {`"expression":"Patient.id","operator":"empty"`, Fail},
		"expression notEmpty":          {`"expression":"Patient.id","operator":"notEmpty"`, Pass},
		"expression greaterThan":       {`"expression":"Patient.multipleBirth","operator":"greaterThan","value":"1.5"`, Pass},
		"expression lessThan":          {`"expression":"Patient.multipleBirth","operator":"lessThan","value":"10"`, Pass},
		"expression lessThan, not":     {`"expression":"Patient.multipleBirth","operator":"lessThan","value":"2"`, Fail},
		"expression with a variable":   {`"expression":"Patient.name.family contains '${family}'"`, Pass},
		"expression that is broken":    {`"expression":"Patient.name.("`, Error},
		"expression of the fixture":    {`"expression":"Patient.name.family","sourceId":"one","value":"Mwangi"`, Pass},
		"path":                         {`"path":"fhir:Patient/fhir:name/fhir:family/@value","value":"Otieno"`, Pass},
		"path, another value":          {`"path":"fhir:Patient/fhir:name[1]/fhir:family/@value","value":"Otieno"`, Fail},
		"path with a condition":        {`"path":"fhir:Patient/fhir:name[fhir:use/@value='official']","value":"x"`, Error},
		"path of JSON":                 {`"path":"$.name[1].family","value":"Otieno"`, Pass},
		"compared to a fixture":        {`"expression":"Patient.name.first().family","compareToSourceId":"one","compareToSourceExpression":"Patient.name.family"`, Pass},
		"compared by one expression":   {`"compareToSourceId":"one","compareToSourceExpression":"Patient.name.first().family","operator":"equals"`, Pass},
		"compared by path":             {`"path":"Patient/name/family","compareToSourceId":"one","compareToSourcePath":"Patient/name/family"`, Pass},
		"compared, and different":      {`"expression":"Patient.meta.versionId","compareToSourceId":"one","compareToSourceExpression":"Patient.id"`, Fail},
		"compared to nothing":          {`"expression":"Patient.id","compareToSourceId":"one","compareToSourceExpression":"Patient.gender"`, Error},
		"minimum":                      {`"minimumId":"one"`, Pass},
		"minimum, more than there is":  {`"minimumId":"more"`, Fail},
		"links of no Bundle":           {`"navigationLinks":true`, Fail},
		"profile of R4":                {`"validateProfileId":"patient"`, Pass},
		"profile of another resource":  {`"validateProfileId":"claim"`, Fail},
		"a profile that is not served": {`"validateProfileId":"strange"`, Fail},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			r := run(t, s, Options{}, script(t, `"contained":[{"resourceType":"Patient","id":"p1","name":[{"family":"Mwangi"}]},
				{"resourceType":"Patient","id":"p2","name":[{"family":"Mwangi","use":"official"}]}],
				"fixture":[{"id":"one","autocreate":false,"autodelete":false,"resource":{"reference":"#p1"}},{"id":"more","autocreate":false,"autodelete":false,"resource":{"reference":"#p2"}}],
				"profile":[{"id":"patient","reference":"http://hl7.org/fhir/StructureDefinition/Patient"},{"id":"claim","reference":"http://hl7.org/fhir/StructureDefinition/Claim"},
				{"id":"strange","reference":"http://example.org/StructureDefinition/strange"}],
				"variable":[{"name":"family","sourceId":"answer","expression":"Patient.name.last().family"}]`,
				`"test":[`+test(readPatient, `"assert":{`+c.assert+`}`)+`]`))
			if name == "a profile that is not served" { // it answered a Patient, which is no outcome: nothing wrong was found
				require.Equal(t, Pass, r.Tests[0].Steps[1].Verdict)
				require.Equal(t, "/r4/Patient/$validate?profile=http%3A%2F%2Fexample.org%2FStructureDefinition%2Fstrange", s.got[1].URL.RequestURI())
				return
			}
			require.Equal(t, c.want, r.Tests[0].Steps[1].Verdict, text(r.Tests[0].Steps[1]))
			require.Equal(t, c.want.Failed(), r.Verdict.Failed())
			if c.want.Failed() {
				require.NotEmpty(t, r.Tests[0].Steps[1].Message)
			}
		})
	}
}

func TestProfileOfTheServer(t *testing.T) {
	answers := map[string]struct {
		status int
		body   string
		want   Verdict
	}{
		"valid":       {200, `{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}`, Pass},
		"invalid":     {200, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invariant","diagnostics":"no"}]}`, Fail},
		"not offered": {404, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported"}]}`, Skip},
	}
	for name, c := range answers {
		t.Run(name, func(t *testing.T) {
			s := &server{answer: func(r *http.Request) *http.Response {
				if r.Method == http.MethodPost {
					return reply(c.status, c.body)
				}
				return reply(200, `{"resourceType":"Patient","id":"p1"}`)
			}}
			r := run(t, s, Options{}, script(t, `"profile":[{"id":"own","reference":"http://example.org/StructureDefinition/own"}]`,
				`"test":[`+test(readPatient, `"assert":{"validateProfileId":"own"}`)+`]`))
			require.Equal(t, c.want, r.Tests[0].Steps[1].Verdict, text(r.Tests))
		})
	}
}

func TestLinks(t *testing.T) {
	for name, c := range map[string]struct {
		links string
		want  Verdict
	}{
		"self and next": {`[{"relation":"self","url":"` + base + `/Patient"},{"relation":"next","url":"` + base + `?page=2"}]`, Pass},
		"none":          {`[]`, Fail},
		"no self":       {`[{"relation":"next","url":"` + base + `"}]`, Fail},
		"twice":         {`[{"relation":"self","url":"` + base + `"},{"relation":"self","url":"` + base + `"}]`, Fail},
		"no URL":        {`[{"relation":"self"}]`, Fail},
		"no relation":   {`[{"url":"` + base + `"}]`, Fail},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{answer: func(*http.Request) *http.Response {
				return reply(200, `{"resourceType":"Bundle","type":"searchset","link":`+c.links+`}`)
			}}
			r := run(t, s, Options{}, script(t, `"test":[`+test(readPatient, `"assert":{"navigationLinks":true}`)+`]`))
			require.Equal(t, c.want, r.Tests[0].Steps[1].Verdict, text(r.Tests))
		})
	}
}

func TestAnswersInXML(t *testing.T) {
	s := &server{answer: func(*http.Request) *http.Response {
		return reply(200, `<Patient xmlns="http://hl7.org/fhir"><id value="p1"/><name><family value="Mwangi"/></name></Patient>`, "Content-Type: application/fhir+xml")
	}}
	r := run(t, s, Options{}, script(t, fixtures, `"test":[`+test(readPatient, `"assert":{"contentType":"xml"}`, `"assert":{"resource":"Patient"}`,
		`"assert":{"path":"fhir:Patient/fhir:name/fhir:family/@value","value":"Mwangi"}`, `"assert":{"expression":"Patient.id","value":"p1"}`, `"assert":{"minimumId":"one"}`)+`]`))
	require.Equal(t, Pass, r.Verdict, text(r))
}
