package engine

import (
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/adjudication/engine/scheme"
)

// claimFacts are the facts that are the same for all lines.
func (d *decider) claimFacts() fact.Facts {
	focal := d.Claim.Focal()
	stay := d.Claim.Billable.In(d.zone)
	f := fact.Facts{
		Claim: fact.Claim{
			Type: fact.Bounded(d.Claim.Type), Use: string(d.out.Use), Created: d.created, Received: d.received, Documents: d.Claim.Documents, Lines: len(d.Claim.Lines),
			Authorized: focal != nil && len(focal.Authorizations) > 0, ByMember: d.Claim.Reimburses,
		},
		Member:   fact.Member{Sex: d.Member.Sex.Code(), Birth: d.Member.Birth, Died: d.Member.Died},
		Facility: fact.Facility{ID: d.out.Facility.Key, Name: fact.Bounded(d.out.Facility.Name), Level: d.out.Facility.Level.String(), Care: d.out.Facility.Care.String()},
		Visit:    fact.Visit{Type: d.Claim.Visit.String(), Start: stay.From, End: stay.To, Days: 1},
	}
	if stay.From != 0 && stay.To >= stay.From {
		f.Visit.Days = int(stay.To-stay.From) + 1
	}
	f.Visit.Setting = d.settingOfClaim().String()
	f.Claim.Total = d.claimTotal()
	for i := range d.Claim.Diagnoses {
		f.Diagnoses = appendCodes(f.Diagnoses, d.Claim.Diagnoses[i].Codes)
	}
	for i := range d.Claim.Lines {
		f.Claim.Services = appendCodes(f.Claim.Services, d.Claim.Lines[i].Codes)
	}
	return f
}

// settingOfClaim is that of the first line that is decided under a plan: a claim is in-patient or out-patient as a whole.
func (d *decider) settingOfClaim() scheme.Setting {
	for i := range d.out.Lines {
		if l := &d.out.Lines[i]; l.Plan != nil {
			return l.Where
		}
	}
	return scheme.OutPatient
}

// appendCodes adds codes without their systems.
func appendCodes(dst []string, codes []scheme.Code) []string {
	for _, c := range codes {
		dst = append(dst, c.Value)
	}
	return dst
}

// lineFacts fills in what differs from line to line.
func (d *decider) lineFacts(l *Line) {
	r := d.ruling
	first := l.Service.Codes[0]
	kind := "item"
	if l.Service.Service {
		kind = "service"
	}
	unit, _ := l.Item.billedUnit()
	r.line = fact.Line{
		Item: fact.Item{
			Sequence: int(l.Item.Sequence), Code: fact.Bounded(first.Value), System: fact.Bounded(first.System), Codes: appendCodes(r.line.Codes[:0], l.Item.Codes),
			Kind: kind, Category: l.Service.Category.String(), Date: l.Target, From: d.Claim.Admission(l.Item, d.zone),
			Quantity: l.Billed, UnitPrice: unit, Billed: d.submitted(l), ListPrice: l.Price.Unit, Modifiers: r.line.Modifiers[:0],
			Authorized: l.authorized != nil,
		},
		Cover: fact.Cover{
			ID: l.Cover.ID, Plan: fact.Bounded(l.Cover.Plan), Start: l.Cover.Period.From, End: l.Cover.Period.To,
			Renewed: l.Cover.Stage == ledger.Renewed, MemberPays: l.Cover.MemberPays, DaysHeld: int(l.Target - l.Cover.Period.From),
		},
		Plan: fact.Plan{Code: fact.Bounded(l.Plan.Code), Name: fact.Bounded(l.Plan.Name), Insurer: l.Plan.Insurer},
		Age:  -1, AgeInMonths: -1, Diagnoses: r.line.Diagnoses[:0],
		History: history{d.Member, d.out.Insurer.Key, l.Target, d.out.Facility.Key, r.visit}, Ledger: limitsUsed{d, l},
	}
	if r.peers != nil {
		r.line.Peers = d.usual(l)
	}
	if d.Member.Birth != 0 {
		r.line.Age, r.line.AgeInMonths = d.Member.Birth.YearsUntil(l.Target), d.Member.Birth.MonthsUntil(l.Target)
	}
	for _, codes := range l.Item.Modifiers {
		r.line.Modifiers = appendCodes(r.line.Modifiers, codes)
	}
	for i := range d.Claim.Diagnoses {
		if g := &d.Claim.Diagnoses[i]; l.Item.pointsTo(g) {
			r.line.Diagnoses = appendCodes(r.line.Diagnoses, g.Codes)
		}
	}
}

// usual is what is usual for the line's service at facilities like the claim's.
func (d *decider) usual(l *Line) fact.Peers {
	level := d.out.Facility.Level
	u := d.ruling.peers.Usual(l.Service.ID, level)
	p := fact.Peers{
		Lines: u.Lines, QuantityMedian: u.QuantityMedian, Quantity95: u.Quantity95, PriceMedian: u.PriceMedian, Price95: u.Price95, PerMonth95: u.PerMonth95,
	}
	if mix := d.ruling.peers.AtLevel(level); mix != nil {
		p.Mix = mix
	}
	return p
}

// history answers from the member's head as it was before the claim.
type history struct {
	member  *ledger.Member
	insurer string
	at      day.Date
	// facility and visit are the claim's own.
	facility string
	visit    day.Period
}

// Times counts the days and periods that lie within the window.
func (h history) Times(of *value.Codes, days int) int {
	window := day.Period{From: h.at - day.Date(days) + 1, To: h.at}
	times := 0
	for i := range h.member.Services {
		s := &h.member.Services[i]
		if !h.of(s.Item, of) {
			continue
		}
		for _, c := range s.Days {
			if c.Period.Within(window) {
				times += int(c.Times)
			}
		}
	}
	return times
}

// DaysSince looks for the last day.
func (h history) DaysSince(of *value.Codes) int {
	var last day.Date
	for i := range h.member.Services {
		s := &h.member.Services[i]
		if !h.of(s.Item, of) {
			continue
		}
		for _, c := range s.Days {
			if c.Period.From == c.Period.To && c.Period.To <= h.at {
				last = max(last, c.Period.To)
			}
		}
	}
	if last == 0 {
		return -1
	}
	return int(h.at - last)
}

// Around counts the days and periods that lie within the window.
func (h history) Around(code string, days int) int {
	window := day.Period{From: h.at - day.Date(days), To: h.at + day.Date(days)}
	times := 0
	for i := range h.member.Services {
		s := &h.member.Services[i]
		if code == "" || h.code(s.Item) != code {
			continue
		}
		for _, c := range s.Days {
			if c.Period.Within(window) {
				times += int(c.Times)
			}
		}
	}
	return times
}

// code is the code of the service whose provisions the head counts under a name; empty for another insurer's, and for what is
// no service.
func (h history) code(name string) string {
	item, own := strings.CutPrefix(name, provisionName(h.insurer, &scheme.Item{}))
	own = own || !strings.HasPrefix(name, "Organization/") // as engines before version 2 counted it
	if !own || strings.HasPrefix(item, visitMark) {
		return ""
	}
	return item[strings.LastIndexByte(item, '|')+1:]
}

// of tells whether it is a service of the set.
func (h history) of(name string, set *value.Codes) bool { return set.Has(h.code(name)) }

// limitsUsed answers from the plan's limits and the heads.
type limitsUsed struct {
	d *decider
	l *Line
}

// Used is what was used before the claim.
func (u limitsUsed) Used(limit string) (money.Decimal, bool) {
	if l := u.limit(limit); l != nil {
		return u.d.meter(l.Scope, u.l, l.ID, l.Reckoning).before, true
	}
	return money.Decimal{}, false
}

// Left is what was left before the claim.
func (u limitsUsed) Left(limit string) (money.Decimal, bool) {
	used, ok := u.Used(limit)
	if !ok {
		return money.Decimal{}, false
	}
	return u.l.allowed(u.limit(limit)).Sub(used).Floor0(), true
}

func (u limitsUsed) limit(id string) *scheme.Limit {
	for i := range u.l.Plan.Limits {
		if l := &u.l.Plan.Limits[i]; l.ID == id {
			return l
		}
	}
	return nil
}
