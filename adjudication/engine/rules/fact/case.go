package fact

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
)

// Case are the facts of one line that somebody has written down, as the test of a rule does.
type Case struct {
	Facts Facts
	Line  Line
	named map[string]bool
}

// Names tells whether the case names a fact, such as "plan.code".
func (c *Case) Names(name string) bool { return c.named[name] }

// Complete fills in what follows from the facts that are named, as it would for a claim: the age, the days of a cover and of
// a visit, and the codes and diagnoses of the line and the claim. What the case names itself stays.
func (c *Case) Complete() {
	line := &c.Line
	years, months := -1, -1
	if born := c.Facts.Member.Birth; born != 0 && line.Date != 0 {
		years, months = born.YearsUntil(line.Date), born.MonthsUntil(line.Date)
	}
	if !c.Names("member.age") {
		line.Age = years
	}
	if !c.Names("member.ageInMonths") {
		line.AgeInMonths = months
	}
	if !c.Names("cover.daysHeld") && line.Cover.Start != 0 && line.Date != 0 {
		line.Cover.DaysHeld = int(line.Date - line.Cover.Start)
	}
	if visit := &c.Facts.Visit; !c.Names("visit.days") {
		visit.Days = 1
		if visit.Start != 0 && visit.End >= visit.Start {
			visit.Days = int(visit.End-visit.Start) + 1
		}
	}
	if !c.Names("line.codes") && line.Code != "" {
		line.Codes = []string{line.Code}
	}
	if !c.Names("claim.lines") {
		c.Facts.Claim.Lines = 1
	}
	if !c.Names("claim.services") {
		c.Facts.Claim.Services = line.Codes
	}
	if !c.Names("line.diagnoses") {
		line.Diagnoses = c.Facts.Diagnoses
	}
}

// View shows the case to conditions.
func (c *Case) View() *View {
	v := NewView(&c.Facts)
	v.About(&c.Line)
	return v
}

// provision is a service that the member had before, or a visit to another facility, which has a facility and perhaps nights
// that lie within those of the visit.
type provision struct {
	code, facility         string
	daysAgo, times, nights int
}

// provisions are a history that somebody has written down.
type provisions []provision

// Times counts within the window, the rule's date included.
func (p provisions) Times(of *value.Codes, days int) int {
	n := 0
	for _, one := range p {
		if one.daysAgo < days && of.Has(one.code) {
			n += one.times
		}
	}
	return n
}

// DaysSince looks for the last.
func (p provisions) DaysSince(of *value.Codes) int {
	last := -1
	for _, one := range p {
		if of.Has(one.code) && (last < 0 || one.daysAgo < last) {
			last = one.daysAgo
		}
	}
	return last
}

// Around counts within the days before the rule's date: nobody writes down what came after it.
func (p provisions) Around(code string, days int) int {
	n := 0
	for _, one := range p {
		if one.code == code && one.daysAgo <= days {
			n += one.times
		}
	}
	return n
}

// Elsewhere counts the facilities.
func (p provisions) Elsewhere(days int) int {
	found := map[string]bool{}
	for _, one := range p {
		if one.facility != "" && one.daysAgo <= days {
			found[one.facility] = true
		}
	}
	return len(found)
}

// NightsElsewhere is the largest of the nights.
func (p provisions) NightsElsewhere() int {
	most := 0
	for _, one := range p {
		if one.facility != "" {
			most = max(most, one.nights)
		}
	}
	return most
}

// limitUse is what was used and is left of one limit.
type limitUse struct{ used, left money.Decimal }

// limitUses are a ledger that somebody has written down.
type limitUses map[string]*limitUse

// Used is of the limit with that id.
func (l limitUses) Used(limit string) (money.Decimal, bool) {
	if u := l[limit]; u != nil {
		return u.used, true
	}
	return money.Decimal{}, false
}

// Left is of the limit with that id.
func (l limitUses) Left(limit string) (money.Decimal, bool) {
	if u := l[limit]; u != nil {
		return u.left, true
	}
	return money.Decimal{}, false
}

// wholeDay is the day that a text names.
func wholeDay(text string) (day.Date, error) {
	d, err := value.ParseDate(text)
	return day.Date(d), err
}
