package patch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

const observation = `{ "resourceType":"Observation", "id":"o", "status":"final", "code":{"text":"a\u00e9\/b"},
  "category":[{"text":"x"},{"text":"y"}],
  "valueQuantity":{"value":125.00,"unit":"g"},
  "note":[{"text":"one"},{"text":"two"},{"text":"three"}] }`

func document(t testing.TB, body string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

// applied is the resource after a JSON Patch.
func applied(t testing.TB, resource, operations string) (string, error) {
	t.Helper()
	p, err := ParseJSON([]byte(operations))
	require.NoError(t, err)
	doc, err := p.Apply(document(t, resource))
	return string(doc.Bytes()), err
}

func refusal(t testing.TB, err error, status int, code string) *outcome.Error {
	t.Helper()
	var said *outcome.Error
	require.ErrorAs(t, err, &said)
	require.Equal(t, status, said.Status, said.Error())
	require.Equal(t, code, said.Issues[0].Code, said.Error())
	return said
}

func TestJSONPatch(t *testing.T) {
	cases := []struct{ name, operations, has, hasNot string }{
		{"PA1 add a member", `[{"op":"add","path":"/issued","value":"2026-01-01T00:00:00Z"}]`, `"issued":"2026-01-01T00:00:00Z"`, ""},
		{"PA1 add over a member", `[{"op":"add","path":"/status","value":"amended"}]`, `"status":"amended"`, "final"},
		{"PA1 add before an item", `[{"op":"add","path":"/note/1","value":{"text":"new"}}]`, `"note":[{"text":"one"},{"text":"new"},{"text":"two"},{"text":"three"}]`, ""},
		{"PA1 add at the end", `[{"op":"add","path":"/note/-","value":{"text":"new"}}]`, `{"text":"three"},{"text":"new"}]`, ""},
		{"PA1 add at the index behind the last", `[{"op":"add","path":"/note/3","value":{"text":"new"}}]`, `{"text":"three"},{"text":"new"}]`, ""},
		{"PA1 remove a member", `[{"op":"remove","path":"/valueQuantity"}]`, "", "valueQuantity"},
		{"PA1 remove an item", `[{"op":"remove","path":"/note/1"}]`, `"note":[{"text":"one"},{"text":"three"}]`, ""},
		{"PA1 remove all items", `[{"op":"remove","path":"/category/0"},{"op":"remove","path":"/category/0"}]`, "", "category"},
		{"PA1 remove the last member", `[{"op":"remove","path":"/category/1/text"}]`, `"category":[{"text":"x"}]`, ""},
		{"PA1 refill what was emptied", `[{"op":"remove","path":"/category/1"},{"op":"remove","path":"/category/0"},{"op":"add","path":"/category/-","value":{"text":"z"}}]`, `"category":[{"text":"z"}]`, ""},
		{"PA1 replace a member", `[{"op":"replace","path":"/valueQuantity/value","value":7.50}]`, `"value":7.50`, ""},
		{"PA1 replace an item", `[{"op":"replace","path":"/note/0","value":{"text":"new"}}]`, `[{"text":"new"},{"text":"two"}`, ""},
		{"PA1 move an item", `[{"op":"move","from":"/note/0","path":"/note/2"}]`, `[{"text":"two"},{"text":"three"},{"text":"one"}]`, ""},
		{"PA1 move a member over another", `[{"op":"move","from":"/category/0/text","path":"/category/1/text"}]`, `"category":[{"text":"x"}]`, ""},
		{"PA1 move to itself", `[{"op":"move","from":"/note/0","path":"/note/0"}]`, `[{"text":"one"},{"text":"two"}`, ""},
		{"PA1 copy", `[{"op":"copy","from":"/note/0","path":"/note/-"}]`, `{"text":"three"},{"text":"one"}]`, ""},
		{"PA1 a copy is another", `[{"op":"copy","from":"/note/0","path":"/note/-"},{"op":"replace","path":"/note/3/text","value":"new"}]`, `[{"text":"one"},{"text":"two"},{"text":"three"},{"text":"new"}]`, ""},
		{"PA1 test a string by its characters", `[{"op":"test","path":"/code/text","value":"a\u00e9/b"},{"op":"remove","path":"/category"}]`, `"text":"a\u00e9\/b"`, "category"},
		{"PA1 test a number by its value", `[{"op":"test","path":"/valueQuantity","value":{"unit":"g","value":1.25e2}}]`, `"value":125.00`, ""},
		{"PA1 test an array", `[{"op":"test","path":"/category","value":[ {"text":"x"}, {"text":"y"} ]}]`, "", ""},
		{"PA1 test the whole", `[{"op":"remove","path":"/note"},{"op":"remove","path":"/category"},{"op":"remove","path":"/valueQuantity"},{"op":"test","path":"","value":{"id":"o","status":"final","code":{"text":"aé/b"},"resourceType":"Observation"}}]`, "", ""},
		{"PA1 replace the whole", `[{"op":"replace","path":"","value":{"resourceType":"Observation","id":"o","status":"final","code":{"text":"c"}}}]`, `"text":"c"`, "note"},
		{"PA1 untouched decimals keep their digits", `[{"op":"add","path":"/issued","value":"2026-01-01T00:00:00Z"}]`, `{"value":125.00,"unit":"g"}`, ""},
		{"PA1 a decimal that no float holds", `[{"op":"replace","path":"/valueQuantity/value","value":123456789.1234567890}]`, `"value":123456789.1234567890`, ""},
		{"PA1 members that mean nothing are ignored", `[{"op":"remove","path":"/note","comment":{"x":[1]}}]`, "", "note"},
		{"PA1 nothing to do", `[]`, `"status":"final"`, ""},
		{"PA1 invalid in between", `[{"op":"remove","path":"/status"},{"op":"add","path":"/status","value":"amended"}]`, `"status":"amended"`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := applied(t, observation, c.operations)
			require.NoError(t, err)
			require.Contains(t, got, c.has)
			if c.hasNot != "" {
				require.NotContains(t, got, c.hasNot)
			}
		})
	}
}

func TestJSONPatchOfPrimitivesWithExtensions(t *testing.T) {
	const person = `{"resourceType":"Patient","id":"p","name":[{"given":["A",null,"C"],"_given":[null,{"extension":[{"url":"http://x","valueCode":"u"}]},null]}]}`
	got, err := applied(t, person, `[{"op":"remove","path":"/name/0/_given/1/extension/0"},{"op":"replace","path":"/name/0/given/1","value":"B"}]`)
	require.NoError(t, err)
	require.Contains(t, got, `"given":["A","B","C"]`)
	require.NotContains(t, got, "_given")
}

func TestJSONPatchEscapes(t *testing.T) {
	p, ok := parsePointer("/a~1b/m~0n/~01//-")
	require.True(t, ok)
	require.Equal(t, pointer{"a/b", "m~n", "~1", "", "-"}, p)
	require.Equal(t, "/a~1b/m~0n/~01//-", p.String())
	for _, bad := range []string{"a", "/~", "/~2", "/a~", "#/a", "/" + strings.Repeat("a", MaxPath)} {
		_, ok := parsePointer(bad)
		require.False(t, ok, bad)
	}
}

func TestJSONPatchThatIsNone(t *testing.T) {
	cases := []struct{ name, body, says string }{
		{"no JSON", `[{]`, "no JSON Patch"},
		{"nothing", ``, "no JSON Patch"},
		{"an object", `{"op":"remove","path":"/note"}`, "no JSON Patch"},
		{"an operation that is no object", `[1]`, "no object"},
		{"no op", `[{"path":"/note"}]`, "op is not one"},
		{"an op of another kind", `[{"op":1,"path":"/note"}]`, "op is not one"},
		{"an op in capitals", `[{"op":"Remove","path":"/note"}]`, "op is not one"},
		{"no path", `[{"op":"remove"}]`, "no path"},
		{"a path that is no string", `[{"op":"remove","path":["note"]}]`, "no path"},
		{"a FHIRPath", `[{"op":"remove","path":"Observation.note"}]`, "no JSON Pointer"},
		{"no value", `[{"op":"add","path":"/note"}]`, "no value"},
		{"no from", `[{"op":"move","path":"/note"}]`, "no from"},
		{"into itself", `[{"op":"move","from":"/note","path":"/note/0/text"}]`, "into itself"},
		{"op twice", `[{"op":"add","op":"remove","path":"/note"}]`, "twice"},
		{"the second is wrong", `[{"op":"remove","path":"/note"},{"op":"x","path":"/note"}]`, "operation 1"},
	}
	for _, c := range cases {
		t.Run("PA5 "+c.name, func(t *testing.T) {
			_, err := ParseJSON([]byte(c.body))
			require.Contains(t, refusal(t, err, 400, outcome.Structure).Error(), c.says)
		})
	}
	_, err := ParseJSON([]byte("[" + strings.Repeat(`{"op":"remove","path":"/a"},`, MaxOperations) + `{"op":"remove","path":"/a"}]`))
	refusal(t, err, 413, outcome.TooCostly)
}

func TestJSONPatchThatCannotBeApplied(t *testing.T) {
	cases := []struct{ name, operations, code, says string }{
		{"test fails", `[{"op":"test","path":"/status","value":"amended"}]`, outcome.Conflict, "operation 0 of the patch: the test failed"},
		{"test of another kind", `[{"op":"test","path":"/status","value":["final"]}]`, outcome.Conflict, "test failed"},
		{"test of one item less", `[{"op":"test","path":"/category","value":[{"text":"x"}]}]`, outcome.Conflict, "test failed"},
		{"test of another order", `[{"op":"test","path":"/category","value":[{"text":"y"},{"text":"x"}]}]`, outcome.Conflict, "test failed"},
		{"test of another number", `[{"op":"test","path":"/valueQuantity/value","value":125.01}]`, outcome.Conflict, "test failed"},
		{"test of another member", `[{"op":"test","path":"/category/0","value":{"texts":"x"}}]`, outcome.Conflict, "test failed"},
		{"remove what is not there", `[{"op":"remove","path":"/issued"}]`, outcome.NotFound, "nothing at the path"},
		{"replace what is not there", `[{"op":"replace","path":"/issued","value":"x"}]`, outcome.NotFound, "nothing at the path"},
		{"an item beyond the end", `[{"op":"remove","path":"/note/3"}]`, outcome.NotFound, "nothing at the path"},
		{"add beyond the end", `[{"op":"add","path":"/note/4","value":{"text":"x"}}]`, outcome.NotFound, "no such place"},
		{"a leading zero", `[{"op":"remove","path":"/note/01"}]`, outcome.NotFound, "nothing at the path"},
		{"a sign", `[{"op":"remove","path":"/note/+1"}]`, outcome.NotFound, "nothing at the path"},
		{"- is no item", `[{"op":"remove","path":"/note/-"}]`, outcome.NotFound, "nothing at the path"},
		{"into a string", `[{"op":"add","path":"/status/x","value":1}]`, outcome.NotFound, "no parts"},
		{"beneath what is not there", `[{"op":"add","path":"/performer/-","value":{"display":"x"}}]`, outcome.NotFound, "nothing at the path"},
		{"remove the whole", `[{"op":"remove","path":""}]`, outcome.Value, "whole resource"},
		{"copy too often", "[" + strings.Repeat(`{"op":"copy","from":"/note","path":"/note/-"},`, 40) + `{"op":"remove","path":"/note"}]`, outcome.TooCostly, "too large"},
		{"another id", `[{"op":"replace","path":"/id","value":"other"}]`, outcome.BusinessRule, "another resource"},
		{"no id", `[{"op":"remove","path":"/id"}]`, outcome.BusinessRule, "another resource"},
		{"another type", `[{"op":"replace","path":"","value":{"resourceType":"Basic","id":"o","code":{"text":"x"}}}]`, outcome.BusinessRule, "another resource"},
		{"an element that R4 does not have", `[{"op":"add","path":"/colour","value":"red"}]`, outcome.Structure, "Observation.colour"},
		{"a required element gone", `[{"op":"remove","path":"/status"}]`, outcome.Required, "Observation.status"},
		{"no resource at all", `[{"op":"replace","path":"","value":7}]`, outcome.Structure, ""},
		{"an empty object of the client's", `[{"op":"add","path":"/method","value":{}}]`, outcome.Structure, "method"},
		{"a narrative that is not safe", `[{"op":"add","path":"/text","value":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}}]`, outcome.Value, "div"},
	}
	for _, c := range cases {
		t.Run("PA5 "+c.name, func(t *testing.T) {
			_, err := applied(t, observation, c.operations)
			require.Contains(t, refusal(t, err, 422, c.code).Error(), c.says)
		})
	}
}

func TestNumbersAreComparedExactly(t *testing.T) {
	same := [][2]string{{"1", "1.0"}, {"125.00", "1.25e2"}, {"0", "-0.00e7"}, {"0.001", "1E-3"}, {"-5", "-50e-1"}, {"1e999999999999", "10e999999999998"}}
	for _, c := range same {
		require.True(t, sameNumber(c[0], c[1]), c)
	}
	for _, c := range [][2]string{{"1", "-1"}, {"0.1", "0.10000000000000000001"}, {"1", "10"}, {"0", "1e-400"}} {
		require.False(t, sameNumber(c[0], c[1]), c)
	}
}

func TestDeepValuesAreBounded(t *testing.T) {
	deep := strings.Repeat("[", 9000) + strings.Repeat("1,", 1<<19) + "1" + strings.Repeat("]", 9000)
	_, err := applied(t, observation, fmt.Sprintf(`[{"op":"add","path":"/x","value":%s},{"op":"test","path":"/x","value": [%s]}]`, deep, strings.Repeat("[", 8999)+strings.Repeat("1,", 1<<19)+"2"+strings.Repeat("]", 8999)))
	refusal(t, err, 422, outcome.TooCostly)
}

func FuzzJSONPatch(f *testing.F) {
	f.Add(observation, `[{"op":"add","path":"/note/-","value":{"text":"new"}},{"op":"move","from":"/note/0","path":"/note/2"}]`)
	f.Add(observation, `[{"op":"test","path":"/valueQuantity/value","value":1.25e2},{"op":"copy","from":"/note","path":"/x~1~0"}]`)
	f.Add(observation, `[{"op":"remove","path":"/category/0/text"},{"op":"replace","path":"","value":[]}]`)
	f.Fuzz(func(t *testing.T, resource, operations string) {
		doc, issues := codec.Parse([]byte(resource), codec.Limits{})
		p, err := ParseJSON([]byte(operations))
		if len(issues) > 0 || err != nil {
			return
		}
		before := string(doc.Bytes())
		changed, err := p.Apply(doc)
		require.Equal(t, before, string(doc.Bytes()), "the resource given stays as it is")
		if err != nil {
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			return
		}
		require.Equal(t, doc.ID(), changed.ID())
		again, err := p.Apply(doc)
		require.NoError(t, err)
		require.Equal(t, string(changed.Bytes()), string(again.Bytes()), "a patch can be applied many times")
	})
}
