package engine

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// reach is what the dates of a line lead to; most lines of a claim share theirs.
type reach struct {
	target, admission day.Date
	cover             *ledger.Cover
	policy            *ledger.Policy
	family, event     *ledger.Policy
	plan              *scheme.Plan
	denial            Denial
}

// covered: a cover of this insurer is in force, with its policy, and its plan.
func (d *decider) covered(l *Line) Denial {
	admission := d.Claim.Admission(l.Item, d.zone)
	if d.reached.target != l.Target || d.reached.admission != admission {
		d.reached = d.reach(l.Target, admission)
		d.reached.family, d.reached.event = d.groups(&d.reached)
	}
	r := &d.reached
	l.Cover, l.Policy, l.Plan, l.family, l.event = r.cover, r.policy, r.plan, r.family, r.event
	if r.denial != NotDenied {
		return r.denial
	}
	l.Where = d.setting(l.Plan)
	l.Age = ageGroup(d.Member, l.Plan, l.Target)
	return NotDenied
}

// reach chooses among the covers that are in force: the focal one, then the one that ends first, then by id.
func (d *decider) reach(target, admission day.Date) reach {
	best := reach{target: target, admission: admission, denial: NoCoverInForce}
	focal := focalCover(d.Claim, d.Member)
	for i := range d.Member.Covers {
		cover := &d.Member.Covers[i]
		if cover.Insurer != d.out.Insurer.Key {
			continue
		}
		policy := d.head(cover.Policy)
		plan, at := coverPlan(d.Scheme, cover, target, admission)
		if !cover.InForce(at) || !policy.Holds(at) {
			continue
		}
		found := reach{target: target, admission: admission, cover: cover, policy: policy, plan: plan}
		if plan == nil {
			found.denial = PlanNotInForce
		}
		if best.cover == nil || found.before(&best, focal) {
			best = found
		}
	}
	return best
}

// groups are the heads of the family and of the event, where the plan has limits for them.
func (d *decider) groups(r *reach) (family, event *ledger.Policy) {
	if r.plan == nil {
		return nil, nil
	}
	if r.plan.Counts(scheme.PerFamily) {
		family = d.head(d.Member.Family(r.cover))
	}
	if r.plan.Counts(scheme.PerEvent) && d.Claim.Event.Named() {
		event = d.head(d.Claim.Event.head(d.Member, r.cover))
	}
	return family, event
}

// before prefers a cover whose plan is in force, then the focal one, then the one that ends first, then the smaller id.
func (r *reach) before(other *reach, focal *ledger.Cover) bool {
	switch {
	case (r.plan != nil) != (other.plan != nil):
		return r.plan != nil
	case (r.cover == focal) != (other.cover == focal):
		return r.cover == focal
	case r.cover.Period.End() != other.cover.Period.End():
		return r.cover.Period.End() < other.cover.Period.End()
	}
	return r.cover.ID < other.cover.ID
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
	}
	if inpatient {
		return scheme.InPatient
	}
	return scheme.OutPatient
}

// ageGroup is the member's on a day; who has no birth date counts as an adult.
func ageGroup(m *ledger.Member, plan *scheme.Plan, at day.Date) scheme.AgeGroup {
	if m.Birth != 0 && m.Birth.YearsUntil(at) < plan.Settings.AdultAge {
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
		if !cover.InForce(at) {
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
