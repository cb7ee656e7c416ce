package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/scheme"
)

// ruling asks the scheme's own rules about the lines of one claim.
type ruling struct {
	asking *rules.Asking
	view   *fact.View
	facts  fact.Facts
	line   fact.Line
	at     rules.Place
	// visit is the days of the visit or stay.
	visit day.Period
	// peers are what is usual, nil when that is not known.
	peers *scheme.Peers
	// fired is what fired on the line being decided; held back are the reviews, flags and notes of rules that were asked
	// before the line was valued.
	fired []rules.Fired
}

// RuleTrace is what one rule did to a line, or would have done.
type RuleTrace struct {
	// Rule is "PlanDefinition/x", Version the version that was read, Title what the rule calls itself.
	Rule, Version, Title string
	// Row is the row of the rule that held, from 1; RowTitle what it is called.
	Row      int
	RowTitle string
	// Action is the code of what the rule does, empty when Fault is set.
	Action string
	// Number is the cap or the score, when HasNumber.
	Number    money.Decimal
	HasNumber bool
	Text      string
	// Shadow says that the rule only records.
	Shadow bool
	// Fault is why the rule could not be evaluated; it did nothing then.
	Fault string
}

// ruled is what the rules leave of a line before it is valued: the smallest caps, and which rule gave them.
type ruled struct {
	quantity, unit       money.Decimal
	hasQuantity, hasUnit bool
	quantityBy, unitBy   capping
}

// capping is the rule that caps, and what it says.
type capping struct{ rule, text string }

// beginRuling makes ready to ask, where the scheme has rules.
func (d *decider) beginRuling() {
	set := d.Scheme.Rules()
	if set == nil {
		return
	}
	d.ruling = &ruling{facts: d.claimFacts(), visit: d.visit(), peers: d.Scheme.Peers(d.out.Insurer.Key)}
	if r := d.ruling; r.peers != nil {
		if mix := r.peers.Facility(d.out.Facility.Key); mix != nil {
			r.facts.Facility.Mix = mix
		}
	}
	d.ruling.view = fact.NewView(&d.ruling.facts)
	d.ruling.asking = set.About(d.ruling.view)
	d.ruling.at = rules.Place{
		Insurer: d.out.Insurer.Key, Facility: d.out.Facility.Key, Type: d.Claim.Type, Use: string(d.out.Use), Received: d.received,
	}
}

// allowedByRules: no rule of the scheme rejects the line, and what rules require is there. Caps are noted for the cuts.
func (d *decider) allowedByRules(l *Line) Denial {
	r := d.ruling
	if r == nil {
		return NotDenied
	}
	d.lineFacts(l)
	r.view.About(&r.line)
	r.at.Plan, r.at.Target = l.Plan.Code, l.Target
	r.fired = r.asking.Early(r.fired[:0], &r.line, r.at)
	denial := NotDenied
	for i := range r.fired {
		f := &r.fired[i]
		l.Rules = append(l.Rules, traceOf(f))
		if denial == NotDenied && f.Fault == "" && !f.Rule.Shadow {
			denial = d.actEarly(l, f)
		}
	}
	return denial
}

// actEarly does what a rule says before a line is valued; other actions wait.
func (d *decider) actEarly(l *Line, f *rules.Fired) Denial {
	switch f.Action.Kind {
	case rules.Reject:
		return d.rejectedBy(l, ByRule, f)
	case rules.RequireAuthorization:
		if d.out.Use == UseClaim && l.authorized == nil {
			return d.rejectedBy(l, AuthorizationRequired, f)
		}
	case rules.RequireDocument:
		if d.out.Use != UsePredetermination && !anyOf(d.ruling.facts.Claim.Documents, f.Action.Documents) {
			return d.rejectedBy(l, DocumentMissing, f)
		}
	case rules.CapQuantity:
		r := l.capped()
		if n := f.Number.Floor0(); !r.hasQuantity || n.Less(r.quantity) {
			r.quantity, r.hasQuantity, r.quantityBy = n, true, capping{f.Rule.Key, ruleText(f)}
		}
		l.Quantity = money.Min(l.Quantity, r.quantity)
	case rules.CapPrice:
		r := l.capped()
		if n := f.Number.Floor0(); !r.hasUnit || n.Less(r.unit) {
			r.unit, r.hasUnit, r.unitBy = n, true, capping{f.Rule.Key, ruleText(f)}
		}
	}
	return NotDenied
}

// rejectedBy denies in the words of a rule, the whole claim where the rule says so.
func (d *decider) rejectedBy(l *Line, denial Denial, f *rules.Fired) Denial {
	l.why, l.whyOf, l.byRule = f.Action.Text, denial, true
	if f.Action.WholeClaim {
		d.refuse(denial, true)
	}
	return denial
}

// anyOf tells whether any of the wanted kinds of documents is there.
func anyOf(have, wanted []string) bool {
	for _, w := range wanted {
		for _, h := range have {
			if h == w {
				return true
			}
		}
	}
	return false
}

// afterRules asks the rules that act after a line was valued, and does what those asked before have left to do.
func (d *decider) afterRules(l *Line) {
	r := d.ruling
	if r == nil || !l.Accepted() {
		return
	}
	r.line.Eligible, r.line.Paid = l.Eligible, l.Paid
	r.view.Valued()
	early := len(r.fired)
	r.fired = r.asking.Late(r.fired, &r.line, r.at)
	for i := range r.fired {
		f := &r.fired[i]
		if i >= early {
			l.Rules = append(l.Rules, traceOf(f))
		}
		if f.Fault == "" && !f.Rule.Shadow && !f.Action.Kind.Early() {
			d.actLate(l, f)
		}
	}
}

func (d *decider) actLate(l *Line, f *rules.Fired) {
	d.score(f)
	switch f.Action.Kind {
	case rules.Review:
		if d.Review == nil {
			l.Review = ReviewByRule
		}
		d.note(l, noteKey{kind: noteRule, rule: ruleText(f)})
	case rules.Note:
		d.note(l, noteKey{kind: noteRule, rule: ruleText(f)})
	}
}

func ruleText(f *rules.Fired) string {
	if f.Action.Text != "" {
		return f.Action.Text
	}
	return f.Rule.Title
}

func traceOf(f *rules.Fired) RuleTrace {
	t := RuleTrace{
		Rule: f.Rule.Key, Version: f.Rule.Version, Title: f.Rule.Title, Row: f.Row + 1, RowTitle: f.Rule.Rows[f.Row].Title,
		Shadow: f.Rule.Shadow, Fault: f.Fault,
	}
	if f.Action != nil {
		t.Action, t.Text = f.Action.Kind.Code(), f.Action.Text
		t.Number, t.HasNumber = f.Number, f.Action.Number != nil
	}
	return t
}

// capped is what rules leave of the line, once one caps it.
func (l *Line) capped() *ruled {
	if l.ruled == nil {
		l.ruled = &ruled{}
	}
	return l.ruled
}

// ruledUnits is the quantity asked, as far as authorizations and rules grant it.
func (l *Line) ruledUnits() money.Decimal {
	units := l.units()
	if l.ruled != nil && l.ruled.hasQuantity {
		return money.Min(units, l.ruled.quantity)
	}
	return units
}

// cutRuledQuantity disallows the units above the cap of a rule, which the provider could know.
func (d *decider) cutRuledQuantity(l *Line, work money.Decimal) money.Decimal {
	if l.ruled == nil {
		return work
	}
	units, ruled := l.units(), l.ruledUnits()
	if ruled.Equal(units) {
		return work
	}
	d.note(l, noteKey{kind: noteRule, rule: l.ruled.quantityBy.text})
	return d.cut(l, Disallowed, ByProvider, l.ruled.quantityBy.rule, work, d.granted(l, work, units, ruled))
}

// cutRuledPrice reduces to the unit price that a rule allows.
func (d *decider) cutRuledPrice(l *Line, work money.Decimal) money.Decimal {
	if l.ruled == nil || !l.ruled.hasUnit {
		return work
	}
	most := l.Quantity.Times(l.ruled.unit, d.out.Digits)
	if !most.Less(work) {
		return work
	}
	l.Unit, l.HasUnit = l.ruled.unit, true
	d.note(l, noteKey{kind: noteRule, rule: l.ruled.unitBy.text})
	return d.cut(l, PriceReduction, ByProvider, l.ruled.unitBy.rule, work, most)
}
