package order

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/condition"
)

// Entry is a rule with what it was read with.
type Entry struct {
	Rule *rules.Rule
	With rules.Context
}

// Scheme is what the rules are for. What is nil is not known, and nothing is said of it.
type Scheme struct {
	// Codes are the first codes of the services and items in the register, Categories what a line's category can be.
	Codes, Categories []string
	// Insurers and Facilities are keys, such as "Organization/x", Plans the codes of plans.
	Insurers, Facilities, Plans []string
	// Today is the day of the report; 0 is not known.
	Today day.Date
}

// Kind is what is found.
type Kind string

// The kinds, the gravest first.
const (
	// Never: the row can act on no line.
	Never Kind = "never"
	// Unknown: the scope names something that the scheme does not have.
	Unknown Kind = "unknown"
	// Past: the row can act only on lines of a time that is over.
	Past Kind = "past"
	// Overlap: two rows can act on the same line with actions that do not go together.
	Overlap Kind = "overlap"
	// Reason: two rows can reject the same line, and the first that is asked gives the reason.
	Reason Kind = "reason"
	// Tie: which of two rules comes first rests on their ids alone.
	Tie Kind = "tie"
)

var kinds = [...]Kind{Never, Unknown, Past, Overlap, Tie, Reason}

// Finding is one thing that was found.
type Finding struct {
	Kind Kind
	Rule *rules.Rule
	// Row counts from 1; 0 is the whole rule.
	Row int
	// Other and OtherRow are what the row overlaps or ties with, or what keeps it from acting; nil for nothing.
	Other    *rules.Rule
	OtherRow int
	// Text says what is the case, of an overlap who wins.
	Text string
	// Codes are what line.code can be of the lines on which two rows act; nil when it may be anything.
	Codes []string
}

// Report is what was found.
type Report struct {
	// Findings are sorted by kind, then in the order in which rules are asked.
	Findings []Finding
	// Left counts findings beyond MaxFindings of each kind.
	Left int
	// Ended says that there were too many pairs of rows to look at all.
	Ended bool
}

const (
	// MaxFindings bounds the findings of a kind.
	MaxFindings = 500
	// maxPairs bounds the pairs of rows that are looked at.
	maxPairs = 5_000_000
)

// row is one row of a rule, with what its condition needs.
type row struct {
	rule  *rules.Rule
	at    int
	needs *condition.Needs
}

type reporter struct {
	scheme Scheme
	rows   []row
	// byCode are the places of the rows that need one of these codes, general of all others.
	byCode  map[string][]int
	general []int
	pairs   int
	counts  map[Kind]int
	report  Report
}

// Look finds what can be said of rules. The order of the entries does not matter.
func Look(entries []Entry, s Scheme) (Report, error) {
	r := &reporter{scheme: s, byCode: map[string][]int{}, counts: map[Kind]int{}}
	with := map[*rules.Rule]rules.Context{}
	var all []*rules.Rule
	for _, e := range entries {
		with[e.Rule] = e.With
		all = append(all, e.Rule)
	}
	asked := rules.NewSet(all).Rules()
	for _, rule := range asked {
		if err := r.study(rule, with[rule]); err != nil {
			return Report{}, err
		}
	}
	for i := range r.rows {
		r.alone(&r.rows[i])
	}
	for _, rule := range asked {
		r.place(rule)
	}
	r.together()
	r.ties(asked)
	slices.SortStableFunc(r.report.Findings, func(a, b Finding) int {
		return cmp.Compare(slices.Index(kinds[:], a.Kind), slices.Index(kinds[:], b.Kind))
	})
	return r.report, nil
}

func (r *reporter) found(f Finding) {
	if r.counts[f.Kind]++; r.counts[f.Kind] > MaxFindings {
		r.report.Left++
		return
	}
	r.report.Findings = append(r.report.Findings, f)
}

func (r *reporter) study(rule *rules.Rule, with rules.Context) error {
	in := condition.NewEnvironment(with.Lists)
	for i := range rule.Rows {
		needs, err := condition.Study(rule.Rows[i].Condition.Text, condition.Options{Lists: with.Lists, ListNames: with.ListNames, In: in})
		if err != nil {
			return fmt.Errorf("%s, row %d: %w", rule.Key, i+1, err)
		}
		at := len(r.rows)
		r.rows = append(r.rows, row{rule, i, needs})
		codes, listed := needs.Texts("line.code")
		if !listed {
			r.general = append(r.general, at)
			continue
		}
		for _, c := range codes {
			r.byCode[c] = append(r.byCode[c], at)
		}
	}
	return nil
}

// alone judges a row by itself.
func (r *reporter) alone(w *row) {
	never := func(format string, args ...any) {
		r.found(Finding{Kind: Never, Rule: w.rule, Row: w.at + 1, Text: "can never act: " + fmt.Sprintf(format, args...)})
	}
	switch s := &r.scheme; {
	case w.needs.Never != "":
		never("%s", w.needs.Never)
	case s.Codes != nil && w.needs.NoneOf("line.code", s.Codes):
		never("the register has no code of which %s holds", w.needs.Said("line.code"))
	case s.Categories != nil && w.needs.NoneOf("line.category", s.Categories):
		never("no line has a category of which %s holds", w.needs.Said("line.category"))
	case s.Plans != nil && w.needs.NoneOf("plan.code", s.Plans):
		never("there is no plan of which %s holds", w.needs.Said("plan.code"))
	case s.Insurers != nil && w.needs.NoneOf("plan.insurer", s.Insurers):
		never("there is no insurer of which %s holds", w.needs.Said("plan.insurer"))
	case s.Facilities != nil && w.needs.NoneOf("facility.id", s.Facilities):
		never("there is no facility of which %s holds", w.needs.Said("facility.id"))
	}
}

// place judges the scope and the period of a rule.
func (r *reporter) place(rule *rules.Rule) {
	for _, part := range [...]struct {
		what         string
		named, known []string
	}{
		{"insurer", rule.Scope.Insurers, r.scheme.Insurers}, {"plan", rule.Scope.Plans, r.scheme.Plans},
		{"facility", rule.Scope.Facilities, r.scheme.Facilities},
		{"use", rule.Scope.Uses, []string{"claim", "preauthorization", "predetermination"}},
	} {
		if part.known == nil {
			continue
		}
		var unknown []string
		for _, n := range part.named {
			if !slices.Contains(part.known, n) {
				unknown = append(unknown, n)
			}
		}
		switch {
		case unknown == nil:
		case len(unknown) == len(part.named):
			r.found(Finding{Kind: Never, Rule: rule, Text: fmt.Sprintf("can never act: its scope names no %s that there is, only %s", part.what, strings.Join(unknown, ", "))})
		default:
			r.found(Finding{Kind: Unknown, Rule: rule, Text: fmt.Sprintf("its scope names a %s that there is not: %s", part.what, strings.Join(unknown, ", "))})
		}
	}
	if end := rule.Valid.End(); r.scheme.Today != 0 && end < r.scheme.Today {
		if rule.ByReceipt {
			r.found(Finding{Kind: Never, Rule: rule, Text: "can never act again: it goes by the day of receipt, and was in force until " + end.String()})
		} else {
			r.found(Finding{Kind: Past, Rule: rule, Text: "acts only on services until " + end.String() + ", when it ended"})
		}
	}
}
