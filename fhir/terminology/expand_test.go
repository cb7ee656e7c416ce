package terminology

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// shelf is a Source in memory, by url and by url|version.
type shelf map[string]*codec.Document

func (s shelf) ValueSet(_ context.Context, url, version string) (*codec.Document, error) {
	return s.find("ValueSet", url, version)
}

func (s shelf) CodeSystem(_ context.Context, url, version string) (*codec.Document, error) {
	return s.find("CodeSystem", url, version)
}

var errBroken = errors.New("the source is broken")

func (s shelf) find(kind, url, version string) (*codec.Document, error) {
	if url == "urn:broken" {
		return nil, errBroken
	}
	if version != "" {
		url += "|" + version
	}
	return s[kind+" "+url], nil
}

func document(t testing.TB, body string) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func (s shelf) valueSet(t testing.TB, url, rest string) {
	s["ValueSet "+url] = document(t, `{"resourceType":"ValueSet","status":"active","url":"`+url+`"`+rest+`}`)
}

func (s shelf) codeSystem(t testing.TB, url, rest string) {
	s["CodeSystem "+url] = document(t, `{"resourceType":"CodeSystem","status":"active","url":"`+url+`"`+rest+`}`)
}

// services is a small register of services with groups.
const services = `,"content":"complete","concept":[
	{"code":"out","display":"Outpatient","concept":[{"code":"visit","display":"Visit"},{"code":"lab","concept":[{"code":"blood","property":[{"code":"price","valueDecimal":1.50}]},{"code":"urine"}]}]},
	{"code":"in","concept":[{"code":"bed"},{"code":"icu","property":[{"code":"inactive","valueBoolean":true}]}]},
	{"code":"checkup","property":[{"code":"parent","valueCode":"lab"},{"code":"kind","valueCoding":{"code":"k1"}}]}]`

func newShelf(t testing.TB) shelf {
	s := shelf{}
	s.codeSystem(t, "urn:services", services)
	s.codeSystem(t, "urn:parts", `,"content":"complete","hierarchyMeaning":"part-of","concept":[{"code":"leg","concept":[{"code":"knee"}]}]`)
	s.codeSystem(t, "urn:some", `,"content":"fragment","concept":[{"code":"a"}]`)
	s.valueSet(t, "urn:vs:lab", `,"compose":{"include":[{"system":"urn:services","filter":[{"property":"concept","op":"is-a","value":"lab"}]}]}`)
	s.valueSet(t, "urn:vs:listed", `,"compose":{"include":[{"system":"urn:services","concept":[{"code":"blood"},{"code":"bed"}]},{"system":"urn:other","concept":[{"code":"x"}]}]}`)
	s.valueSet(t, "urn:vs:loop", `,"compose":{"include":[{"valueSet":["urn:vs:loop2"]}]}`)
	s.valueSet(t, "urn:vs:loop2", `,"compose":{"include":[{"valueSet":["urn:vs:loop"]}]}`)
	return s
}

// shown writes a set in one line: each system with its codes, a whole one with "*" and what it leaves out.
func shown(set *Set) string {
	var out []string
	for _, p := range set.Parts() {
		text := p.System + ":" + strings.Join(p.Codes, ",")
		if p.Whole {
			text = p.System + ":*" + strings.Join(append([]string{""}, p.Except...), "-")
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func filters(list string) string {
	return `,"compose":{"include":[{"system":"urn:services","filter":[` + list + `]}]}`
}

func TestExpand(t *testing.T) {
	cases := []struct{ name, valueSet, want string }{
		{"concepts", `,"compose":{"include":[{"system":"urn:a","concept":[{"code":"2"},{"code":"1"},{"code":"2"}]}]}`, "urn:a:1,2"},
		{"a whole system that is not known", `,"compose":{"include":[{"system":"http://snomed.info/sct"}]}`, "http://snomed.info/sct:*"},
		{"a whole system but some", `,"compose":{"include":[{"system":"urn:services"}],"exclude":[{"system":"urn:services","filter":[{"property":"concept","op":"is-a","value":"out"}]}]}`,
			"urn:services:*-blood-checkup-lab-out-urine-visit"},
		{"is-a", filters(`{"property":"concept","op":"is-a","value":"lab"}`), "urn:services:blood,checkup,lab,urine"},
		{"descendent-of", filters(`{"property":"concept","op":"descendent-of","value":"lab"}`), "urn:services:blood,checkup,urine"},
		{"is-not-a", filters(`{"property":"concept","op":"is-not-a","value":"out"}`), "urn:services:bed,icu,in"},
		{"generalizes", filters(`{"property":"concept","op":"generalizes","value":"urine"}`), "urn:services:lab,out,urine"},
		{"two filters", filters(`{"property":"concept","op":"is-a","value":"out"},{"property":"code","op":"regex","value":"[bu].*"}`), "urn:services:blood,urine"},
		{"in", filters(`{"property":"code","op":"in","value":"bed, icu,none"}`), "urn:services:bed,icu"},
		{"not-in", filters(`{"property":"code","op":"not-in","value":"out,visit,lab,blood,urine,in"}`), "urn:services:bed,checkup,icu"},
		{"equal property", filters(`{"property":"price","op":"=","value":"1.50"}`), "urn:services:blood"},
		{"equal coding", filters(`{"property":"kind","op":"=","value":"k1"}`), "urn:services:checkup"},
		{"equal display", filters(`{"property":"display","op":"=","value":"Visit"}`), "urn:services:visit"},
		{"exists", filters(`{"property":"price","op":"exists","value":"true"}`), "urn:services:blood"},
		{"regex is of the whole", filters(`{"property":"code","op":"regex","value":"b|in"}`), "urn:services:in"},
		{"nothing passes", filters(`{"property":"code","op":"=","value":"none"}`), ""},
		{"only active", `,"compose":{"inactive":false,"include":[{"system":"urn:services","filter":[{"property":"concept","op":"is-a","value":"in"}]}]}`, "urn:services:bed,in"},
		{"only active of a whole", `,"compose":{"inactive":false,"include":[{"system":"urn:services"}]}`, "urn:services:*-icu"},
		{"another value set", `,"compose":{"include":[{"valueSet":["urn:vs:listed"]}]}`, "urn:other:x urn:services:bed,blood"},
		{"in both value sets", `,"compose":{"include":[{"valueSet":["urn:vs:listed","urn:vs:lab"]}]}`, "urn:services:blood"},
		{"in the system and the value set", `,"compose":{"include":[{"system":"urn:services","valueSet":["urn:vs:listed"]}]}`, "urn:services:bed,blood"},
		{"one or the other", `,"compose":{"include":[{"valueSet":["urn:vs:lab"]},{"system":"urn:services","concept":[{"code":"bed"}]}]}`, "urn:services:bed,blood,checkup,lab,urine"},
		{"without another value set", `,"compose":{"include":[{"valueSet":["urn:vs:listed"]}],"exclude":[{"valueSet":["urn:vs:lab"]}]}`, "urn:other:x urn:services:bed"},
		{"without all of a system", `,"compose":{"include":[{"valueSet":["urn:vs:listed"]}],"exclude":[{"system":"urn:services"}]}`, "urn:other:x"},
		{"R4's own", `,"compose":{"include":[{"valueSet":["http://hl7.org/fhir/ValueSet/claim-use"]}]}`, "http://hl7.org/fhir/claim-use:claim,preauthorization,predetermination"},
		{"an expansion alone", `,"expansion":{"timestamp":"2026-01-01","contains":[{"system":"urn:a","code":"1","abstract":true,"contains":[{"system":"urn:a","code":"2"}]},{"display":"group","contains":[{"system":"urn:b","code":"3"}]}]}`, "urn:a:2 urn:b:3"},
		{"an expansion where the system is not known", `,"compose":{"include":[{"system":"urn:none","filter":[{"property":"concept","op":"is-a","value":"x"}]}]},"expansion":{"timestamp":"2026-01-01","contains":[{"system":"urn:none","code":"1"}]}`, "urn:none:1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newShelf(t)
			s.valueSet(t, "urn:vs", c.valueSet)
			set, err := New(s).Expand(t.Context(), "urn:vs")
			require.NoError(t, err)
			require.Equal(t, c.want, shown(set))
			require.Equal(t, "urn:vs", set.URL)
		})
	}
}

func TestExpandRefuses(t *testing.T) {
	var list strings.Builder
	for i := range MaxCodes + 1 {
		fmt.Fprintf(&list, `{"code":"c%d"},`, i)
	}
	cases := []struct{ name, valueSet, code, url string }{
		{"not known", "", outcome.NotFound, "urn:vs"},
		{"another is not known", `,"compose":{"include":[{"valueSet":["urn:none"]}]}`, outcome.NotFound, "urn:none"},
		{"a filter of a system that is not known", `,"compose":{"include":[{"system":"urn:none","filter":[{"property":"concept","op":"is-a","value":"x"}]}]}`, outcome.NotFound, "urn:none"},
		{"a circle", `,"compose":{"include":[{"valueSet":["urn:vs:loop"]}]}`, outcome.Invalid, "urn:vs:loop"},
		{"itself", `,"compose":{"include":[{"valueSet":["urn:vs"]}]}`, outcome.Invalid, "urn:vs"},
		{"too many codes", `,"compose":{"include":[{"system":"urn:a","concept":[` + strings.TrimSuffix(list.String(), ",") + `]}]}`, outcome.TooCostly, "urn:vs"},
		{"a concept that is not there", filters(`{"property":"concept","op":"is-a","value":"none"}`), outcome.Invalid, "urn:services"},
		{"another property's hierarchy", filters(`{"property":"price","op":"is-a","value":"lab"}`), outcome.NotSupported, "urn:services"},
		{"a broken pattern", filters(`{"property":"code","op":"regex","value":"("}`), outcome.Invalid, "urn:services"},
		{"a hierarchy of parts", `,"compose":{"include":[{"system":"urn:parts","filter":[{"property":"concept","op":"is-a","value":"leg"}]}]}`, outcome.NotSupported, "urn:parts"},
		{"a page of an expansion", `,"compose":{"include":[{"valueSet":["urn:none"]}]},"expansion":{"timestamp":"2026-01-01","total":5,"contains":[{"system":"urn:a","code":"1"}]}`, outcome.NotFound, "urn:none"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newShelf(t)
			if c.valueSet != "" {
				s.valueSet(t, "urn:vs", c.valueSet)
			}
			_, err := New(s).Expand(t.Context(), "urn:vs")
			var said *Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, c.code, said.Code)
			require.Equal(t, c.url, said.URL)
			require.Equal(t, c.url, said.Outcome(400).Issues[0].Found)
		})
	}
	_, err := New(newShelf(t)).Expand(t.Context(), "urn:broken")
	require.ErrorIs(t, err, errBroken)
	_, err = New(nil).Expand(t.Context(), "http://hl7.org/fhir/ValueSet/claim-use|9")
	require.Error(t, err, "another version than R4's")
	deep := shelf{}
	for i := range MaxDepth + 2 {
		deep.valueSet(t, fmt.Sprintf("urn:d%d", i), fmt.Sprintf(`,"compose":{"include":[{"valueSet":["urn:d%d"]}]}`, i+1))
	}
	_, err = New(deep).Expand(t.Context(), "urn:d0")
	require.ErrorContains(t, err, "too deep")
	wide := shelf{}
	var sets []string
	for i := range MaxReads {
		wide.valueSet(t, fmt.Sprintf("urn:w%d", i), `,"compose":{"include":[{"system":"urn:a","concept":[{"code":"1"}]}]}`)
		sets = append(sets, fmt.Sprintf(`{"valueSet":["urn:w%d"]}`, i))
	}
	wide.valueSet(t, "urn:w", `,"compose":{"include":[`+strings.Join(sets, ",")+`]}`)
	_, err = New(wide).Expand(t.Context(), "urn:w")
	require.ErrorContains(t, err, "too many definitions")
}

func TestVersions(t *testing.T) {
	s := newShelf(t)
	s["ValueSet urn:v|2"] = document(t, `{"resourceType":"ValueSet","status":"active","url":"urn:v","version":"2","compose":{"include":[{"system":"urn:services","version":"3","filter":[{"property":"code","op":"=","value":"new"}]}]}}`)
	s["CodeSystem urn:services|3"] = document(t, `{"resourceType":"CodeSystem","status":"active","url":"urn:services","version":"3","content":"complete","concept":[{"code":"new"}]}`)
	set, err := New(s).Expand(t.Context(), "urn:v|2")
	require.NoError(t, err)
	require.Equal(t, "urn:services:new", shown(set))
	_, err = New(s).Expand(t.Context(), "urn:v|1")
	require.ErrorContains(t, err, "urn:v|1")
}

func TestMembership(t *testing.T) {
	s := newShelf(t)
	s.valueSet(t, "urn:vs", `,"compose":{"include":[{"system":"urn:services"},{"system":"urn:some"},{"system":"urn:far"},{"system":"urn:a","concept":[{"code":"1"}]}],`+
		`"exclude":[{"system":"urn:services","concept":[{"code":"bed"}]},{"system":"urn:far","concept":[{"code":"no"}]}]}`)
	set, err := New(s).Expand(t.Context(), "urn:vs")
	require.NoError(t, err)
	cases := []struct {
		system, code string
		want         Membership
	}{
		{"urn:a", "1", In},
		{"urn:a", "2", Out},
		{"urn:b", "1", Out},
		{"", "1", Out},
		{"urn:services", "lab", In},
		{"urn:services", "bed", Out},
		{"urn:services", "none", Out},
		{"urn:some", "a", Unverified},
		{"urn:far", "anything", Unverified},
		{"urn:far", "no", Out},
	}
	for _, c := range cases {
		require.Equal(t, c.want, set.Has(c.system, c.code), "%s|%s", c.system, c.code)
	}
	require.Equal(t, In, set.HasCode("1"))
	require.Equal(t, Unverified, set.HasCode("no such"))
	require.True(t, set.HasSystem("urn:far"))
	require.False(t, set.HasSystem("urn:b"))
	require.Equal(t, 1, set.Len())
}

func TestHierarchy(t *testing.T) {
	terms := New(newShelf(t))
	cs, err := terms.CodeSystem(t.Context(), "urn:services")
	require.NoError(t, err)
	require.Equal(t, []string{"lab", "blood", "urine", "checkup"}, cs.Below("lab"))
	require.Equal(t, []string{"checkup", "lab", "out"}, cs.Above("checkup"))
	require.Nil(t, cs.Below("none"))
	parts, err := terms.CodeSystem(t.Context(), "urn:parts")
	require.NoError(t, err)
	require.Equal(t, []string{"leg"}, parts.Below("leg"), "a part is not a kind")
	none, err := terms.CodeSystem(t.Context(), "urn:none")
	require.NoError(t, err)
	require.Nil(t, none)
	circle := document(t, `{"resourceType":"CodeSystem","status":"active","url":"urn:c","content":"complete","concept":[`+
		`{"code":"a","property":[{"code":"subsumedBy","valueCode":"b"}]},{"code":"b","property":[{"code":"subsumedBy","valueCode":"a"}]}]}`)
	round, err := ReadCodeSystem(circle)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, round.Below("a"))
}

func FuzzExpand(f *testing.F) {
	f.Add(`{"resourceType":"ValueSet","status":"active","url":"urn:v","compose":{"include":[{"system":"urn:c","filter":[{"property":"concept","op":"is-a","value":"a"}]},{"valueSet":["urn:v"]}]}}`,
		`{"resourceType":"CodeSystem","status":"active","url":"urn:c","content":"complete","concept":[{"code":"a","concept":[{"code":"a"}]}]}`)
	f.Fuzz(func(t *testing.T, valueSet, codeSystem string) {
		s := shelf{}
		if doc, issues := codec.Parse([]byte(codeSystem), codec.Limits{}); len(issues) == 0 && doc.Type() == "CodeSystem" {
			s["CodeSystem urn:c"] = doc
		}
		doc, issues := codec.Parse([]byte(valueSet), codec.Limits{})
		if len(issues) > 0 || doc.Type() != "ValueSet" {
			return
		}
		s["ValueSet urn:v"] = doc
		set, err := New(s).Expand(t.Context(), "urn:v")
		if err == nil {
			for _, p := range set.Parts() {
				require.LessOrEqual(t, len(p.Codes), MaxCodes)
				for _, code := range p.Codes {
					require.Equal(t, In, set.Has(p.System, code))
				}
			}
		}
	})
}
