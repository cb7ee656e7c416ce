package source_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/scenario/source"
)

// flat writes a tree in short, to compare.
func flat(n *source.Node) string {
	switch {
	case n.Absent():
		return "~"
	case n.Kind == source.Scalar:
		return n.Text
	}
	var parts []string
	for _, i := range n.Items {
		parts = append(parts, flat(i))
	}
	for _, e := range n.Entries {
		parts = append(parts, e.Key+"="+flat(e.Value))
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func parse(t *testing.T, yaml string) *source.Node {
	n, problems := source.Parse("f", []byte(yaml))
	require.Empty(t, problems)
	return n
}

func TestAnchorsAndMergeKeys(t *testing.T) {
	require.Equal(t, "(x=(a=1 b=(c=2)) y=(a=1 b=(c=2)) z=(b=(d=3) a=1))",
		flat(parse(t, "x: &x {a: 1, b: {c: 2}}\ny: *x\nz: {b: {d: 3}, <<: *x}")), "a merge key is shallow, as YAML has it")
	require.Equal(t, "(x=(a=1) y=(a=2 b=3) z=(a=1 b=3))",
		flat(parse(t, "x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz: {<<: [*x, *y]}")), "of several the first counts")
}

func TestLayingOver(t *testing.T) {
	for _, c := range []struct{ below, over, want string }{
		{"{a: {b: 1, c: 2}, l: [1]}", "{a: {c: 3, d: 4}, l: [2]}", "(a=(b=1 c=3 d=4) l=(2))"},
		{"{a: 1, b: 2}", "{a: null}", "(b=2)"},
		{"{a: 1}", "{b: null}", "(a=1 b=~)"},
		{"{a: {b: 1}}", "{a: x}", "(a=x)"},
	} {
		require.Equal(t, c.want, flat(source.Merge(parse(t, c.below), parse(t, c.over))))
	}
	require.Equal(t, "(a=1)", flat(source.Merge(nil, parse(t, "{a: 1}"))))
	require.Equal(t, "(a=1)", flat(source.Merge(parse(t, "{a: 1}"), nil)))
}

func TestPlacesAreThoseOfTheFile(t *testing.T) {
	n := parse(t, "a:\n  - b: x\n    c: [1,\n      2]\n")
	c := n.Get("a").Items[0].Get("c")
	require.Equal(t, source.Position{File: "f", Line: 4, Column: 7}, c.Items[1].At)
	require.Equal(t, "f:4:7", c.Items[1].At.String())
}

func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for _, names := range []string{"ab", "bc", "cd", "de", "ef", "fg", "gh"} {
		bomb += names[1:] + ": &" + names[1:] + " [" + strings.TrimSuffix(strings.Repeat("*"+names[:1]+", ", 10), ", ") + "]\n"
	}
	for name, body := range map[string]string{
		"too many values": bomb,
		"too deep":        strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"itself":          "a: &a [*a]",
		"too large":       strings.Repeat("a", source.MaxBytes+1),
		"a list as a key": "{[a]: b}",
		"no text":         "a: \xff\xfe",
	} {
		_, problems := source.Parse("f", []byte(body))
		require.NotEmpty(t, problems, name)
		require.LessOrEqual(t, len(problems), 50, name)
	}
}

// What Merge makes has all of over, and of below what over does not name.
func TestMergeKeepsWhatIsOver(t *testing.T) {
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 4, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		object := func(label, value string) *source.Node {
			n := &source.Node{Kind: source.Map}
			for _, k := range keys.Draw(t, label) {
				n.Entries = append(n.Entries, source.Entry{Key: k, Value: &source.Node{Kind: source.Scalar, Text: value}})
			}
			return n
		}
		below, over := object("below", "1"), object("over", "2")
		merged := source.Merge(below, over)
		for _, k := range []string{"a", "b", "c", "d"} {
			want := below.Get(k)
			if over.Get(k) != nil {
				want = over.Get(k)
			}
			require.Equal(t, want, merged.Get(k))
		}
	})
}
