package scheme

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func packagePart(code, quantity string) string {
	return `{"url":"part","extension":[{"url":"item","valueCoding":{"system":"urn:reg","code":"` + code + `"}}` + quantity + `]}`
}

func included(code string) string {
	return `{"url":"includes","valueCoding":{"system":"urn:reg","code":"` + code + `"}}`
}

// service is a register entry with further parts of its extension.
func service(code string, parts ...string) string {
	body := strings.NewReplacer(`"code":"A"`, `"code":"`+code+`"`, `,{"system":"urn:alias","code":"a"}`, "").Replace(fill(itemJSON, "ID="+strings.ToLower(code), "EXT=%PARTS"))
	return strings.Replace(body, "%PARTS", ","+strings.Join(parts, ","), 1)
}

func TestPackagesAndBundlesCompile(t *testing.T) {
	const fixed = `{"url":"package","valueCode":"fixed"}`
	sch := complete(t, service("A", fixed, packagePart("B", `,{"url":"quantity","valueDecimal":2.5}`), packagePart("C", "")),
		service("X", included("Y"), included("Z")), service("Y", included("Z")), fill(strings.ReplaceAll(itemJSON, `"code":"A"`, `"code":"Z"`), "ID=z"))
	a := sch.Item(Code{"urn:reg", "A"}, at("2026-03-01"))
	require.Equal(t, FixedPackage, a.Package)
	require.Len(t, a.Parts, 2)
	require.Equal(t, Code{"urn:reg", "B"}, a.Parts[0].Item)
	require.Equal(t, "2.5", a.Parts[0].Quantity.String())
	require.Equal(t, "1", a.Parts[1].Quantity.String())
	for code, nesting := range map[string]int{"A": 0, "X": 2, "Y": 1, "Z": 0} {
		require.Equal(t, nesting, sch.Item(Code{"urn:reg", code}, at("2026-03-01")).Nesting, code)
	}
}

func TestPackagesThatCannotBe(t *testing.T) {
	kind := func(code string) string { return `{"url":"package","valueCode":"` + code + `"}` }
	for name, c := range map[string]struct{ body, has string }{
		"parts of no package":     {service("A", packagePart("B", "")), "Only a package"},
		"fixed without parts":     {service("A", kind("fixed")), "does not say"},
		"a part twice":            {service("A", kind("fixed"), packagePart("B", ""), packagePart("B", "")), "part twice"},
		"none of a part":          {service("A", kind("fixed"), packagePart("B", `,{"url":"quantity","valueDecimal":0}`)), "consist of nothing"},
		"a part without a code":   {service("A", kind("fixed"), `{"url":"part","extension":[{"url":"quantity","valueDecimal":1}]}`), "no code"},
		"an unknown part's part":  {service("A", kind("fixed"), packagePart("B", `,{"url":"units","valueDecimal":1}`)), "no such part"},
		"capped without a price":  {strings.Replace(service("A", kind("capped")), `"type":"base"`, `"type":"informational"`, 1), "no price that caps"},
		"includes itself":         {service("A", included("A")), "cannot include itself"},
		"includes without a code": {service("A", `{"url":"includes","valueCoding":{"display":"x"}}`), "no code"},
	} {
		t.Run(name, func(t *testing.T) {
			sch, issues := compile(t, c.body)
			require.Len(t, issues, 1)
			require.Contains(t, issues[0].Text, c.has)
			require.Nil(t, sch.Item(Code{"urn:reg", "A"}, at("2026-03-01")))
		})
	}
}

func TestBundlesInACircleOrTooDeepAreLeftOut(t *testing.T) {
	sch, issues := compile(t, service("A", included("B")), service("B", included("C")), service("C", included("A")), service("D", included("E")))
	require.Len(t, issues, 3)
	require.Equal(t, "ChargeItemDefinition/a: ChargeItemDefinition", issues[0].Expression)
	require.Nil(t, sch.Item(Code{"urn:reg", "B"}, at("2026-03-01")))
	require.NotNil(t, sch.Item(Code{"urn:reg", "D"}, at("2026-03-01")))

	var chain []string
	for i := range maxNesting + 1 {
		chain = append(chain, service(fmt.Sprintf("S%d", i), included(fmt.Sprintf("S%d", i+1))))
	}
	sch, issues = compile(t, chain...)
	require.Len(t, issues, 1)
	require.Equal(t, "ChargeItemDefinition/s0: ChargeItemDefinition", issues[0].Expression)
	require.Equal(t, maxNesting, sch.Item(Code{"urn:reg", "S1"}, at("2026-03-01")).Nesting)
}
