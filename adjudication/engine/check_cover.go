package engine

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// option is a cover in force, with its policy and its plan; nil where that is not in force.
type option struct {
	cover         *ledger.Cover
	policy        *ledger.Policy
	family, event *ledger.Policy
	plan          *scheme.Plan
	// where and age are the setting and the member's age group, by the plan.
	where scheme.Setting
	age   scheme.AgeGroup
}

// reach is what the dates of a line lead to; most lines of a claim share theirs.
type reach struct {
	target, admission day.Date
	// item says that the line is for an item. It matters where byKind is set.
	item, byKind bool
	// ranged says that the dates of a cover hold the service from its start to its end, whether its policy is in force or not.
	ranged bool
	option
	// options are all covers whose plan is in force, the option that goes first at their head; nil where there is only one.
	options []option
	denial  Denial
}

// covered: a cover of this insurer is in force, with its policy, and its plan. Which of several pays is chosen when the line
// is judged; until then it is the first.
func (d *decider) covered(l *Line) Denial {
	admission := d.Claim.Admission(l.Item, d.zone)
	r := &d.reached
	if r.target != l.Target || r.admission != admission || r.byKind && r.item != l.isItem() {
		*r = d.reach(l.Target, admission, l.isItem())
	}
	l.options = r.options
	if d.take(l, &r.option); r.denial != NotDenied {
		return r.denial
	}
	return NotDenied
}

// take puts a line under a cover.
func (d *decider) take(l *Line, o *option) {
	l.Cover, l.Policy, l.Plan, l.family, l.event = o.cover, o.policy, o.plan, o.family, o.event
	if o.plan != nil {
		l.Where, l.Age = o.where, o.age
	}
}

// reach finds the covers that are in force.
func (d *decider) reach(target, admission day.Date, item bool) reach {
	r := reach{target: target, admission: admission, item: item, denial: NoCoverInForce}
	focal := focalCover(d.Claim, d.Member)
	atTarget := false
	for i := range d.Member.Covers {
		cover := &d.Member.Covers[i]
		if cover.Insurer != d.out.Insurer.Key {
			continue
		}
		r.ranged = r.ranged || cover.InForce(admission) && cover.InForce(target)
		policy := d.head(cover.Policy)
		plan, at := coverPlan(d.Scheme, cover, target, admission)
		atTarget = atTarget || cover.InForce(at) && policy.Holds(at)
		if plan != nil && plan.Practice.ItemCoverAtStart {
			r.byKind = true
			if item {
				at = admission
			}
		}
		if cover.InForce(at) && policy.Holds(at) {
			r.add(option{cover: cover, policy: policy, plan: plan}, focal)
		}
	}
	if !atTarget || r.cover == nil {
		return reach{target: target, admission: admission, item: item, byKind: r.byKind, ranged: r.ranged, denial: NoCoverInForce}
	}
	d.groups(&r.option, target)
	for i := range r.options {
		d.groups(&r.options[i], target)
	}
	r.denial = NotDenied
	if r.plan == nil {
		r.denial = PlanNotInForce
	}
	return r
}

// add adds a cover to those that are in force; only covers whose plan is in force are options beside another.
func (r *reach) add(o option, focal *ledger.Cover) {
	if r.cover == nil || r.plan == nil {
		if r.cover == nil || o.before(&r.option, focal) {
			r.option = o
		}
		return
	}
	if o.plan == nil {
		return
	}
	if r.options == nil {
		r.options = append(make([]option, 0, 4), r.option)
	}
	at := len(r.options)
	for at > 0 && o.before(&r.options[at-1], focal) {
		at--
	}
	r.options = slices.Insert(r.options, at, o)
	r.option = r.options[0]
}

// groups are what the plan takes together: the setting, the member's age group and, where it has limits for them, the heads
// of the family and of the event.
func (d *decider) groups(o *option, target day.Date) {
	if o.plan == nil {
		return
	}
	o.where, o.age = d.setting(o.plan), ageGroup(d.Member, o.plan, target)
	if o.plan.Counts(scheme.PerFamily) {
		o.family = d.head(d.Member.Family(o.cover))
	}
	if o.plan.Counts(scheme.PerEvent) && d.Claim.Event.Named() {
		o.event = d.head(d.Claim.Event.head(d.Member, o.cover))
	}
}

// before prefers a cover whose plan is in force, then the focal one, unless its plan does not care, then the one that ends
// first, then the smaller id.
func (o *option) before(other *option, focal *ledger.Cover) bool {
	switch {
	case (o.plan != nil) != (other.plan != nil):
		return o.plan != nil
	case (o.cover == focal) != (other.cover == focal) && (o.plan == nil || !o.plan.Practice.ByLimitation):
		return o.cover == focal
	case o.cover.Period.End() != other.cover.Period.End():
		return o.cover.Period.End() < other.cover.Period.End()
	}
	return o.cover.ID < other.cover.ID
}

// coverPlan is the plan of a cover on the target date, and the date that decides whether the cover is in force.
func coverPlan(sch *scheme.Scheme, cover *ledger.Cover, target, admission day.Date) (*scheme.Plan, day.Date) {
	plan := sch.Plan(cover.Insurer, cover.Plan, target)
	if plan != nil && plan.Settings.CoverBy == scheme.CoverAtAdmission {
		return plan, admission
	}
	return plan, target
}

// setting tells whether the claim is an in-patient one, by the plan's way of telling.
func (d *decider) setting(plan *scheme.Plan) scheme.Setting {
	inpatient := d.multiDay
	switch plan.Settings.SettingBy {
	case scheme.ByClaimType:
		inpatient = d.Claim.Type == "institutional"
	case scheme.ByFacilityLevel:
		inpatient = d.out.Facility.Level == scheme.Hospital
	case scheme.NeverInPatient:
		inpatient = false
	}
	if inpatient {
		return scheme.InPatient
	}
	return scheme.OutPatient
}

// ageGroup is the member's on a day; who has no birth date counts as an adult.
func ageGroup(m *ledger.Member, plan *scheme.Plan, at day.Date) scheme.AgeGroup {
	birth := m.Birth
	if birth != 0 && plan.Practice.AdultByYear {
		birth, at = birth.Year().From, at.Year().From
	}
	if birth != 0 && birth.YearsUntil(at) < plan.Settings.AdultAge {
		return scheme.Child
	}
	return scheme.Adult
}

// Concerned are the ids of the heads that a decision on the claim will read, sorted: those of the policies, and of families
// and events where a plan has limits for them. The member's own head is always read. None are concerned when member or
// insurer are not known.
func Concerned(c *Claim, m *ledger.Member, sch *scheme.Scheme) []string {
	if m == nil {
		return nil
	}
	insurer := claimInsurer(c, m, sch)
	if insurer == nil {
		return nil
	}
	var ids []string
	for i := range m.Covers {
		cover := &m.Covers[i]
		if cover.Insurer != insurer.Key {
			continue
		}
		in := reachable(c, cover, sch, insurer)
		if in.policy {
			ids = append(ids, cover.Policy)
		}
		if in.family {
			ids = append(ids, m.Family(cover))
		}
		if in.event {
			ids = append(ids, c.Event.head(m, cover))
		}
	}
	ids = append(ids, sharing(c, m)...)
	slices.SortFunc(ids, strings.Compare)
	return slices.Compact(ids)
}

// reached tells which heads of a cover a claim reaches.
type reached struct{ policy, family, event bool }

// reachable tells whether the cover is in force for any line, its policy aside, and what the plans of those lines count.
func reachable(c *Claim, cover *ledger.Cover, sch *scheme.Scheme, insurer *scheme.Insurer) (in reached) {
	var before struct{ target, admission day.Date }
	for i := range c.Lines {
		l := &c.Lines[i]
		target, admission := c.Target(l, insurer.Zone), c.Admission(l, insurer.Zone)
		if i > 0 && target == before.target && admission == before.admission {
			continue
		}
		before.target, before.admission = target, admission
		plan, at := coverPlan(sch, cover, target, admission)
		atStart := plan != nil && plan.Practice.ItemCoverAtStart && cover.InForce(admission)
		if !cover.InForce(at) && !atStart {
			continue
		}
		in.policy = true
		if plan != nil {
			in.family = in.family || plan.Counts(scheme.PerFamily)
			in.event = in.event || plan.Counts(scheme.PerEvent) && c.Event.Named()
		}
	}
	return in
}
