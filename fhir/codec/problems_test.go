package codec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

// soundClaim is a small valid claim that the tests break in one place each.
const soundClaim = `{"resourceType":"Claim","status":"active","type":{"coding":[{"system":"http://a.example/t","code":"oral"}]},
"use":"claim","patient":{"reference":"Patient/1"},"created":"2026-03-05","provider":{"reference":"Organization/1"},
"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}],
"item":[{"sequence":1,"productOrService":{"text":"a"},"servicedDate":"2026-03-05"},
{"sequence":2,"productOrService":{"text":"b"},"unitPrice":{"value":125.00,"currency":"KES"}}]}`

// brief is an issue without its sentence.
type brief struct{ code, expression, found, expected string }

func briefs(issues []outcome.Issue) []brief {
	var list []brief
	for _, i := range issues {
		list = append(list, brief{i.Code, i.Expression, i.Found, i.Expected})
	}
	return list
}

const (
	positiveInt  = "a positiveInt: a whole number from 1 to 2147483647"
	dateTime     = "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone"
	plainString  = "a string with visible text, of at most 1 MB, without control characters"
	literalHint  = "a reference such as Patient/1, #id of a contained resource, or an absolute URL"
	itemElements = "one of id, extension, modifierExtension, sequence, careTeamSequence, diagnosisSequence, procedureSequence, informationSequence, " +
		"revenue, category, productOrService, modifier, programCode, serviced[x], location[x], quantity, … (24 in all)"
	statusCodes = "one of active, cancelled, draft, entered-in-error"
)

func TestOneBrokenPlaceGivesItsIssue(t *testing.T) {
	for name, test := range map[string]struct {
		old, new string
		want     []brief
	}{
		"required element": {`"status":"active",`, ``,
			[]brief{{"required", "Claim.status", "nothing", `"status"`}}},
		"required element below": {`"sequence":2,`, ``,
			[]brief{{"required", "Claim.item[1].sequence", "nothing", `"sequence"`}}},
		"required choice": {`"item":[`, `"diagnosis":[{"sequence":1}],"item":[`,
			[]brief{{"required", "Claim.diagnosis[0].diagnosis", "nothing", "one of diagnosisCodeableConcept, diagnosisReference"}}},
		"unknown element, near": {`"servicedDate"`, `"servicedDay"`,
			[]brief{{"structure", "Claim.item[0].servicedDay", `"servicedDay"`, `perhaps "servicedDate"`}}},
		"unknown element, far": {`"servicedDate"`, `"colour"`,
			[]brief{{"structure", "Claim.item[0].colour", `"colour"`, itemElements}}},
		"unknown element, no identifier": {`"servicedDate"`, `"a b\u0007"`,
			[]brief{{"structure", "Claim.item[0]", `"a b\a"`, itemElements}}},
		"empty key": {`"servicedDate"`, `""`,
			[]brief{{"structure", "Claim.item[0]", `""`, itemElements}}},
		"very long key": {`"servicedDate"`, `"` + strings.Repeat("d", 1000) + `"`,
			[]brief{{"structure", "Claim.item[0]", `"` + strings.Repeat("d", 48) + `"…`, itemElements}}},
		"upper-case key": {`"status"`, `"Status"`, []brief{
			{"structure", "Claim.Status", `"Status"`, `perhaps "status"`},
			{"required", "Claim.status", "nothing", `"status"`}}},
		"code": {`"active"`, `"aktiv"`,
			[]brief{{"code-invalid", "Claim.status", `"aktiv"`, statusCodes}}},
		"code in the wrong case": {`"active"`, `"Active"`,
			[]brief{{"code-invalid", "Claim.status", `"Active"`, statusCodes}}},
		"empty code": {`"active"`, `""`,
			[]brief{{"value", "Claim.status", `""`, "a code of the value set"}}},
		"number as string": {`"sequence":2`, `"sequence":"2"`,
			[]brief{{"value", "Claim.item[1].sequence", `"2"`, positiveInt}}},
		"number out of range": {`"sequence":2`, `"sequence":0`,
			[]brief{{"value", "Claim.item[1].sequence", "0", positiveInt}}},
		"number with a fraction": {`"sequence":2`, `"sequence":2.0`,
			[]brief{{"value", "Claim.item[1].sequence", "2.0", positiveInt}}},
		"decimal as string": {`125.00`, `"125.00"`,
			[]brief{{"value", "Claim.item[1].unitPrice.value", `"125.00"`, "a decimal: a JSON number with an exponent between -6144 and 6144"}}},
		"decimal beyond reason": {`125.00`, `1e999999999`,
			[]brief{{"value", "Claim.item[1].unitPrice.value", "1e999999999", "a decimal: a JSON number with an exponent between -6144 and 6144"}}},
		"number beyond reason": {`"sequence":2`, `"sequence":` + strings.Repeat("9", 60),
			[]brief{{"value", "Claim.item[1].sequence", strings.Repeat("9", 48) + "…", positiveInt}}},
		"boolean as string": {`"focal":true`, `"focal":"true"`,
			[]brief{{"value", "Claim.insurance[0].focal", `"true"`, "true or false"}}},
		"string as number": {`"text":"a"`, `"text":12`,
			[]brief{{"value", "Claim.item[0].productOrService.text", "12", plainString}}},
		"string too blank": {`"text":"a"`, `"text":" \n"`,
			[]brief{{"value", "Claim.item[0].productOrService.text", `" \n"`, plainString}}},
		"string with a control character": {`"text":"a"`, `"text":"a\u0000"`,
			[]brief{{"value", "Claim.item[0].productOrService.text", `"a\x00"`, plainString}}},
		"long value is shortened": {`"code":"oral"`, `"code":"` + strings.Repeat("é ", 100) + `"`,
			[]brief{{"value", "Claim.type.coding[0].code", `"` + strings.Repeat("é ", 24) + `"…`, "a code: no white space but single blanks between words"}}},
		"impossible day": {`"2026-03-05","provider"`, `"2026-02-30","provider"`,
			[]brief{{"value", "Claim.created", `"2026-02-30"`, dateTime}}},
		"year 0000": {`"2026-03-05","provider"`, `"0000-01-01","provider"`,
			[]brief{{"value", "Claim.created", `"0000-01-01"`, dateTime}}},
		"choice element by its FHIRPath name": {`"servicedDate":"2026-03-05"`, `"servicedDate":"5.3.26"`,
			[]brief{{"value", "Claim.item[0].serviced", `"5.3.26"`, "a date: YYYY, YYYY-MM or YYYY-MM-DD"}}},
		"choice twice": {`"servicedDate":"2026-03-05"`, `"servicedDate":"2026-03-05","servicedPeriod":{"start":"2026"}`,
			[]brief{{"structure", "Claim.item[0].serviced", `both "servicedDate" and "servicedPeriod"`, "one of them"}}},
		"choice twice, one a companion": {`"servicedDate":"2026-03-05"`, `"_servicedDate":{"id":"a"},"servicedPeriod":{"start":"2026"}`,
			[]brief{{"structure", "Claim.item[0].serviced", `both "_servicedDate" and "servicedPeriod"`, "one of them"}}},
		"duplicate key": {`"use":"claim"`, `"use":"claim","use":"claim"`,
			[]brief{{"structure", "Claim.use", `a second "use"`, "every key once"}}},
		"duplicate key, one escaped": {`"use":"claim"`, `"use":"claim","\u0075se":"claim"`,
			[]brief{{"structure", "Claim.use", `a second "use"`, "every key once"}}},
		"duplicate companion": {`"use":"claim"`, `"use":"claim","_use":{"id":"a"},"_use":{"id":"a"}`,
			[]brief{{"structure", "Claim.use", `a second "_use"`, "every key once"}}},
		"object for an array": {`"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}]`, `"insurance":{}`,
			[]brief{{"structure", "Claim.insurance", "an object", "an array, each element an object"}}},
		"array for an object": {`{"reference":"Patient/1"}`, `[{"reference":"Patient/1"}]`,
			[]brief{{"structure", "Claim.patient", "an array", "a Reference to Patient"}}},
		"array for a primitive": {`"use":"claim"`, `"use":["claim"]`,
			[]brief{{"structure", "Claim.use", "an array", "one of claim, preauthorization, predetermination"}}},
		"object for a primitive": {`"use":"claim"`, `"use":{"extension":[]}`,
			[]brief{{"structure", "Claim.use", "an object", "one of claim, preauthorization, predetermination"}}},
		"scalar for an object": {`{"reference":"Organization/1"}`, `"Organization/1"`,
			[]brief{{"structure", "Claim.provider", "a string", "a Reference to Practitioner, PractitionerRole, Organization"}}},
		"scalar for a companion": {`"use":"claim"`, `"use":"claim","_use":"x"`,
			[]brief{{"structure", "Claim.use", "a string", "an object with id or extension"}}},
		"wrong elements keep later indices right": {`"item":[`, `"item":[3,null,"x",`, []brief{
			{"structure", "Claim.item[0]", "a number", "an object"},
			{"structure", "Claim.item[1]", "null", "an object, or no such key"},
			{"structure", "Claim.item[2]", "a string", "an object"}}},
		"empty array": {`"item":[`, `"diagnosis":[],"item":[`,
			[]brief{{"structure", "Claim.diagnosis", "[]", "at least one element, or no array at all"}}},
		"empty object": {`{"text":"b"}`, `{}`,
			[]brief{{"structure", "Claim.item[1].productOrService", "{}", "at least one member, or no object at all"}}},
		"null": {`"text":"a"`, `"text":null`,
			[]brief{{"structure", "Claim.item[0].productOrService.text", "null", plainString + ", or no such key"}}},
		"null in an array of primitives": {`"servicedDate"`, `"diagnosisSequence":[1,null],"servicedDate"`,
			[]brief{{"structure", "Claim.item[0].diagnosisSequence[1]", "null", "a value, or an extension at the same index"}}},
		"nulls in both arrays": {`"servicedDate"`, `"diagnosisSequence":[1,null],"_diagnosisSequence":[{"id":"a"},null],"servicedDate"`,
			[]brief{{"structure", "Claim.item[0].diagnosisSequence[1]", "null", "a value, or an extension at the same index"}}},
		"null in a lonely companion": {`"servicedDate"`, `"_diagnosisSequence":[{"id":"a"},null],"servicedDate"`,
			[]brief{{"structure", "Claim.item[0].diagnosisSequence[1]", "null", "a value, or an extension at the same index"}}},
		"companion longer": {`"servicedDate"`, `"diagnosisSequence":[1],"_diagnosisSequence":[null,{"id":"a"}],"servicedDate"`,
			[]brief{{"structure", "Claim.item[0].diagnosisSequence", "arrays of different lengths", "nulls where one of the two has nothing"}}},
		"companion shorter": {`"servicedDate"`, `"_diagnosisSequence":[null],"diagnosisSequence":[1,2],"servicedDate"`,
			[]brief{{"structure", "Claim.item[0].diagnosisSequence", "arrays of different lengths", "nulls where one of the two has nothing"}}},
		"currency": {`"KES"`, `"XXKES"`,
			[]brief{{"code-invalid", "Claim.item[1].unitPrice.currency", `"XXKES"`, "an ISO 4217 currency code such as USD"}}},
		"resourceType twice": {`"use":"claim"`, `"use":"claim","resourceType":"Claim"`,
			[]brief{{"structure", "Claim.resourceType", `a second "resourceType"`, "every key once"}}},
		"id": {`"status"`, `"id":"a_b","status"`,
			[]brief{{"value", "Claim.id", `"a_b"`, "an id: 1 to 64 letters, digits, hyphens and dots"}}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, soundClaim, test.old, "the test breaks nothing")
			d, issues := Parse([]byte(strings.Replace(soundClaim, test.old, test.new, 1)), Limits{})
			require.Nil(t, d)
			require.Equal(t, test.want, briefs(issues))
			for _, i := range issues {
				require.Equal(t, outcome.Failure, i.Severity)
				require.NotEmpty(t, i.Text)
			}
		})
	}
}

func TestAllProblemsAtOnceInDocumentOrder(t *testing.T) {
	body := strings.NewReplacer(`"use":"claim"`, `"use":"Claim"`, `"sequence":1,"product`, `"product`, `"KES"`, `"kes"`,
		`"2026-03-05","provider"`, `"today","provider"`).Replace(soundClaim)
	_, issues := Parse([]byte(body), Limits{})
	var at []string
	for _, i := range issues {
		at = append(at, i.Expression)
	}
	require.Equal(t, []string{"Claim.use", "Claim.created", "Claim.item[0].sequence", "Claim.item[1].unitPrice.currency"}, at)
}

func TestProblemsAreBounded(t *testing.T) {
	body := `{"resourceType":"Basic","code":{"coding":[` + strings.Repeat(`{"code":" "},`, 1000) + `{"code":"x"}]}}`
	_, issues := Parse([]byte(body), Limits{MaxProblems: 7})
	require.Len(t, issues, 8)
	require.Equal(t, "Basic.code.coding[6].code", issues[6].Expression)
	require.Equal(t, outcome.Information, issues[7].Severity)
	_, issues = Parse([]byte(body), Limits{})
	require.Len(t, issues, 51)
}

// TestCheckingStopsAtTheLimitWhereverItIsReached breaks off at the first problem of every kind.
func TestCheckingStopsAtTheLimitWhereverItIsReached(t *testing.T) {
	for _, x := range differences {
		_, all := Parse([]byte(x.example), Limits{})
		d, issues := Parse([]byte(x.example), Limits{MaxProblems: 1})
		if x.covers == nil {
			require.NotNil(t, d)
			continue
		}
		require.Nil(t, d, x.name)
		require.LessOrEqual(t, len(issues), 2, x.name)
		require.Contains(t, all, issues[0], x.name)
	}
}

func TestIssueTextsHoldNoData(t *testing.T) {
	const secret = "zanzibar"
	body := strings.NewReplacer(`"active"`, `"zanzibar"`, `"Patient/1"`, `"zanzibar"`, `"2026-03-05"`, `"zanzibar"`, `"KES"`, `"zanzibar"`,
		`"text":"a"`, `"text":["zanzibar"]`).Replace(soundClaim)
	_, issues := Parse([]byte(body), Limits{})
	require.Len(t, issues, 6)
	for _, i := range issues {
		require.NotContains(t, i.Text+i.Expression+i.Expected, secret)
	}
}

func TestSyntaxErrorsNamePlaceAndElement(t *testing.T) {
	for name, test := range map[string]struct {
		body, expression, text, found, expected string
	}{
		"empty body":                {``, "", "byte 0 (line 1, column 1)", "the end of the body", "a JSON object"},
		"blank body":                {" \n ", "", "byte 3 (line 2, column 2)", "the end of the body", "a JSON object"},
		"no object":                 {`[1]`, "", "byte 0 (line 1, column 1)", `"[1]"`, "a JSON object"},
		"byte order mark":           {"\ufeff{}", "", "byte 0 (line 1, column 1)", "\"\\ufeff{}\"", "a JSON object"},
		"cut in a string":           {`{"resourceType":"Claim","status":"act`, "Claim.status", "byte 37", "the end of the body", "the closing quote of a string"},
		"cut in an object":          {"{\"resourceType\":\"Claim\",\n \"item\":[{\"sequence\":1},{\"sequence\":2", "Claim.item[1]", "byte 62 (line 2, column 38)", "the end of the body", `"," or "}"`},
		"in a number":               {`{"resourceType":"Claim","item":[{"sequence":1},{"sequence":-}]}`, "Claim.item[1].sequence", "byte 60", `"}]}"`, "a value"},
		"leading zero":              {`{"resourceType":"Claim","item":[{"sequence":01}]}`, "Claim.item[0]", "byte 45", `"1}]}"`, `"," or "}"`},
		"no value":                  {`{"resourceType":"Claim","patient":}`, "Claim.patient", "byte 34", `"}"`, "a value"},
		"in an array of primitives": {`{"resourceType":"Claim","item":[{"diagnosisSequence":[1,2,x]}]}`, "Claim.item[0].diagnosisSequence[2]", "byte 58", `"x]}]}"`, "a value"},
		"no colon":                  {`{"resourceType":"Claim","use" "claim"}`, "Claim", "byte 30", `"\"claim\"}"`, `":" after the key`},
		"single quotes":             {`{'resourceType':'Claim'}`, "", "byte 1", `"'resourceTyp"`, "a key in double quotes"},
		"trailing comma":            {`{"resourceType":"Basic","code":{"text":"x"},}`, "Basic", "byte 44", `"}"`, "a key in double quotes"},
		"trailing bytes":            {`{"resourceType":"Basic","code":{"text":"x"}} {}`, "Basic", "byte 45", `"{}"`, "nothing after the resource"},
		"raw control character":     {"{\"resourceType\":\"Basic\",\"code\":{\"text\":\"a\nb\"}}", "Basic.code.text", "byte 41", `"\nb\"}}"`, "no raw control character in a string"},
		"not UTF-8":                 {"{\"resourceType\":\"Basic\",\"code\":{\"text\":\"a\xff\"}}", "Basic.code.text", "byte 40", `"a\xff\"}}"`, "a string in UTF-8"},
		"unknown escape":            {`{"resourceType":"Basic","code":{"text":"a\x"}}`, "Basic.code.text", "byte 41", `"\\x\"}}"`, `an escape of JSON (\" \\ \/ \b \f \n \r \t \uXXXX, surrogates in pairs)`},
		"half a surrogate pair":     {`{"resourceType":"Basic","code":{"text":"\ud83d\u0041"}}`, "Basic.code.text", "byte 40", `"\\ud83d\\u0041"`, `an escape of JSON (\" \\ \/ \b \f \n \r \t \uXXXX, surrogates in pairs)`},
		"behind an unknown element": {`{"resourceType":"Claim","x":[1,}`, "Claim", "byte 31", `"}"`, "a value"},
		"type behind the break":     {`{"status":"active",,"resourceType":"Claim"}`, "", "byte 19", `",\"resourceTy"`, "a key in double quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			d, issues := Parse([]byte(test.body), Limits{})
			require.Nil(t, d)
			last := issues[len(issues)-1]
			require.Equal(t, outcome.Fatal, last.Severity)
			require.Equal(t, brief{"structure", test.expression, test.found, test.expected}, brief{last.Code, last.Expression, last.Found, last.Expected})
			require.Contains(t, last.Text, test.text)
		})
	}
}

func TestTooLongAndTooDeep(t *testing.T) {
	_, issues := Parse([]byte(soundClaim), Limits{MaxBytes: 100})
	require.Equal(t, []brief{{"too-long", "", "526 bytes", "at most 100 bytes"}}, briefs(issues))

	deep := func(n int) []byte {
		return []byte(`{"resourceType":"Basic","code":{"text":"x"},` + strings.Repeat(`"extension":[{"url":"u",`, n) + `"id":"i"` + strings.Repeat(`}]`, n) + `}`)
	}
	_, issues = Parse(deep(31), Limits{})
	require.Empty(t, issues)
	_, issues = Parse(deep(32), Limits{})
	require.Equal(t, "at most 64 levels", issues[len(issues)-1].Expected)
	require.True(t, strings.HasPrefix(issues[len(issues)-1].Expression, "Basic.extension[0].extension[0]"))
	_, issues = Parse(deep(100_000), Limits{MaxDepth: 1 << 30})
	require.Equal(t, "at most 1000 levels", issues[len(issues)-1].Expected)
	_, issues = Parse([]byte(`{"resourceType":"Basic","x":`+strings.Repeat("[", 100_000)), Limits{})
	require.Equal(t, "at most 64 levels", issues[len(issues)-1].Expected)
}
