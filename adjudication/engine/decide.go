package engine

import (
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// Decide decides a claim. It never fails: what cannot be decided is a Decision with faults. It changes nothing in the
// Case, and the same Case gives the same Decision; it is safe for concurrent use.
func Decide(c *Case) *Decision {
	d := &decider{Case: c, out: &Decision{Use: c.Claim.Use, Basis: c.basis()}}
	if !d.known() {
		return d.out.failed()
	}
	d.prepare()
	if d.totalled(); len(d.out.Faults) > 0 {
		return d.out.failed()
	}
	d.decideLines()
	if d.whole != NotDenied {
		d.denyWhole()
	}
	if !d.sound() {
		return d.out.failed()
	}
	d.conclude()
	d.book()
	return d.out
}

// decideLines resolves all lines and then judges and values them, one after the other.
func (d *decider) decideLines() {
	for i := range d.out.Lines {
		d.resolve(&d.out.Lines[i])
	}
	d.classify()
	d.beginRuling()
	if len(d.Others) > 0 {
		d.assignOthers()
	}
	d.makeRoom()
	d.judgeAll()
}

// makeRoom makes room at once for the trace of all lines, which is most of what a decision writes: each limit of the plan,
// the two of the category, two of the frequency and the quantity. The meters are as many, but most are shared by all lines.
func (d *decider) makeRoom() {
	rows, meters := 0, 0
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		if l.Denial != NotDenied {
			continue
		}
		category := &l.Plan.Categories[d.category]
		each := len(l.Plan.Limits) + 1
		for _, has := range [...]bool{category.HasAmount, category.HasCount, l.Service.Often.Days > 0, l.Service.Often.Period != scheme.NoPeriod} {
			if has {
				each++
			}
		}
		rows, meters = rows+each, max(meters, each)
		if l.Plan.LimitsQuantities {
			meters++
		}
	}
	if cap(d.checks) < rows {
		d.checks = make([]Check, 0, rows)
	}
	if cap(d.meters) < meters {
		d.meters = make([]meter, 0, meters)
	}
}

// itemsFirst tells in which order the lines are taken, by the practice of the first line that has a plan.
func (d *decider) itemsFirst() bool {
	for i := range d.out.Lines {
		if p := d.out.Lines[i].Plan; p != nil {
			return p.Practice.ItemsFirst
		}
	}
	return d.out.Insurer.Practice.ItemsFirst
}

// isItem tells whether the line is for an item of the register, not for a service.
func (l *Line) isItem() bool { return l.Service != nil && !l.Service.Service }

// denyWhole decides all lines again when a check was hit that denies the whole claim: what is denied for a reason of its
// own keeps it, all other lines are denied for that of the check, and nothing of the first round remains.
func (d *decider) denyWhole() {
	d.again = true
	d.out.Notes, d.out.Totals = nil, Amounts{}
	d.start()
	d.decideLines()
}

// judgeAll takes the lines one after the other. What a service includes is decided after it, because only an accepted
// service includes anything.
func (d *decider) judgeAll() {
	itemsFirst := d.itemsFirst()
	for nesting := d.nesting; nesting >= 0; nesting-- {
		if !itemsFirst {
			d.judgeEach(func(l *Line) bool { return d.nestingOf(l) == nesting })
			continue
		}
		d.judgeEach(func(l *Line) bool { return d.nestingOf(l) == nesting && l.isItem() })
		d.judgeEach(func(l *Line) bool { return d.nestingOf(l) == nesting && !l.isItem() })
	}
}

func (d *decider) judgeEach(fits func(*Line) bool) {
	for i := range d.out.Lines {
		if l := &d.out.Lines[i]; fits(l) {
			d.line(l)
		}
	}
}

// line judges and values one line. What it leaves are parts of slices that all lines share.
func (d *decider) line(l *Line) {
	firstCut, firstCheck, firstNote := len(d.cuts), len(d.checks), len(d.numbers)
	d.firstCut = firstCut
	if len(l.options) > 1 && l.Denial == NotDenied {
		d.choose(l)
	}
	d.judge(l)
	d.value(l)
	d.afterRules(l)
	d.remember(l)
	d.bundle(l)
	d.rememberContent(l)
	d.countSubmitted(l)
	d.count(l)
	d.notesOf(l)
	l.Cuts = d.cuts[firstCut:len(d.cuts):len(d.cuts)]
	l.Checks = d.checks[firstCheck:len(d.checks):len(d.checks)]
	l.Notes = d.numbers[firstNote:len(d.numbers):len(d.numbers)]
	d.out.Totals.plus(&l.Amounts)
}

// decider is the state of one decision.
type decider struct {
	*Case
	out *Decision

	zone     *time.Location
	prices   scheme.PriceLists
	multiDay bool
	// category is the claim's; hasService tells that a line is for a service of the register.
	category   scheme.Category
	hasService bool
	// nesting is the largest of the services; bundles are the accepted lines that include others.
	nesting int
	bundles []*Line

	heads    []*ledger.Policy // those of the Case, and empty ones for heads that do not exist yet
	meters   []meter
	places   places
	spare    []meter // the meters as they were before a trial
	calendar calendar
	// severalDays tells that lines of different days use rolling limits, and so each other's.
	severalDays bool
	// lastDay is the last target date of all lines.
	lastDay  day.Date
	provided []provided
	// claimed are the fingerprints of the accepted lines, kept only where a plan asks for them.
	claimed []ledger.Fingerprint
	notes   []noteKey
	reached reach
	// created and received are the days of the claim; created is 0 when it does not say.
	created, received day.Date
	// whole is what the whole claim is denied for, in the second round, when again is set; wholeByRule tells that a rule of the
	// scheme said so.
	whole              Denial
	wholeByRule, again bool
	// named are the authorizations that the claim names.
	named namedAuthorizations
	// total is what the whole claim submits, once hasTotal.
	total    money.Decimal
	hasTotal bool
	// ruling asks the scheme's own rules, nil when it has none.
	ruling *ruling

	// cuts, checks and numbers of notes are those of all lines, one line after the other.
	// firstCut is where those of the line being decided begin.
	cuts    []Cut
	checks  []Check
	numbers []int

	firstCut int
}

func (d *decider) prepare() {
	d.zone = d.out.Insurer.Zone
	d.out.Currency, d.out.Digits = d.out.Insurer.Currency, d.out.Insurer.Digits
	d.prices = d.Scheme.PriceLists(d.out.Insurer.Key, d.out.Facility.Key)
	d.multiDay = d.Claim.MultiDay(d.zone)
	d.created, d.received = d.Claim.Created.Last(d.zone), d.receivedOn()
	n := len(d.Claim.Lines)
	d.out.Lines = make([]Line, 0, n)
	d.cuts = make([]Cut, 0, 3*n)
	d.numbers = make([]int, 0, 3*n)
	d.notes = make([]noteKey, 0, 4)
	d.provided = make([]provided, 0, n)
	d.heads = make([]*ledger.Policy, 0, len(d.Policies)+1)
	for _, p := range d.Policies {
		d.heads = append(d.heads, p.Head)
	}
	d.standAt(d.today())
	d.start()
}

// start makes the lines as they are before anything is known of them, with nothing used.
func (d *decider) start() {
	d.cuts, d.checks, d.numbers = d.cuts[:0], d.checks[:0], d.numbers[:0]
	d.meters, d.notes, d.provided = d.meters[:0], d.notes[:0], d.provided[:0]
	d.claimed = d.claimed[:0]
	d.places.forget()
	d.hasService, d.nesting, d.bundles = false, 0, d.bundles[:0]
	clear(d.out.Lines)
	d.out.Lines = d.out.Lines[:0]
	d.lines(len(d.Claim.Lines))
	d.out.Score, d.out.Scored = money.Decimal{}, d.out.Scored[:0]
	d.named.begin(d)
	if d.Review != nil {
		d.applyReview()
	}
}

// receivedOn is the day on which the claim came in.
func (d *decider) receivedOn() day.Date {
	if d.Received.IsZero() {
		return d.today()
	}
	return day.In(d.Received, d.zone)
}

// head is the head of a policy, an empty one when there is none yet.
func (d *decider) head(id string) *ledger.Policy {
	for _, p := range d.heads {
		if p.ID == id {
			return p
		}
	}
	p := &ledger.Policy{ID: id}
	d.heads = append(d.heads, p)
	return p
}

// sound checks the sums before anybody relies on them.
func (d *decider) sound() bool {
	lifted := false // by a practice that pays more than was billed
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		mayLift := l.Plan != nil && l.Plan.Practice.PaysList
		switch {
		case !l.Submitted.Valid():
			d.out.faultOf(AmountOutOfRange, l.Item)
		case !l.consistent() && (!mayLift || !l.sums()):
			d.out.faultOf(InternalFault, l.Item)
		}
		lifted = lifted || mayLift
	}
	if t := &d.out.Totals; len(d.out.Faults) == 0 && !t.consistent() && (!lifted || !t.sums()) {
		d.out.fault(AmountOutOfRange, "Claim.total")
	}
	return len(d.out.Faults) == 0
}

func (d *Decision) fault(code FaultCode, expression string) {
	d.Faults = append(d.Faults, Fault{Code: code, Expression: expression, Text: code.Display()})
}

func (d *Decision) faultOf(code FaultCode, l *ClaimLine) {
	d.fault(code, l.Path())
	f := &d.Faults[len(d.Faults)-1]
	f.Sequence, f.Detail, f.SubDetail = l.Sequence, l.Detail, l.SubDetail
}

// failed turns the decision into one with faults only.
func (d *Decision) failed() *Decision {
	return &Decision{
		Outcome: Failed, State: Rejected, Disposition: "The claim could not be decided.", Use: d.Use,
		Insurer: d.Insurer, Facility: d.Facility, Faults: d.Faults, Basis: d.Basis,
	}
}

// today is the day of the clock in the insurer's time zone.
func (d *decider) today() day.Date { return day.In(d.Now, d.zone) }
