package explain

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
)

// check asserts what every response promises: the cuts of a line lead from what was billed to what is paid, each category
// is the sum of its cuts, what has parts is their sum, the totals are the sums of the lines, and somebody bears what is cut.
func (e *Explanation) check() {
	for _, l := range e.lines {
		e.checkLine(l)
	}
	e.checkSum("the totals", e.totals, e.lines)
	if len(e.lines) > 0 && slices.ContainsFunc(e.lines, (*line).explained) {
		e.checkBearers()
	}
}

// explained tells whether the line, or a part of it, has a trace; another payer's has none.
func (l *line) explained() bool { return l.traced || slices.ContainsFunc(l.parts, (*line).explained) }

func (e *Explanation) checkLine(l *line) {
	for _, p := range l.parts {
		e.checkLine(p)
	}
	if len(l.parts) > 0 {
		e.checkSum("line "+l.name, l.rows, l.parts)
	}
	if !l.traced {
		return
	}
	submitted, paid := amountOf(l.rows, "submitted"), amountOf(l.rows, "benefit")
	left := submitted
	byKind := map[string]money.Decimal{}
	var kinds []string
	for _, c := range l.trace.all("cut") {
		amount, ok := c.amount("amount")
		if !ok {
			e.wrong("line %s: the amount of a cut is %q", l.name, c.get("amount"))
			continue
		}
		left = left.Sub(amount)
		kind := c.get("kind")
		if _, seen := byKind[kind]; !seen {
			kinds = append(kinds, kind)
		}
		byKind[kind] = byKind[kind].Add(amount)
	}
	if !left.Equal(paid) {
		e.wrong("line %s: %s billed less all cuts leaves %s, but %s is paid", l.name, submitted, left, paid)
	}
	for _, kind := range kinds {
		if stated := amountOf(l.rows, kind); !stated.Equal(byKind[kind]) {
			e.wrong("line %s: the cuts for %s add up to %s, the line says %s", l.name, kind, byKind[kind], stated)
		}
	}
	eligible := submitted.Sub(amountOf(l.rows, "disallowed")).Sub(amountOf(l.rows, "price-reduction"))
	if stated := amountOf(l.rows, "eligible"); !stated.Equal(eligible) {
		e.wrong("line %s: eligible is %s, but %s is left after what is disallowed and the price reduction", l.name, stated, eligible)
	}
	raised := byKind["price-reduction"].Sign() < 0 // only compatibility profiles pay the list price regardless
	if paid.Sign() < 0 || submitted.Less(paid) && !raised {
		e.wrong("line %s: %s is paid of %s billed", l.name, paid, submitted)
	}
}

// checkSum holds amounts against the sums of the lines beneath, for every category that either mentions. Who bears what
// is said by totals alone, and checked apart. Another payer need not give any total, and his may have more than the lines: what
// was paid of the claim as a whole.
func (e *Explanation) checkSum(where string, stated []row, lines []*line) {
	sums := map[string]money.Decimal{}
	var codes []string
	mentioned, ours := [][]row{stated}, slices.ContainsFunc(lines, (*line).explained)
	if ours {
		mentioned = append(mentioned, rowsOf(lines)...)
	}
	for _, rows := range mentioned {
		for _, r := range rows {
			if r.isAmount && !slices.Contains(codes, r.code) && !isLiability(r.code) {
				codes = append(codes, r.code)
			}
		}
	}
	for _, rows := range rowsOf(lines) {
		for _, r := range rows {
			sums[r.code] = sums[r.code].Add(r.amount)
		}
	}
	if len(lines) == 0 {
		return
	}
	for _, code := range codes {
		if total := amountOf(stated, code); !total.Equal(sums[code]) && (ours || total.Less(sums[code])) {
			e.wrong("%s: %s is %s, its lines add up to %s", where, code, total, sums[code])
		}
	}
}

func rowsOf(lines []*line) [][]row {
	var all [][]row
	for _, l := range lines {
		all = append(all, l.rows)
	}
	return all
}

// ofBearer ends the categories that say what a bearer of cuts bears: "member-liability".
const ofBearer = "-liability"

func isLiability(code string) bool { return strings.HasSuffix(code, ofBearer) }

// checkBearers holds what each is said to bear against the cuts of the lines, and all of it against what was billed.
func (e *Explanation) checkBearers() {
	var bearers []string
	borne := map[string]money.Decimal{}
	know := func(bearer string) {
		if !slices.Contains(bearers, bearer) {
			bearers = append(bearers, bearer)
		}
	}
	var add func([]*line)
	add = func(lines []*line) {
		for _, l := range lines {
			for _, c := range l.trace.all("cut") {
				amount, _ := c.amount("amount")
				know(c.get("bearer"))
				borne[c.get("bearer")] = borne[c.get("bearer")].Add(amount)
			}
			add(l.parts)
		}
	}
	add(e.lines)
	for _, r := range e.totals {
		if bearer, ok := strings.CutSuffix(r.code, ofBearer); ok {
			know(bearer)
		}
	}
	all := amountOf(e.totals, "benefit")
	for _, bearer := range bearers {
		stated := amountOf(e.totals, bearer+ofBearer)
		if !stated.Equal(borne[bearer]) {
			e.wrong("the totals: %s is %s, the cuts add up to %s", bearer+ofBearer, stated, borne[bearer])
		}
		all = all.Add(stated)
	}
	if submitted := amountOf(e.totals, "submitted"); !submitted.Equal(all) {
		e.wrong("the totals: %s is billed, but %s is paid or borne by somebody", submitted, all)
	}
}
