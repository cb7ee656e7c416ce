package fhirpath

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const claim = `{"resourceType":"Claim","id":"c1","status":"active",
 "contained":[{"resourceType":"Patient","id":"p","gender":"female","name":[{"given":["Ada",null,"Zoë"],"_given":[null,{"id":"g"},
   {"extension":[{"url":"http://x/how","valueCode":"spoken"}]}]}]},
  {"resourceType":"Organization","id":"o","name":"Clinic"}],
 "patient":{"reference":"#p"},"provider":{"reference":"#o"},"created":"2026-03-01",
 "_use":{"extension":[{"url":"http://x/absent","valueBoolean":true}]},
 "billablePeriod":{"start":"2026-02-27T08:00:00+01:00","end":"2026-03"},
 "item":[{"sequence":1,"net":{"value":125.00,"currency":"NGN"},"quantity":{"value":2,"code":"mg","system":"http://unitsofmeasure.org"},
   "productOrService":{"coding":[{"system":"http://s","code":"A"},{"system":"http://s","code":"B"}]},"servicedDate":"2026-02-28"},
  {"sequence":2,"net":{"value":10.5,"currency":"NGN"},"productOrService":{"coding":[{"system":"http://s","code":"B"}]},
   "detail":[{"sequence":1,"productOrService":{"text":"deep"},"subDetail":[{"sequence":7,"productOrService":{"text":"deeper"}}]}]}]}`

func resourceOf(t *testing.T, body string) *Resource {
	t.Helper()
	r, err := Read([]byte(body))
	require.NoError(t, err)
	return r
}

func evaluated(t *testing.T, body, expression string) []string {
	t.Helper()
	e, err := Compile(expression)
	require.NoError(t, err)
	found, err := e.Evaluate(t.Context(), Scope{Resource: resourceOf(t, body), Variables: map[string]Collection{"own": {String("mine")}}})
	require.NoError(t, err)
	texts := []string{}
	for _, v := range found {
		texts = append(texts, v.Text())
	}
	return texts
}

func TestEvaluate(t *testing.T) {
	none := []string{}
	yes, no := []string{"true"}, []string{"false"}
	cases := []struct {
		expression string
		want       []string
	}{
		// Paths.
		{"Claim.item.sequence", []string{"1", "2"}},
		{"Patient.item", none},
		{"item.net.value.first()", []string{"125.00"}}, // a decimal keeps its digits
		{"item[1].sequence", []string{"2"}},
		{"item[9]", none},
		{"item.serviced", []string{"2026-02-28"}}, // a choice
		{"item.serviced.is(date) and item.serviced is dateTime = false", yes},
		{"contained.name.given", []string{"Ada", "", "Zoë"}},
		{"contained.name.given.where(hasValue())", []string{"Ada", "Zoë"}},
		{"contained.name.given.extension('http://x/how').value", []string{"spoken"}}, // extensions of a primitive
		{"use.exists() and use.hasValue().not()", yes},
		{"use.extension.value", yes},
		{"`id`", []string{"c1"}},
		{"%resource.id | %own | %ucum | %`own`", []string{"c1", "mine", "http://unitsofmeasure.org"}},
		{"%`vs-gender`", []string{"http://hl7.org/fhir/ValueSet/gender"}},
		// Subsets and filters.
		{"item.where(net.value > 100).sequence", []string{"1"}},
		{"item.tail().sequence | item.last().sequence | item.skip(1).sequence", []string{"2"}},
		{"item.take(1).sequence", []string{"1"}},
		{"item.select(sequence * 2 + $index)", []string{"2", "5"}},
		{"item.repeat(detail | subDetail).sequence", []string{"1", "7"}},
		{"item.descendants().where($this is Coding).code", []string{"A", "B", "B"}},
		{"item.children().ofType(Money).currency.distinct()", []string{"NGN"}},
		{"item.sequence.aggregate($this + $total, 0)", []string{"3"}},
		{"contained.as(Patient).gender | contained.ofType(Organization).name", []string{"female", "Clinic"}},
		{"(1 | 2 | 3).exclude(2 | 9).combine(1).count()", []string{"3"}},
		{"(1 | 2 | 3).intersect(2 | 9)", []string{"2"}},
		{"(1 | 2).subsetOf(1 | 2 | 3) and (1 | 2 | 3).supersetOf(1)", yes},
		{"item.productOrService.coding.code.isDistinct()", no},
		{"item.productOrService.coding.isDistinct()", no}, // complex elements that look the same are equal
		{"item[0].productOrService ~ item[1].productOrService", yes},
		{"item[0].productOrService = item[1].productOrService", no},
		{"item.all(net.exists())", yes},
		{"{}.all(false)", yes},
		{"item.exists(sequence = 3)", no},
		// References.
		{"patient.resolve().gender", []string{"female"}},
		{"provider.resolve().is(Organization)", yes},
		{"patient.resolve().where(name.given = 'Ada').exists()", no}, // three names are not one
		{"'#o'.resolve().name", []string{"Clinic"}},
		{"'Patient/elsewhere'.resolve()", none},
		// Logic of three values.
		{"true and {}", none}, {"false and {}", no}, {"true or {}", yes}, {"{} implies true", yes}, {"{} implies false", none},
		{"true xor true", no}, {"({} xor true).empty()", yes}, {"false implies (1 = 'x')", yes},
		// Equality and order.
		{"1 = 1.0", yes}, {"'a' = 'A'", no}, {"'a ' ~ 'A'", yes}, {"1.10 ~ 1.1", yes}, {"(1|2) = (1|2)", yes}, {"(1|2) = (2|1)", no},
		{"(1|2) ~ (2|1)", yes}, {"{} = 1", none}, {"{} ~ {}", yes}, {"1 != 2", yes},
		{"@2026-03-01 = @2026-03", none}, {"@2026-03-01 > @2026-02", yes}, {"@2026-03-01 >= @2026-03", none},
		{"@2026-03-01T10:00:00Z = @2026-03-01T11:00:00+01:00", yes}, {"@T10:00 < @T10:01", yes},
		{"billablePeriod.start < billablePeriod.end", yes}, {"created <= @2026-03-01", yes}, {"created = @2026-03-01", yes},
		{"item[0].quantity = 2 'mg'", yes}, {"item[0].quantity < 1 'g'", yes}, {"item[0].quantity > 1 'm'", none},
		{"2 in (1 | 2)", yes}, {"(1 | 2) contains 3", no}, {"{} in (1|2)", none},
		// Arithmetic.
		{"1 / 2", []string{"0.5"}}, {"7 div 2", []string{"3"}}, {"7 mod 2", []string{"1"}}, {"1 / 0", none}, {"-item[0].sequence", []string{"-1"}},
		{"0.1 + 0.2", []string{"0.3"}}, {"'a' + 'b' & {} & 'c'", []string{"abc"}}, {"@2026-01-31 + 1 month | @2024-02-29 - 1 year | @2026-01 + 40 days", []string{"2026-02-28", "2023-02-28", "2026-02"}},
		{"@2026-03-01T23:30:00+01:00 + 45 minutes", []string{"2026-03-02T00:15:00+01:00"}}, {"@T23:30 + 1 hour", []string{"00:30"}},
		{"5.5 div 0.7", []string{"7"}}, {"item.net.value.first() * 3", []string{"375"}},
		// Texts.
		{"id.startsWith('c') and id.endsWith('1') and id.contains('c1')", yes},
		{"'Zoë'.length() | 'Zoë'.indexOf('ë') | 'Zoë'.substring(1, 1)", []string{"3", "2", "o"}},
		{"'abc'.substring(5)", none}, {"'a.b.c'.replaceMatches('\\\\..*', '')", []string{"a"}}, {"'aXb'.replace('X', '-').upper()", []string{"A-B"}},
		{"'a,b'.split(',')", []string{"a", "b"}}, {"('a' | 'b').join('+')", []string{"a+b"}}, {"' a '.trim()", []string{"a"}},
		{"'it\\'s \\u0041'", []string{"it's A"}},
		{"'Ab'.matches('[A-Z]b') and 'xAbx'.matches('Ab')", yes}, {"'xAbx'.matchesFull('Ab')", no},
		// Conversions.
		{"'12'.toInteger() + 1", []string{"13"}}, {"'x'.toInteger()", none}, {"'1.50'.toDecimal()", []string{"1.50"}},
		{"12.toString()", []string{"12"}}, {"'true'.toBoolean()", yes}, {"'2026-01'.convertsToDate()", yes}, {"iif({}, 'a', 'b')", []string{"b"}},
		{"(-3).abs() | 2.5.ceiling() | 2.567.round(1)", []string{"3", "2.6"}},
		// What the library leaks or forgets.
		{"patient.trace('name').reference", []string{"#p"}},
	}
	for _, c := range cases {
		t.Run(c.expression, func(t *testing.T) {
			require.Equal(t, c.want, evaluated(t, claim, c.expression))
		})
	}
}

func TestErrors(t *testing.T) {
	cases := []struct{ expression, want string }{
		{"item.single()", ErrNotSingle.Error()},
		{"true and (item | id)", ErrNotSingle.Error()},
		{"%nobody", "no variable %nobody"},
		{"1 < 'a'", "have no order"},
		{"9223372036854775807 + 1", "too large"},
		{"'a'.matches('[')", "missing closing"},
	}
	for _, c := range cases {
		t.Run(c.expression, func(t *testing.T) {
			e, err := Compile(c.expression)
			require.NoError(t, err)
			_, err = e.Evaluate(t.Context(), Scope{Resource: resourceOf(t, claim)})
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestTruth(t *testing.T) {
	cases := []struct {
		expression string
		want       bool
	}{
		{"status = 'active'", true}, {"status = 'draft'", false}, {"item.adjudication", false}, {"id", true},
	}
	for _, c := range cases {
		t.Run(c.expression, func(t *testing.T) {
			e, err := Compile(c.expression)
			require.NoError(t, err)
			got, err := e.Truth(t.Context(), Scope{Resource: resourceOf(t, claim)})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, source := range []string{"", "a..b", "item.where(", "unheardOf()", "where()", "a.first(1)",
		strings.Repeat("(", 70) + strings.Repeat(")", 70), strings.Repeat("a", maxLength+1)} {
		_, err := Compile(source)
		require.Error(t, err, source)
	}
}

// TestHostileExpressions shows that what would grow without end is given up instead.
func TestHostileExpressions(t *testing.T) {
	cases := []struct{ name, expression string }{
		{"a text that doubles", "'aaaaaaaaaaaaaaaa'" + strings.Repeat(".select($this & $this)", 60)},
		{"a text that grows by replacing", "'aaaaaaaaaaaaaaaa'" + strings.Repeat(".replace('a', 'aaaaaaaa')", 60)},
		{"a text that grows by a pattern", "'aaaaaaaaaaaaaaaa'" + strings.Repeat(".replaceMatches('a', '$0$0$0$0')", 60)},
		{"a number that squares", "3.7" + strings.Repeat(".select($this * $this)", 60)},
		{"a collection that multiplies", "descendants()" + strings.Repeat(".select(%resource.descendants())", 6)},
		{"loops in loops", "descendants().all(%resource.descendants().all(%resource.descendants().all(%resource.descendants().exists())))"},
		{"patterns without end", "descendants().all(%resource.descendants().all('a'.matches('(b{900})' & $index.toString()).not()))"},
		{"numbers that are repeated for ever", "1.repeat($this + 1)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e, err := Compile(c.expression)
			require.NoError(t, err)
			_, err = e.Evaluate(t.Context(), Scope{Resource: resourceOf(t, claim)})
			require.ErrorIs(t, err, ErrTooCostly)
		})
	}
}

func TestHostileNumbers(t *testing.T) {
	r := resourceOf(t, `{"resourceType":"Observation","valueQuantity":{"value":1e999999999,"code":"mg"}}`)
	e, err := Compile("(value.value + 1).exists() or value > 1 'mg'")
	require.NoError(t, err)
	_, err = e.Evaluate(t.Context(), Scope{Resource: r})
	require.NoError(t, err)
}

func TestEvaluationStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e, err := Compile("descendants().all(%resource.descendants().all(%resource.descendants().exists()))")
	require.NoError(t, err)
	_, err = e.Evaluate(ctx, Scope{Resource: resourceOf(t, claim)})
	require.ErrorIs(t, err, ErrTooCostly)
}

func TestScopeOfAnElement(t *testing.T) {
	r := resourceOf(t, `{"resourceType":"Bundle","type":"collection","entry":[
	 {"fullUrl":"http://x/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","managingOrganization":{"reference":"Organization/2"}}},
	 {"fullUrl":"http://x/fhir/Organization/2","resource":{"resourceType":"Organization","id":"2","name":"Two"}},
	 {"fullUrl":"urn:uuid:5a1b2c3d-0000-4000-8000-000000000000","resource":{"resourceType":"Claim","contained":[{"resourceType":"Patient","id":"p"}],
	   "patient":{"reference":"#p"},"insurer":{"reference":"http://x/fhir/Organization/2"}}}]}`)
	entries := r.Root().Named("entry")
	organization := entries[0].First("resource").First("managingOrganization")
	require.Equal(t, "Two", organization.Resolve().First("name").Text())
	require.Equal(t, "Bundle.entry[0].resource.managingOrganization", organization.Path())
	require.Equal(t, "2", entries[2].First("resource").First("insurer").Resolve().First("id").Text())
	patient := entries[2].First("resource").Named("contained")[0]
	e, err := Compile("%resource.id = 'p' and %rootResource.patient.exists() and %context.id = id")
	require.NoError(t, err)
	holds, err := e.Truth(t.Context(), Within(patient))
	require.NoError(t, err)
	require.True(t, holds)
}

func TestAskingOthers(t *testing.T) {
	scope := Scope{Resource: resourceOf(t, claim),
		Member: func(coded Value, set string) (bool, bool) {
			return coded.First("code").Text() == "A", set == "http://known"
		},
		Conforms: func(element Value, profile string) (bool, bool) { return element.Type() == "Claim", true }}
	for expression, want := range map[string]int{
		"item[0].productOrService.coding[0].memberOf('http://known')":                       1,
		"item[0].productOrService.coding[0].memberOf('http://unknown')":                     0,
		"conformsTo('http://p').where($this) | item[0].conformsTo('http://p').where($this)": 1,
	} {
		e, err := Compile(expression)
		require.NoError(t, err)
		found, err := e.Evaluate(t.Context(), scope)
		require.NoError(t, err)
		require.Len(t, found, want, expression)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, body := range []string{"", "null", "[]", "{", `"text"`, strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300)} {
		_, err := Read([]byte(body))
		require.Error(t, err)
	}
}

func FuzzEvaluate(f *testing.F) {
	f.Add("item.where(net.value > 100).sequence", claim)
	f.Add("descendants().select($this & 'x').distinct()", `{"a":[1,null,{"b":"c"}],"_a":[{"id":"1"}]}`)
	f.Add("@2026-01-01 + 1 'year' | 1.5 * 2 'mg'", `{"resourceType":"Patient","birthDate":"2026"}`)
	f.Fuzz(func(t *testing.T, expression, body string) {
		r, err := Read([]byte(body))
		if err != nil {
			return
		}
		e, err := Compile(expression)
		if err != nil {
			return
		}
		found, err := e.Evaluate(t.Context(), Scope{Resource: r})
		if err != nil {
			return
		}
		for _, v := range found {
			_, _, _ = v.Path(), v.Text(), v.JSON()
		}
	})
}
