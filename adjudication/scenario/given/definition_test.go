package given

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// samples are a text for each type of value[x], and the value that it makes.
var samples = map[string]struct{ text, want string }{
	"boolean":         {"true", `true`},
	"canonical":       {"urn:list|1", `"urn:list|1"`},
	"code":            {"x", `"x"`},
	"CodeableConcept": {"A", `{"coding":[{"system":"https://claimwright.org/scenario/codes","code":"A"}]}`},
	"Coding":          {"urn:s|A", `{"system":"urn:s","code":"A"}`},
	"date":            {"2026-05-10", `"2026-05-10"`},
	"dateTime":        {"2026-05-10", `"2026-05-10"`},
	"decimal":         {"1.50", `1.50`},
	"instant":         {"2026-05-10T09:00:00Z", `"2026-05-10T09:00:00Z"`},
	"integer":         {"-1", `-1`},
	"Money":           {"12.50", `{"value":12.50,"currency":"KES"}`},
	"Period":          {"2026-01-01..", `{"start":"2026-01-01"}`},
	"positiveInt":     {"1", `1`},
	"Quantity":        {"3 d", `{"value":3,"unit":"d"}`},
	"Reference":       {"Organization/x", `{"reference":"Organization/x"}`},
	"string":          {"words", `"words"`},
	"unsignedInt":     {"0", `0`},
	"uri":             {"urn:x", `"urn:x"`},
}

// TestEveryPartOfEveryExtensionCanBeWritten: what the definitions define, a scenario can say, without code for it.
func TestEveryPartOfEveryExtensionCanBeWritten(t *testing.T) {
	contexts := map[string]bool{}
	parts := 0
	for _, d := range definitions() {
		for _, c := range d.contexts {
			contexts[c] = true
		}
		parts += requireWritable(t, d.id, &d.part)
	}
	require.Greater(t, parts, 60)
	for _, c := range []string{"Organization", "InsurancePlan", "ChargeItemDefinition"} {
		require.NotEmpty(t, extensionsOf(c), c)
	}
}

// requireWritable holds a part, and those beneath it, against the samples, for each type that it may have.
func requireWritable(t *testing.T, name string, p *part) int {
	t.Helper()
	if len(p.parts) > 0 {
		n := 0
		for _, sub := range p.parts {
			n += requireWritable(t, name+"."+sub.name, sub)
		}
		return n
	}
	require.NotEmpty(t, p.types, name)
	for _, kind := range p.types {
		sample, known := samples[kind]
		require.True(t, known, "%s has a type that scenarios cannot write: %s", name, kind)
		one := *p
		one.types, one.system = []string{kind}, ""
		if kind == "code" && p.codes != nil {
			sample.text, sample.want = p.codes[0], `"`+p.codes[0]+`"`
		} else {
			one.codes = nil
		}
		var problems source.Problems
		b := &builder{World: &World{}, problems: &problems}
		n := &source.Node{Kind: source.Scalar, Text: sample.text}
		got := string(tree.Marshal(b.extension(&one, "u", n, "KES"), nil))
		require.Empty(t, problems, name)
		require.Equal(t, `{"url":"u","value`+upperFirst(kind)+`":`+sample.want+`}`, got, name)
		require.True(t, json.Valid([]byte(got)))
	}
	return 1
}

func TestTheFirstTypeThatFitsIsTaken(t *testing.T) {
	var problems source.Problems
	b := &builder{World: &World{}, problems: &problems}
	p := &part{name: "p", types: []string{"unsignedInt", "Money", "string"}}
	for text, want := range map[string]string{
		"3": `"valueUnsignedInt":3`, "3.5": `"valueMoney":{"value":3.5,"currency":"KES"}`, "3 USD": `"valueMoney":{"value":3,"currency":"USD"}`,
		"three": `"valueString":"three"`,
	} {
		name, value := b.valueOf(p, &source.Node{Kind: source.Scalar, Text: text}, "KES")
		require.Equal(t, want, `"`+name+`":`+string(tree.Marshal(value, nil)))
	}
	require.Empty(t, problems)
}

func TestNestedAndRepeatedParts(t *testing.T) {
	root, problems := source.Parse("f", []byte("services: {A: {price: 1, part: [{item: B, quantity: 2}, {item: C}], includes: [B, C]}}"))
	require.Empty(t, problems)
	w := Read(root, nil, &problems)
	require.Empty(t, problems)
	var found string
	for _, r := range w.Resources {
		if r.Get("resourceType") == tree.Text("ChargeItemDefinition") {
			found = string(tree.Marshal(r.Get("extension"), nil))
		}
	}
	const code = `"valueCoding":{"system":"https://claimwright.org/scenario/codes","code":`
	require.Contains(t, found, `{"url":"part","extension":[{"url":"item",`+code+`"B"}},{"url":"quantity","valueDecimal":2}]},{"url":"part","extension":[{"url":"item",`+code+`"C"}}]}`)
	require.Contains(t, found, `{"url":"includes",`+code+`"B"}},{"url":"includes",`+code+`"C"}}`)
}
