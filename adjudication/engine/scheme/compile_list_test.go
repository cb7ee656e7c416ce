package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func listOf(t *testing.T, name string, bodies ...string) (*CodeList, []string) {
	t.Helper()
	plan := fill(planJSON, "ID=p", "EXT="+checkJSON(check("diagnosis-not-listed"), `list="valueCanonical":"`+name+`"`))
	sch, issues := compile(t, append(bodies, insurerJSON, plan)...)
	var texts []string
	for _, i := range issues {
		texts = append(texts, i.Text)
	}
	if p := sch.Plan("Organization/ins", "P", at("2026-05-01")); p != nil {
		return p.Checks[CheckDiagnosis].List, texts
	}
	return nil, texts
}

func valueSet(content string) string {
	return `{"resourceType":"ValueSet","id":"l","url":"urn:list","version":"2","status":"active",` + content + `}`
}

func include(content string) string {
	return valueSet(`"compose":{"include":[{"system":"urn:icd",` + content + `}]}`)
}

func filter(op, value string) string {
	return include(`"filter":[{"property":"concept","op":"` + op + `","value":"` + value + `"}]`)
}

func TestListsHoldTheirCodes(t *testing.T) {
	for name, c := range map[string]struct {
		body    string
		in, out []string
	}{
		"concepts":       {include(`"concept":[{"code":"A00"},{"code":"B00"}]`), []string{"A00", "B00"}, []string{"A", "A00.1", "", "a00"}},
		"a whole system": {valueSet(`"compose":{"include":[{"system":"urn:icd"}]}`), []string{"A00", "Z99"}, []string{""}},
		"an expansion": {valueSet(`"compose":{"include":[{"valueSet":["urn:other"]}]},"expansion":{"timestamp":"2026-01-01T00:00:00Z","contains":[
			{"system":"urn:icd","code":"A","abstract":true,"contains":[{"system":"urn:icd","code":"A00"}]}]}`), []string{"A00"}, []string{"A", "B00"}},
		"is-a":          {filter("is-a", "A0"), []string{"A0", "A00", "A09.9"}, []string{"A", "A10", "BA0"}},
		"descendent-of": {filter("descendent-of", "A0"), []string{"A00", "A09.9"}, []string{"A0", "A10"}},
		"in":            {filter("in", "A00, B00"), []string{"A00", "B00"}, []string{"A00, B00", "C00", ""}},
		"equal":         {filter("=", "A00"), []string{"A00"}, []string{"A00.1"}},
		"a range":       {filter("regex", "[AB][0-9]{2}([.].*)?"), []string{"A00", "B99.9"}, []string{"C00", "xA00", "A0"}},
		"all filters":   {include(`"filter":[{"property":"code","op":"is-a","value":"A"},{"property":"code","op":"regex","value":".*[.]1"}]`), []string{"A00.1"}, []string{"A00", "B00.1"}},
		"what is excluded": {valueSet(`"compose":{"include":[{"system":"urn:icd","filter":[{"property":"code","op":"is-a","value":"A"}]}],
			"exclude":[{"system":"urn:icd","concept":[{"code":"A01"}]}]}`), []string{"A00", "A01.1"}, []string{"A01"}},
		"a code system": {`{"resourceType":"CodeSystem","id":"c","url":"urn:list","status":"active","content":"complete","concept":[{"code":"A","concept":[{"code":"A00"}]}]}`, nil, []string{"A00"}},
	} {
		t.Run(name, func(t *testing.T) {
			list, issues := listOf(t, "urn:list", c.body)
			require.Empty(t, issues)
			for _, code := range c.in {
				require.True(t, list.Holds(Code{"urn:icd", code}), code)
				require.False(t, list.Holds(Code{"urn:x", code}), code)
			}
			for _, code := range c.out {
				require.False(t, list.Holds(Code{"urn:icd", code}), code)
			}
			if name == "a code system" {
				require.True(t, list.Holds(Code{"urn:list", "A"}))
				require.True(t, list.Holds(Code{"urn:list", "A00"}))
			}
		})
	}
}

func TestListsThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct{ body, url, text string }{
		"another version":     {include(`"concept":[{"code":"A00"}]`), "urn:list|3", "There is no such list of codes"},
		"made of other lists": {valueSet(`"compose":{"include":[{"valueSet":["urn:other"]}]}`), "urn:list", "The list is made of other lists"},
		"no code":             {valueSet(`"description":"x"`), "urn:list", "The list of codes is empty"},
		"part of a system":    {`{"resourceType":"CodeSystem","url":"urn:list","status":"active","content":"fragment","concept":[{"code":"A"}]}`, "urn:list", "The CodeSystem does not hold all its codes"},
		"unknown filter":      {filter("generalizes", "A00"), "urn:list", "The list's filter is not known"},
		"unknown property":    {include(`"filter":[{"property":"chapter","op":"=","value":"I"}]`), "urn:list", "The list filters by a property that is not known"},
		"no expression":       {filter("regex", "A(00"), "urn:list", "The list's filter is no regular expression"},
	} {
		t.Run(name, func(t *testing.T) {
			list, issues := listOf(t, c.url, c.body)
			require.Nil(t, list)
			require.Contains(t, issues, c.text)
		})
	}
	_, issues := listOf(t, "urn:list", include(`"concept":[{"code":"A00"}]`), `{"resourceType":"CodeSystem","id":"c","url":"urn:list","status":"active","content":"complete","concept":[{"code":"A"}]}`)
	require.Contains(t, issues, "Several lists of codes go by the url")
	list, issues := listOf(t, "urn:list|2", include(`"concept":[{"code":"A00"}]`))
	require.Empty(t, issues)
	require.Equal(t, "urn:list", list.URL)
}

func TestAFaultyListFailsEveryPlanThatNamesIt(t *testing.T) {
	setting := "EXT=" + checkJSON(check("diagnosis-not-listed"), `list="valueCanonical":"urn:list"`)
	sch, issues := compile(t, insurerJSON, valueSet(`"description":"x"`), fill(planJSON, "ID=p", setting), strings.Replace(strings.Replace(fill(planJSON, "ID=q", setting), `"value":"P"`, `"value":"Q"`, 1), `{"value":"ALIAS"}`, `{"value":"Q2"}`, 1))
	require.Len(t, issues, 2)
	require.Nil(t, sch.Plan("Organization/ins", "P", at("2026-05-01")))
	require.Nil(t, sch.Plan("Organization/ins", "Q", at("2026-05-01")))
}

func TestOnlyListsThatAreNamedArePartOfTheScheme(t *testing.T) {
	plain := complete(t, insurerJSON)
	beside := complete(t, insurerJSON, include(`"concept":[{"code":"A00"}]`))
	require.Equal(t, plain.Digest(), beside.Digest())
	plan := fill(planJSON, "ID=p", "EXT="+checkJSON(check("diagnosis-not-listed"), `list="valueCanonical":"urn:list"`))
	one := complete(t, insurerJSON, plan, include(`"concept":[{"code":"A00"}]`))
	other := complete(t, insurerJSON, plan, include(`"concept":[{"code":"A01"}]`))
	require.NotEqual(t, one.Digest(), other.Digest())
}
