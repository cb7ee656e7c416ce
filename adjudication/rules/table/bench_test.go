package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/fact"
)

// large is a table of price caps: many services, ten bands of ages each.
func large(rows int) string {
	var b strings.Builder
	b.WriteString("title,Large\nhit policy,first\n\nservice,age,diagnosis,cap price\n")
	for i := range rows {
		fmt.Fprintf(&b, "S-%d,%d-%d,not O00-O9A,%d.50\n", i/10, i%10*10, i%10*10+9, 100+i)
	}
	return b.String()
}

// TestALargeTable: the largest table there may be compiles, and each line is asked about the rows of its code alone.
func TestALargeTable(t *testing.T) {
	rule := compile(t, large(rules.MaxRows))
	require.Len(t, rule.Compiled.Rows, rules.MaxRows)
	require.Empty(t, rule.Warnings)
	require.Equal(t, []string{"cap-price 1335.5"}, about(t, "S-123", "age=55").fires(rule.Compiled))
	for i := range rule.Compiled.Rows {
		require.Len(t, rule.Compiled.Rows[i].Condition.Shape().Codes, 1)
	}
	_, err := compiled(large(rules.MaxRows + 1))
	require.ErrorContains(t, err, "rules.csv: The rule has too many rows")
}

// BenchmarkCompile compiles the largest table there may be.
func BenchmarkCompile(b *testing.B) {
	text := large(rules.MaxRows)
	b.ReportAllocs()
	for b.Loop() {
		compile(b, text)
	}
}

// BenchmarkFiveThousandRows asks a rule of 5,000 rows about the ten lines of a claim.
func BenchmarkFiveThousandRows(b *testing.B) {
	rule := compile(b, large(rules.MaxRows))
	set := rules.NewSet([]*rules.Rule{rule.Compiled})
	facts := &fact.Facts{Diagnoses: []string{"J18.9"}}
	lines := make([]fact.Line, 10)
	for i := range lines {
		lines[i] = about(b, fmt.Sprintf("S-%d", i*40)).line
	}
	at := rules.Place{Plan: "GOLD", Target: lines[0].Date, Received: lines[0].Date}
	b.ReportAllocs()
	for b.Loop() {
		view := fact.NewView(facts)
		asking := set.About(view)
		var fired []rules.Fired
		for i := range lines {
			view.About(&lines[i])
			fired = asking.Early(fired[:0], &lines[i], at)
			fired = asking.Late(fired, &lines[i], at)
		}
		if len(fired) != 1 {
			b.Fatal("the cap did not fire")
		}
	}
}

// TestManyBands: comparing bands grows with their number and not with its square.
func TestManyBands(t *testing.T) {
	var b strings.Builder
	b.WriteString("title,Bands\nhit policy,first\namount,flag\n")
	for i := range rules.MaxRows {
		fmt.Fprintf(&b, "%d..%d.5,x\n", i, i)
	}
	warnings := compile(t, b.String()).Warnings
	require.Len(t, warnings, maxProblems)
	require.Contains(t, warnings[0].String(), "No row holds for more than 0.5 and less than 1")
}
