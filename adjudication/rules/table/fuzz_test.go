package table

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/condition"
	"claimwright/adjudication/rules/table/sheet"
)

// FuzzCell: whatever stands in a cell, it is told what is wrong with it, or it is an expression that compiles. Expressions of
// one's own may be wrong; the definition as a whole is checked then.
func FuzzCell(f *testing.F) {
	for _, text := range []string{"A, B", "not O00-O9A", "18-64", "<5, 65+", "1,200", "list:x", "2026-01-01..2026-02-01", "=true", "only E11", "weekend", "−5..5", "\"", "\\"} {
		f.Add(text)
	}
	var headings []string
	for _, h := range Headings() {
		if !h.Action {
			headings = append(headings, h.Name)
		}
	}
	headings = append(headings, "age from", "max date")
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range headings {
			col, ok := heading(h)
			require.True(t, ok, h)
			if col.role != factRole {
				continue
			}
			for _, number := range []bool{false, true} {
				p, wrong := col.part(sheet.Cell{Text: text, Number: number})
				if wrong != nil || p.expression == "" || text[0] == '=' || len(p.expression) > condition.MaxLength {
					continue
				}
				lists := (&compiler{}).known()
				_, problems := condition.Compile(p.expression, condition.Options{Lists: lists})
				for _, problem := range problems {
					require.Contains(t, problem.Text, "could take too long", "%s: %q became %s", h, text, p.expression)
				}
			}
		}
	})
}

// FuzzTable: no table makes a panic, and a rule that is made of one is made again the same.
func FuzzTable(f *testing.F) {
	for _, kind := range Kinds {
		text, err := Template(kind)
		require.NoError(f, err)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := compiled(text)
		if err != nil {
			var problems sheet.Problems
			require.ErrorAs(t, err, &problems)
			return
		}
		again, err := compiled(text)
		require.NoError(t, err)
		require.Equal(t, rule.Definition, again.Definition)
		require.Equal(t, rule.Warnings, again.Warnings)
	})
}

// TestSpans holds the arithmetic of bands against the numbers themselves.
func TestSpans(t *testing.T) {
	has := func(spans []span, n money.Decimal) bool {
		_, ok := meet(span{n, n, true, true, false, false}, span{})
		require.True(t, ok)
		for _, s := range spans {
			if _, ok := meet(s, span{n, n, true, true, false, false}); ok {
				return true
			}
		}
		return false
	}
	draw := rapid.Custom(func(t *rapid.T) span {
		s := span{
			money.Whole(rapid.Int64Range(0, 6).Draw(t, "low")), money.Whole(rapid.Int64Range(0, 6).Draw(t, "high")),
			rapid.Bool().Draw(t, "hasLow"), rapid.Bool().Draw(t, "hasHigh"), rapid.Bool().Draw(t, "openLow"), rapid.Bool().Draw(t, "openHigh"),
		}
		return s
	}).Filter(func(s span) bool { return !s.empty() })
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(draw, 0, 5).Draw(t, "spans")
		one := draw.Draw(t, "one")
		joined := union(nil, all)
		left, met := subtract(one, joined)
		for i := int64(-2); i <= 16; i++ {
			n := money.New(i*5, 1) // -1, -0.5 … 8: the ends, and what lies between them
			in, of := has(all, n), has([]span{one}, n)
			if has(joined, n) != in || has(met, n) != (in && of) || has(left, n) != (of && !in) {
				t.Fatalf("%s: union %s, met %s, left %s of %s", n, tell(joined), tell(met), tell(left), tell([]span{one}))
			}
		}
	})
}
