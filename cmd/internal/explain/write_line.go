package explain

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/cmd/internal/console"
)

// writeLine writes one line: what was billed, the way to what is paid, and what else the trace says.
func (e *Explanation) writeLine(w *writer, l *line) {
	w.title(strings.TrimSuffix("Line "+l.name+": "+billedText(l), ": "))
	t := console.NewTable(1, 2)
	used := e.way(t, l)
	w.table(t)
	f := newFacts()
	for _, r := range l.rows {
		switch {
		case !r.isAmount && r.value != "":
			f.add(nameOf(r.code), r.value)
		case r.code == "tax" && l.traced: // it is on no way from billed to paid
			f.add(nameOf(r.code), r.amount.String())
		}
	}
	for i := range l.trace.parts {
		p := &l.trace.parts[i]
		switch {
		case p.name == "cut" || p.name == "limit" && slices.Contains(used, i):
		case p.name == "limit":
			f.add("limit", p.get("id")+": "+describeLimit(p))
		default:
			f.add(words(p.name), p.text())
		}
	}
	if !f.Empty() {
		w.table(f.Table)
	}
	for _, n := range l.notes {
		w.item("* ", or(e.notes[n], "note "+n+", which is missing"))
	}
	for _, p := range l.parts {
		e.writeLine(w, p)
	}
}

// billedText is what the claim says about the line.
func billedText(l *line) string {
	b := l.billed
	if !b.Exists() {
		return ""
	}
	texts := []string{strings.TrimSpace(codeOf(b.Get(nProductOrService)) + " " + display(textOf(b.Get(nProductOrService)), codeOf(b.Get(nProductOrService))))}
	if day := or(b.Get(nServicedDate).Text(), periodText(b.Get(nServicedPeriod).Get(nStart).Text(), b.Get(nServicedPeriod).Get(nEnd).Text())); day != "" {
		texts = append(texts, day)
	}
	quantity := b.Get(nQuantity).Get(nValue).Text()
	price := valueText(b.Get(nUnitPrice))
	switch {
	case b.Get(nUnitPrice).Exists():
		texts = append(texts, or(quantity, "1")+" × "+price)
	case quantity != "":
		texts = append(texts, "quantity "+quantity)
	}
	if net := b.Get(nNet); net.Exists() && !b.Get(nUnitPrice).Exists() {
		texts = append(texts, "net "+valueText(net))
	}
	return strings.Join(texts, ", ")
}

// display is a text unless it only repeats the code.
func display(text, code string) string {
	if text == code {
		return ""
	}
	return text
}

// way fills a table with the way from what was billed to what is paid. It returns which parts of the trace, by place, it
// told.
func (e *Explanation) way(t *console.Table, l *line) (used []int) {
	left := amountOf(l.rows, "submitted")
	t.Row("billed", "", left.String())
	reason := ""
	for _, r := range l.rows {
		if r.reason != "" {
			reason = r.reason
		}
	}
	if !l.traced {
		e.plainWay(t, l)
		return nil
	}
	for _, c := range l.trace.all("cut") {
		amount, _ := c.amount("amount")
		left = left.Sub(amount)
		var why []string
		if rule := c.get("rule"); rule != "" {
			why = append(why, rule)
		}
		if kind := c.get("kind"); kind == "disallowed" && reason != "" {
			why = append(why, reason)
		}
		if at := limitOf(l, c.get("rule"), c.get("kind"), used); at >= 0 {
			used = append(used, at)
			why = append(why, describeLimit(&l.trace.parts[at]))
		}
		text := strings.Join(why, ": ") + rest(&c, []string{"kind", "amount", "bearer", "rule"})
		t.Row(nameOf(c.get("kind")), amount.Neg().String(), left.String(), bearerName(c.get("bearer")), text)
	}
	if len(l.trace.all("cut")) == 0 && reason != "" { // a line of nothing has no cut, but a reason
		t.Row("disallowed", "", money.Decimal{}.String(), "", reason)
	}
	t.Row("paid", "", amountOf(l.rows, "benefit").String())
	return used
}

// plainWay tells the amounts of a line without a trace: of another payer, or the sum of its parts.
func (e *Explanation) plainWay(t *console.Table, l *line) {
	for _, r := range l.rows {
		switch {
		case !r.isAmount || r.code == "submitted":
		case isCut(r.code):
			t.Row(nameOf(r.code), r.amount.Neg().String(), "", "", r.reason)
		default:
			t.Row(nameOf(r.code), "", r.amount.String(), "", r.reason)
		}
	}
}

// limitOf is the place of the limit in the trace that made a cut, -1 for none: the one that the rule names, or the one that
// counts what the cut is for.
func limitOf(l *line, rule, kind string, used []int) int {
	counted := map[string][]string{
		"disallowed": {"quantity", "frequency", "category-count"}, "over-category": {"category-amount"}, "over-ceiling": {"ceiling"},
		"deductible": {"deductible"},
	}[kind]
	byKind := -1
	for i := range l.trace.parts {
		p := &l.trace.parts[i]
		if p.name != "limit" || slices.Contains(used, i) {
			continue
		}
		if p.get("id") == rule {
			return i
		}
		if byKind < 0 && slices.Contains(counted, p.get("kind")) {
			byKind = i
		}
	}
	return byKind
}
