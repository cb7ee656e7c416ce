package rulebook

import (
	"context"
	"fmt"
	"strings"

	"claimwright/adjudication/engine/rules/trial"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/outcome"
)

// Tested is how the tests of one rule went.
type Tested struct {
	Rule scheme.WrittenRule
	// Mistakes are what is wrong with the tests themselves; none was run then.
	Mistakes []outcome.Issue
	Results  []trial.Result
	Coverage trial.Coverage
}

// Test runs the tests of rules.
func Test(ctx context.Context, written []scheme.WrittenRule) ([]Tested, error) {
	all := make([]Tested, len(written))
	for i, w := range written {
		t := &all[i]
		t.Rule = w
		tests, issues := trial.Read(w.Document, w.Rule)
		if t.Mistakes = issues; len(issues) > 0 {
			continue
		}
		t.Results = trial.Run(ctx, w.Rule, w.With, tests)
		var err error
		if t.Coverage, err = trial.Cover(w.Rule, w.With, tests); err != nil {
			return nil, fmt.Errorf("%s: %w", w.Rule.Key, err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Failed counts the tests that fail; mistakes in a rule's tests count as one.
func (t *Tested) Failed() (n int) {
	if len(t.Mistakes) > 0 {
		return 1
	}
	for i := range t.Results {
		if !t.Results[i].Holds() {
			n++
		}
	}
	return n
}

// Percent is how much of the rule's conditions the tests have tried.
func (t *Tested) Percent() int { return trial.Percent(t.Coverage.Tried()) }

// Write tells how the tests went. Tests that hold are named only when verbose.
func (t *Tested) Write(out *strings.Builder, verbose bool) {
	fmt.Fprintf(out, "%s  %s\n", t.Rule.Rule.Key, t.Rule.Rule.Title)
	for _, i := range t.Mistakes {
		fmt.Fprintf(out, "  FAIL  %s\n", Told(i))
	}
	for i := range t.Results {
		switch r := &t.Results[i]; {
		case !r.Holds():
			fmt.Fprintf(out, "  FAIL  %s\n", r.Test.Name)
			for _, d := range r.Differences {
				fmt.Fprintf(out, "        %s\n", strings.ReplaceAll(d, "\n", "\n        "))
			}
		case verbose:
			fmt.Fprintf(out, "  ok    %s\n", r.Test.Name)
		}
	}
	if len(t.Mistakes) > 0 {
		return
	}
	seen, all := t.Coverage.Tried()
	fmt.Fprintf(out, "  %s, coverage %d %% (%d of %d)\n", counted(len(t.Results), "test", "tests"), trial.Percent(seen, all), seen, all)
	if len(t.Results) == 0 {
		return
	}
	for i := range t.Coverage.Rows {
		writeRow(out, &t.Coverage.Rows[i], len(t.Coverage.Rows) > 1)
	}
}

// writeRow tells which parts of a row's condition were never true or never false, each underlined.
func writeRow(out *strings.Builder, row *trial.RowCoverage, named bool) {
	name := ""
	if named {
		name = fmt.Sprintf("row %d: ", row.Row)
	}
	if row.Fired == 0 {
		fmt.Fprintf(out, "    %snever acted\n", name)
	}
	for _, p := range row.Parts {
		var never []string
		if p.True == 0 {
			never = append(never, "true")
		}
		if p.False == 0 {
			never = append(never, "false")
		}
		if never == nil {
			continue
		}
		fmt.Fprintf(out, "    %snever %s (line %d, column %d):\n", name, strings.Join(never, " nor "), p.Line, p.Column)
		line := strings.Split(row.Condition, "\n")[min(p.Line, strings.Count(row.Condition, "\n")+1)-1]
		before := string([]rune(line)[:min(p.Column-1, len([]rune(line)))])
		mark := "^"
		if strings.HasPrefix(line[len(before):], p.Text) {
			mark = strings.Repeat("^", len([]rune(p.Text)))
		}
		fmt.Fprintf(out, "      %s\n      %s%s\n", line, blank(before), mark)
	}
}

// blank is as wide as a text.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, text)
}

// Told is an issue in a line.
func Told(i outcome.Issue) string {
	text := i.Text
	if i.Expression != "" {
		text = i.Expression + ": " + text
	}
	if i.Found != "" {
		text += fmt.Sprintf(": found %q", i.Found)
	}
	if i.Expected != "" {
		text += ", expected " + i.Expected
	}
	return text
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
