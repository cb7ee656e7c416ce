package tree_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

func read(t require.TestingT, yaml string) tree.Value {
	root, problems := source.Parse("f", []byte(yaml))
	require.Empty(t, problems)
	v := tree.FromYAML(root, &problems)
	require.Empty(t, problems)
	return v
}

// requireText compares to the letter: digits and the order of members count.
func requireText(t *testing.T, want string, v tree.Value, replace func(string) string) {
	t.Helper()
	if got := string(tree.Marshal(v, replace)); got != want {
		require.Fail(t, "written otherwise", "wanted %s, got %s", want, got)
	}
}

func TestFragmentsAreLaidOver(t *testing.T) {
	for _, c := range []struct{ below, over, want string }{
		{"{a: 1, b: x}", "{b: y, c: true}", `{"a":1,"b":"y","c":true}`},
		{"{a: {b: 1, c: 2}}", "{a: {c: 3}}", `{"a":{"b":1,"c":3}}`},
		{"{a: [1]}", "{a: [2, {b: 3}]}", `{"a":[1,2,{"b":3}]}`},
		{"{a: 1, b: 2}", "{a: null, z: null}", `{"b":2}`},
		{"{a: {b: 1}}", "{a: x}", `{"a":"x"}`},
		{"{a: x}", "{a: {b: {c: null, d: 1}}}", `{"a":{"b":{"d":1}}}`},
		{"{a: 1}", "[1]", `{"a":1}`},
	} {
		o := read(t, c.below).(*tree.Object)
		over := read(t, c.over)
		o.Lay(over)
		require.Equal(t, c.want, string(tree.Marshal(o, nil)), c.over)
	}
}

func TestAFragmentMayBeLaidOverSeveral(t *testing.T) {
	over := read(t, "{a: {b: 1}}")
	first, second := tree.New(), tree.New()
	first.Lay(over)
	second.Lay(over)
	first.Lay(read(t, "{a: {b: 2}}"))
	requireText(t, `{"a":{"b":1}}`, second, nil)
}

func TestDigitsDatesAndTexts(t *testing.T) {
	requireText(t, `{"a":1.50,"b":"2026-05-10","c":"1.50","d":true,"e":"true","f":1e3}`,
		read(t, `{a: 1.50, b: 2026-05-10, c: "1.50", d: true, e: "true", f: 1e3}`), nil)
	for _, bad := range []string{"0x10", "1_000", ".5", ".inf", "+1", "0o7"} {
		root, problems := source.Parse("f", []byte("{a: "+bad+"}"))
		require.Empty(t, problems)
		tree.FromYAML(root, &problems)
		require.Len(t, problems, 1, bad)
		require.Equal(t, "The number cannot be used", problems[0].Text)
	}
}

func TestTextsAreReplaced(t *testing.T) {
	v := read(t, `{a: "{x}", b: ["{x}", 1, null], c: {d: "{x}", e: null}}`)
	upper := func(s string) string { return strings.ReplaceAll(s, "{x}", "y") }
	requireText(t, `{"a":"y","b":["y",1,null],"c":{"d":"y","e":null}}`, v, upper)
	require.Equal(t, tree.Marshal(v, upper), tree.Marshal(tree.Replace(v, upper), nil))
}

// Whatever text is written, it is read back by any JSON parser.
func TestWhatIsWrittenIsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, text := rapid.String().Draw(t, "key"), rapid.String().Draw(t, "text")
		written := tree.Marshal(tree.New(key, tree.List{tree.Text(text), tree.Number("1.0")}), nil)
		var back map[string][]any
		require.NoError(t, json.Unmarshal(written, &back))
		require.Len(t, back, 1)
	})
}
