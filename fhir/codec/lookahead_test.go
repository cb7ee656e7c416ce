package codec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTypeMayStandAnywhere(t *testing.T) {
	for name, body := range map[string]string{
		"last":              `{"code":{"text":"x"},"resourceType":"Basic"}`,
		"in between":        `{"id":"a","resourceType":"Basic","code":{"text":"x"}}`,
		"spaced":            "\n{ \"resourceType\" : \"Basic\" , \"code\" : { \"text\" : \"x\" } }\n",
		"escaped":           `{"code":{"text":"x"},"resource\u0054ype":"B\u0061sic"}`,
		"escaped first":     `{"resource\u0054ype":"B\u0061sic","code":{"text":"x"}}`,
		"behind everything": `{"a":[1,-2.5e3,true,false,null,"s",{},[],{"b":[{}]}],"resourceType":"Basic"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d, issues := Parse([]byte(body), Limits{})
			if name == "behind everything" {
				require.Equal(t, "Basic.a", issues[0].Expression)
				return
			}
			require.Empty(t, issues)
			require.Equal(t, "Basic", d.Type())
			require.Equal(t, "x", d.Root().Find(Intern("code"), Intern("text")).Text())
		})
	}
}

// nestedBundles has n Bundles inside one another, every resourceType at the end of its object.
func nestedBundles(n int) string {
	return strings.Repeat(`{"type":"collection","entry":[{"resource":`, n) + `{"code":{"text":"x"},"resourceType":"Basic"}` +
		strings.Repeat(`}],"resourceType":"Bundle"}`, n)
}

func TestLookingAheadReadsEachByteAtMostTwice(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"resource":{"code":{"text":"x"},"resourceType":"Basic"}},`, 500), ",")
	for name, body := range map[string]string{
		"nested":                 nestedBundles(20),
		"nested deep":            nestedBundles(300),
		"side by side":           `{"type":"collection","entry":[` + many + `],"resourceType":"Bundle"}`,
		"side by side below":     `{"resourceType":"Bundle","type":"collection","entry":[` + many + `]}`,
		"nested, broken":         strings.TrimSuffix(nestedBundles(300), "}"),
		"nested, no types":       strings.ReplaceAll(nestedBundles(300), "resourceType", "resourcetype"),
		"side by side, no types": `{"resourceType":"Bundle","type":"collection","entry":[` + strings.ReplaceAll(many, "resourceType", "resourcetype") + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			l := Limits{MaxDepth: 1000, MaxProblems: 10_000}.withDefaults()
			p := new(parser)
			p.reset([]byte(body), l)
			p.document()
			require.LessOrEqual(t, p.surveyedBytes, len(body))
		})
	}
	d := mustParse(t, nestedBundles(20))
	require.Equal(t, "Bundle", d.Type())
}

func TestTypesFoundAheadAreThoseOfTheirObjects(t *testing.T) {
	d := mustParse(t, `{"type":"collection","entry":[
		{"resource":{"code":{"text":"x"},"resourceType":"Basic"}},
		{"resource":{"resourceType":"Patient","active":true}},
		{"resource":{"status":"draft","instance":[{"resourceId":"a","resourceType":"Claim"}],"resourceType":"ExampleScenario"}}],
		"resourceType":"Bundle"}`)
	var types []string
	for _, r := range d.Root().All(nil, Intern("entry"), Intern("resource")) {
		types = append(types, d.Extract(r).Type())
	}
	require.Equal(t, []string{"Basic", "Patient", "ExampleScenario"}, types)
}

func TestTapeIsNeverLongerThanTheBody(t *testing.T) {
	for _, body := range []string{soundClaim, patientBody, smallBundle, nestedBundles(20), string(bundleBody(t, 5))} {
		d := mustParse(t, body)
		require.Less(t, len(d.tape), len(body)/2)
		require.Equal(t, uint32(len(d.tape)), d.tape[0].next)
	}
}
