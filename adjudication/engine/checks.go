package engine

import "claimwright/adjudication/engine/scheme"

// lineCheck is one check of a line: it returns why the line is denied, or NotDenied. It may read what earlier checks
// found and notes on the line what it found itself.
type lineCheck func(*decider, *Line) Denial

// resolving are the checks that find what a line is decided on. They do not depend on other lines, and all lines pass
// them before the others, because the category of the claim depends on them.
var resolving = []lineCheck{
	(*decider).dated,        // 9
	(*decider).notDuplicate, // 6
	(*decider).memberValid,  // 7
	(*decider).covered,      // 21, plan not in force
	(*decider).inRegister,   // 1
	(*decider).inPriceList,  // 2
}

// judging are the checks that follow, line after line: a line that is accepted counts against the lines after it.
var judging = []lineCheck{
	(*decider).notRejected,    // 40
	(*decider).careFits,       // 10
	(*decider).patientFits,    // 4
	(*decider).notTooOften,    // 5
	(*decider).inPlan,         // 3
	(*decider).waited,         // 17
	(*decider).claimsLeft,     // 11-15, 19
	(*decider).withinQuantity, // 16; the last that can deny, because it counts what it grants
	(*decider).needsReview,
}

// resolve runs the first checks on a line; judge runs the others.
func (d *decider) resolve(l *Line) { d.run(resolving, l) }

func (d *decider) judge(l *Line) { d.run(judging, l) }

// run stops at the first reason.
func (d *decider) run(checks []lineCheck, l *Line) {
	for _, passes := range checks {
		if l.Denial != NotDenied {
			return
		}
		l.Denial = passes(d, l)
	}
}

// classify finds the claim's category: the first, in the order of the categories, that any service of the register in it
// has, where a stay of several days counts as hospitalisation. A claim without any is a visit.
func (d *decider) classify() {
	d.category = scheme.Visit
	if d.multiDay {
		d.category = scheme.Hospitalisation
	}
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		if l.Denial != NotDenied || !l.Service.Service {
			continue
		}
		d.hasService = true
		if c := l.Service.Category; c != scheme.NoCategory && c < d.category {
			d.category = c
		}
	}
	for i := range d.out.Lines {
		d.out.Lines[i].Category = d.category
	}
}
