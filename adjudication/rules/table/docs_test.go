package table

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/rules/table/sheet"
)

// block is a table of the manual with what stands beneath it: lines of claims, or what is told.
var block = regexp.MustCompile("(?s)```csv\n(.*?)```\n(.*?)(?:\n## |```csv|$)")

// TestTheExamplesOfTheManual reads docs/rules/tables.md: each table does what is written beneath it.
func TestTheExamplesOfTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../../docs/rules/tables.md")
	require.NoError(t, err)
	lines, told := 0, 0
	for _, m := range block.FindAllStringSubmatch(string(manual), -1) {
		if _, text, ok := strings.Cut(m[2], "```text\n"); ok {
			text, _, _ = strings.Cut(text, "```")
			require.Equal(t, strings.TrimSpace(text), whatIsTold(t, m[1]))
			told++
			continue
		}
		lines += whatHappens(t, compile(t, m[1]), m[2])
	}
	require.Equal(t, 9+6+8, lines)
	require.Equal(t, 2, told)
}

func whatIsTold(t *testing.T, text string) string {
	rule, err := compiled(text)
	var all sheet.Problems
	if !errors.As(err, &all) {
		require.NoError(t, err)
		all = rule.Warnings
	}
	return all.Error()
}

// whatHappens reads the lines of claims beneath an example.
func whatHappens(t *testing.T, rule *Rule, text string) int {
	var names []string
	n := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			if names != nil && n > 0 {
				break
			}
			continue
		}
		var cells []string
		for _, cell := range strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		switch {
		case names == nil:
			names = cells
			continue
		case strings.HasPrefix(cells[0], "---"):
			continue
		}
		s := about(t, cells[0])
		for i := 1; i < len(cells)-1; i++ {
			s.set(t, strings.TrimSuffix(names[i], " price")+"="+cells[i])
		}
		happens := strings.Join(s.fires(rule.Compiled), "; ")
		if happens == "" {
			happens = "nothing"
		}
		require.Equal(t, cells[len(cells)-1], happens, line)
		n++
	}
	return n
}

// TestTheTemplatesAreTheExamples: who starts from a template finds it in the manual, but for its status and its comments.
func TestTheTemplatesAreTheExamples(t *testing.T) {
	manual, err := os.ReadFile("../../../docs/rules/tables.md")
	require.NoError(t, err)
	for _, kind := range Kinds {
		text, err := Template(kind)
		require.NoError(t, err)
		_, rest, _ := strings.Cut(string(text), "\n")
		require.Contains(t, string(manual), strings.Replace(rest, "status,draft", "status,active", 1), kind)
	}
}
