package scenario

import "fmt"

// explain says in words how a line came out.
func (a *answer) explain(number string) []string {
	l := a.line(number)
	if l == nil {
		return append([]string{fmt.Sprintf("the answer has %d lines, outcome %s", len(a.Item), a.Outcome)}, a.faults()...)
	}
	text := fmt.Sprintf("submitted %s", l.amount("submitted"))
	for i := range l.Adjudication {
		r := &l.Adjudication[i]
		if !cutKinds()[r.code()] || r.Amount == nil {
			continue
		}
		text += fmt.Sprintf(", %s %s", r.code(), r.Amount.Value)
		if rule := l.ruleOf(r.code()); rule != "" {
			text += " (" + rule + ")"
		}
	}
	explained := []string{text + fmt.Sprintf(", paid %s", l.amount("benefit"))}
	if l.trace != nil {
		for _, sub := range l.trace.Extension {
			if sub.URL == "limit" {
				explained = append(explained, fmt.Sprintf("%s: %s of %s used before, %s after",
					sub.text("id"), sub.number("before"), sub.number("allowed"), sub.number("after")))
			}
		}
	}
	return append(explained, a.notesOf(number)...)
}

// ruleOf is what made the cut.
func (l *line) ruleOf(kind string) string {
	if l.trace == nil {
		return ""
	}
	for _, sub := range l.trace.Extension {
		if sub.URL == "cut" && sub.text("kind") == kind {
			return sub.text("rule")
		}
	}
	return ""
}

// String is the failure with its place, for people.
func (f Failure) String() string {
	text := fmt.Sprintf("%s: ", f.At)
	if f.Step > 0 {
		text += fmt.Sprintf("step %d: ", f.Step)
	}
	text += fmt.Sprintf("%s\n    expected  %s\n    found     %s", f.What, f.Expected, f.Found)
	for _, t := range f.Trace {
		text += "\n      " + t
	}
	return text
}
