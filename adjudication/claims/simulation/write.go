package simulation

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
)

// mostGroups bounds the groups of one dimension that a person is shown.
const mostGroups = 10

// Caveat is what every report leaves out.
const Caveat = "Every claim was decided on its own recorded snapshot: knock-on effects on ledgers are not modelled. " +
	"What a claim would have been paid less would in life be left for the next one."

// Write writes the report for people.
func (r *Report) Write(w io.Writer) error {
	p := &page{}
	r.heading(p)
	r.summary(p)
	r.effects(p)
	r.faults(p)
	r.groups(p)
	r.largest(p)
	r.caveats(p)
	_, err := io.WriteString(w, p.String())
	return err
}

func (r *Report) heading(p *page) {
	p.line("Decided again: %s claims, %s lines%s", grouped(r.Claims), grouped(r.Lines), r.span())
	for _, rule := range r.Rules {
		p.line("  with     %s  %s", rule.Key, rule.Title)
	}
	for _, key := range r.Enforce {
		p.line("  enforced %s  as it was in shadow", key)
	}
	for _, key := range r.Without {
		p.line("  without  %s", key)
	}
}

// span says which claims.
func (r *Report) span() string {
	var s strings.Builder
	of := "decided"
	if r.ByService {
		of = "with services"
	}
	switch {
	case r.Since != 0 && r.Until != 0:
		fmt.Fprintf(&s, ", %s from %s to %s", of, r.Since, r.Until)
	case r.Since != 0:
		fmt.Fprintf(&s, ", %s since %s", of, r.Since)
	case r.Until != 0:
		fmt.Fprintf(&s, ", %s until %s", of, r.Until)
	}
	for _, filter := range [...][2]string{{"insurer", r.Insurer}, {"facility", r.Facility}, {"plan", r.Plan}} {
		if filter[1] != "" {
			fmt.Fprintf(&s, ", %s %s", filter[0], filter[1])
		}
	}
	if r.Use != "" && r.Use != engine.UseClaim {
		fmt.Fprintf(&s, ", use %s", r.Use)
	}
	return s.String()
}

func (r *Report) summary(p *page) {
	p.line("")
	t := &table{}
	t.row("", "before", "after", "difference")
	for _, m := range r.Money {
		t.row("paid, "+m.Currency, amount(m.Before), amount(m.After), signed(m.Before, m.After))
	}
	t.row("first pass", share(r.PassedBefore, r.Claims), share(r.PassedAfter, r.Claims), plus(r.PassedAfter-r.PassedBefore)+" claims")
	t.write(p)
	p.line("")
	if r.ClaimsChanged == 0 {
		p.line("Nothing changes.")
		return
	}
	p.line("%s claims and %s lines change: %s lines are denied that were not, %s no longer denied, %s paid less, %s paid more;",
		grouped(r.ClaimsChanged), grouped(r.LinesChanged), grouped(r.Denied), grouped(r.Accepted), grouped(r.Less), grouped(r.More))
	p.line("%s claims wait for a person that did not, %s no longer.", grouped(r.ToReview), grouped(r.FromReview))
	if r.Reviewed > 0 {
		p.line("A person reviewed %s of the lines that are cut, and cut %s of them as well.", grouped(r.Reviewed), grouped(r.Agreed))
	}
}

func (r *Report) effects(p *page) {
	if len(r.Fired) > 0 {
		p.line("")
		t := &table{}
		t.row("what the rules do", "lines", "claims")
		for _, f := range r.Fired {
			t.row(fmt.Sprintf("%s, row %d: %s", f.Rule, f.Row, join(f.Action, f.RowTitle)), grouped(f.Lines), grouped(f.Claims))
		}
		t.write(p)
	}
	if len(r.States) == 0 {
		return
	}
	p.line("")
	t := &table{}
	t.row("claims that change their state", "claims")
	for _, s := range r.States {
		t.row(string(s.Before)+" -> "+string(s.After), grouped(s.Claims))
	}
	t.write(p)
}

func (r *Report) faults(p *page) {
	if len(r.Faults) == 0 {
		return
	}
	p.line("")
	t := &table{}
	t.row("conditions that could not be evaluated; the rule did nothing", "lines", "claims")
	for _, f := range r.Faults {
		t.row(fmt.Sprintf("%s, row %d: %s (such as %s)", f.Rule, f.Row, f.Text, f.Claim), grouped(f.Lines), grouped(f.Claims))
	}
	t.write(p)
}

func (r *Report) groups(p *page) {
	for from := 0; from < len(r.Groups); {
		of := r.Groups[from].Dimension
		to := from
		for to < len(r.Groups) && r.Groups[to].Dimension == of {
			to++
		}
		r.dimension(p, of, r.Groups[from:to])
		from = to
	}
}

func (r *Report) dimension(p *page, of Dimension, groups []Group) {
	t := &table{}
	t.row("by "+string(of), "lines", "paid before", "after", "difference", "first pass")
	shown := 0
	for i := range groups {
		g := &groups[i]
		if g.Lines == 0 || shown == mostGroups {
			continue
		}
		shown++
		rate := ""
		if g.Claims > 0 {
			rate = share(g.PassedBefore, g.Claims) + " -> " + share(g.PassedAfter, g.Claims)
		}
		t.row(join(g.Key, g.Name), grouped(g.Lines), g.Currency+" "+amount(g.Before), amount(g.After), signed(g.Before, g.After), rate)
	}
	if shown > 0 {
		p.line("")
		t.write(p)
	}
}

func (r *Report) largest(p *page) {
	if len(r.Largest) == 0 {
		return
	}
	p.line("")
	t := &table{}
	t.row("the largest differences", "paid before", "after", "difference", "lines")
	for i := range r.Largest {
		d := &r.Largest[i]
		var lines []string
		for _, l := range d.Lines {
			lines = append(lines, l.String())
		}
		if d.More > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", d.More))
		}
		t.row(d.Claim, d.Currency+" "+amount(d.Before), amount(d.After), signed(d.Before, d.After), strings.Join(lines, "; "))
	}
	t.write(p)
}

// String is "3 S-XRAY 800.00 -> 0 (rejected-by-rule)".
func (l *LineDifference) String() string {
	s := strconv.FormatInt(l.Sequence, 10)
	for _, n := range [2]int64{l.Detail, l.SubDetail} {
		if n != 0 {
			s += "." + strconv.FormatInt(n, 10)
		}
	}
	s = fmt.Sprintf("%s %s %s -> %s", s, l.Service, amount(l.Before), amount(l.After))
	switch {
	case l.DeniedAfter != "":
		s += " (" + l.DeniedAfter + ")"
	case l.DeniedBefore != "":
		s += " (no longer " + l.DeniedBefore + ")"
	}
	return s
}

func (r *Report) caveats(p *page) {
	p.line("")
	for _, text := range r.Caveats() {
		p.line("%s", text)
	}
}

// Caveats are what a reader must know to take the figures for what they are.
func (r *Report) Caveats() []string {
	texts := []string{Caveat}
	add := func(n int64, text string) {
		if n > 0 {
			texts = append(texts, fmt.Sprintf(text, grouped(n)))
		}
	}
	if r.Cut != "" {
		texts = append(texts, "The simulation was cut short: "+r.Cut+".")
	}
	add(r.Forgotten, "For %s claims a rule looks back for services that were not remembered so far back then: it may have seen too few.")
	add(r.OtherEngine, "%s claims were decided by another version of the engine; before and after are both as this one decides.")
	add(r.Cancelled, "Left out: %s claims that were cancelled since.")
	add(r.NoDecision, "Left out: %s responses that record no decision.")
	add(r.Unable, "Left out: %s claims that cannot be decided again:")
	for _, reason := range r.Reasons {
		texts = append(texts, fmt.Sprintf("  %s: %s", grouped(reason.Claims), reason.Text))
	}
	return texts
}

// grouped is a number with its thousands apart.
func grouped(n int64) string { return apart(strconv.FormatInt(n, 10)) }

// amount is an amount with its thousands apart.
func amount(d money.Decimal) string {
	digits, ok := strings.CutPrefix(d.String(), "-")
	whole, part, broken := strings.Cut(digits, ".")
	s := apart(whole)
	if broken {
		s += "." + part
	}
	if ok {
		s = "-" + s
	}
	return s
}

func apart(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// share is a part in per cent with one digit.
func share(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	tenths := (part*1000 + whole/2) / whole
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

func signed(before, after money.Decimal) string {
	d := after.Sub(before)
	if d.Sign() > 0 {
		return "+" + amount(d)
	}
	return amount(d)
}

func plus(n int64) string {
	if n > 0 {
		return "+" + grouped(n)
	}
	if n < 0 {
		return "-" + grouped(-n)
	}
	return "0"
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "  " + b
}
