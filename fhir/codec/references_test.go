package codec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLiteralReferences(t *testing.T) {
	const (
		form   = "The reference does not start with a resource type."
		id     = "The id in the reference is not valid."
		target = "The reference points to a resource of the wrong type."
		uri    = "The reference is not a URI."
	)
	for literal, flaw := range map[string]string{
		"Patient/1":              "",
		"Patient/a-b.C":          "",
		"Patient/1/_history/2":   "",
		"Patient?identifier=a|b": "",
		"urn:uuid:c757873d-ec9a-4326-a141-556f43239520": "",
		"urn:oid:1.2.3":                              "",
		"http://a.example/fhir/Patient/1":            "",
		"http://a.example/fhir/Patient/1/_history/2": "",
		"http://a.example/anything?x=Group/1":        "",
		"https://a.example/fhir/NotAType/1":          "",
		"ldap://a.example/Group/1":                   "",
		"Foo/1":                                      form,
		"patient/1":                                  form,
		"/Patient/1":                                 form,
		"1":                                          form,
		"Patient":                                    id,
		"Patient/":                                   id,
		"Patient/a_b!":                               id,
		"Patient/" + strings.Repeat("x", 65):         id,
		"Patient/1/2":                                id,
		"Patient/1/_history/":                        id,
		"Patient/1/_history/a_b":                     id,
		"Patient/1#frag":                             id,
		"Patient?":                                   "The conditional reference has no query.",
		"Group/1":                                    target,
		"Group/1/_history/2":                         target,
		"Group?identifier=1":                         target,
		"http://a.example/fhir/Group/1":              target,
		"http://a.example/fhir/Group/1/_history/2": target,
		"http://a b/Patient/1":                     uri,
		"http://[::1/Patient/1":                    uri,
		"#nobody":                                  "The reference is to a contained resource that is not there.",
		"#":                                        "",
	} {
		t.Run(literal, func(t *testing.T) {
			_, issues := Parse([]byte(strings.Replace(soundClaim, "Patient/1", literal, 1)), Limits{})
			if flaw == "" {
				require.Empty(t, issues)
				return
			}
			require.Len(t, issues, 1)
			require.Equal(t, "Claim.patient.reference", issues[0].Expression)
			require.Equal(t, "value", issues[0].Code)
			require.Equal(t, flaw, issues[0].Text)
		})
	}
}

func TestReferenceType(t *testing.T) {
	for name, test := range map[string]struct {
		reference string
		want      []brief
	}{
		"agrees":              {`{"reference":"Organization/1","type":"Organization"}`, nil},
		"agrees, as URL":      {`{"type":"http://hl7.org/fhir/StructureDefinition/Organization","reference":"Organization/1"}`, nil},
		"alone":               {`{"type":"Practitioner","identifier":{"value":"7"}}`, nil},
		"logical model":       {`{"type":"http://a.example/StructureDefinition/Vet","display":"V"}`, nil},
		"beside a urn":        {`{"type":"Organization","reference":"urn:oid:1.2"}`, nil},
		"contradicts":         {`{"reference":"Organization/1","type":"Practitioner"}`, []brief{{"value", "Claim.provider.type", `"Practitioner"`, "Organization"}}},
		"contradicts the URL": {`{"reference":"http://a.example/Organization/1","type":"Practitioner"}`, []brief{{"value", "Claim.provider.type", `"Practitioner"`, "Organization"}}},
		"no target":           {`{"type":"Patient","display":"P"}`, []brief{{"value", "Claim.provider.type", "a Reference to Patient", "a Reference to Practitioner, PractitionerRole, Organization"}}},
		"no type":             {`{"type":"Vet","display":"V"}`, []brief{{"value", "Claim.provider.type", `"Vet"`, "a resource type of R4"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, issues := Parse([]byte(strings.Replace(soundClaim, `{"reference":"Organization/1"}`, test.reference, 1)), Limits{})
			require.Equal(t, test.want, briefs(issues))
		})
	}
}

func TestContainedResources(t *testing.T) {
	const (
		ward    = `{"resourceType":"Organization","id":"w","name":"Ward"}`
		patient = `{"resourceType":"Patient","id":"p","active":true}`
	)
	within := func(contained string) string {
		return strings.Replace(soundClaim, `"status"`, `"contained":[`+contained+`],"status"`, 1)
	}
	refer := func(body, literal string) string {
		return strings.Replace(body, "Organization/1", literal, 1)
	}
	for name, test := range map[string]struct {
		body string
		want []brief
	}{
		"referred to":                   {refer(within(ward), "#w"), nil},
		"never referred to":             {within(ward), nil},
		"without id":                    {within(`{"resourceType":"Organization","name":"Ward"}`), nil},
		"referring to each other":       {refer(within(`{"resourceType":"Organization","id":"a","name":"A","partOf":{"reference":"#b"}},{"resourceType":"Organization","id":"b","name":"B"}`), "#a"), nil},
		"contained after the reference": {strings.TrimSuffix(refer(soundClaim, "#w"), "}") + `,"contained":[` + ward + `]}`, nil},
		"with escapes":                  {refer(within(strings.Replace(ward, `"w"`, `"\u0077"`, 1)), `#\u0077`), nil},
		"dangling":                      {refer(within(ward), "#x"), []brief{{"value", "Claim.provider.reference", `"#x"`, `a contained resource with the id "x"`}}},
		"of the wrong type":             {refer(within(patient), "#p"), []brief{{"value", "Claim.provider.reference", "a Reference to Patient", "a Reference to Practitioner, PractitionerRole, Organization"}}},
		"dangling inside contained":     {within(`{"resourceType":"Organization","id":"a","name":"A","partOf":{"reference":"#b"}}`), []brief{{"value", "Claim.contained[0].partOf.reference", `"#b"`, `a contained resource with the id "b"`}}},
		"same id twice":                 {within(ward + "," + ward), []brief{{"structure", "Claim.contained[1].id", `"w"`, "an id of its own for each"}}},
		"incomplete":                    {within(ward + `,{"resourceType":"Coverage","id":"c","status":"active"}`), []brief{{"required", "Claim.contained[1].beneficiary", "nothing", `"beneficiary"`}, {"required", "Claim.contained[1].payor", "nothing", `"payor"`}}},
		"in contained":                  {within(`{"resourceType":"Patient","id":"p","contained":[` + ward + `]}`), []brief{{"structure", "Claim.contained[0].contained[0]", "contained inside contained", "all contained resources side by side in the outer resource"}}},
		"unknown type":                  {within(ward + `,{"resourceType":"Organisation"}`), []brief{{"structure", "Claim.contained[1].resourceType", `"Organisation"`, `perhaps "Organization"`}}},
		"no type":                       {within(`{"id":"x"}`), []brief{{"structure", "Claim.contained[0].resourceType", "no resourceType", "a resourceType of R4, such as Claim"}}},
		"type no string":                {within(`{"resourceType":7}`), []brief{{"structure", "Claim.contained[0].resourceType", "no resourceType", "a resourceType of R4, such as Claim"}}},
		"no object":                     {within(`"x"`), []brief{{"structure", "Claim.contained[0]", "a string", "a resource"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, issues := Parse([]byte(test.body), Limits{})
			require.Equal(t, test.want, briefs(issues))
		})
	}
}

func TestEachBundleEntryHasItsOwnContainedResources(t *testing.T) {
	entry := func(contained, literal string) string {
		return `{"resource":{"resourceType":"Basic","code":{"text":"x"},` + contained + `"subject":{"reference":"` + literal + `"}}}`
	}
	const own = `"contained":[{"resourceType":"Patient","id":"p"}],`
	_, issues := Parse([]byte(`{"resourceType":"Bundle","type":"collection","entry":[`+entry(own, "#p")+`,`+entry("", "#p")+`,`+entry(own, "#p")+`]}`), Limits{})
	require.Equal(t, []brief{{"value", "Bundle.entry[1].resource.subject.reference", `"#p"`, `a contained resource with the id "p"`}}, briefs(issues))
}

func TestReferencesForRewriting(t *testing.T) {
	d := mustParse(t, `{"resourceType":"Task","status":"draft","intent":"plan","instantiatesCanonical":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
		"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\">x</a></div>"},
		"instantiatesUri":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","focus":{"reference":"Claim/1","type":"Claim"},
		"input":[{"type":{"text":"a"},"valueUuid":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},{"type":{"text":"b"},"valueOid":"urn:oid:1.2"},
			{"type":{"text":"c"},"valueUrl":"http://a.example/"},{"type":{"text":"d"},"valueString":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}]}`)
	var uris, references, narratives []string
	for v := range d.References() {
		if v.IsReference() {
			references = append(references, v.Path())
		} else {
			uris = append(uris, v.Path())
		}
	}
	for v := range d.Narratives() {
		narratives = append(narratives, v.Path())
	}
	require.Equal(t, []string{"Task.focus.reference"}, references)
	require.Equal(t, []string{"Task.instantiatesUri", "Task.focus.type", "Task.input[0].value", "Task.input[1].value", "Task.input[2].value"}, uris)
	require.Equal(t, []string{"Task.text.div"}, narratives)
}
