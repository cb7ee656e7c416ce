package engine

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// Inquiry asks what a member's covers are worth on a day.
type Inquiry struct {
	Scheme *scheme.Scheme
	Member *ledger.Member
	// Policies are the heads of the member's policies; one that is missing counts as a head without any use.
	Policies []*ledger.Policy
	// Insurer limits the answer to the covers of one insurer ("Organization/x"); empty asks for all.
	Insurer string
	// At is the first day asked for, Until the last; Until 0 is At.
	At, Until day.Date
}

// Standing is one cover as it stands.
type Standing struct {
	Cover  *ledger.Cover
	Policy *ledger.Policy
	// Insurer and Plan are nil when the scheme does not have them.
	Insurer *scheme.Insurer
	Plan    *scheme.Plan
	// InForce tells whether cover, policy and plan hold every day asked for, and the member is valid on them.
	InForce bool
	// Period is the days on which cover and policy are both in force; meaningless when they never are.
	Period   day.Period
	Balances []Balance
}

// Balance is what remains of one limit.
type Balance struct {
	Kind  CheckKind
	ID    string
	Scope scheme.Scope
	Where scheme.Setting
	// Category is set for limits of a category of claims.
	Category scheme.Category
	Period   day.Period
	// Allowed, Used and Left are amounts in the insurer's currency, or numbers. Left is never negative.
	Allowed, Used, Left money.Decimal
	// Known is false when older use may have been forgotten.
	Known bool
}

// Standings tells how each cover of the member stands on the day, those in force first, then by end and id. Balances are
// given for every limit of the plan in force on the day: per-claim limits with nothing used.
func Standings(q *Inquiry) []Standing {
	var found []Standing
	for i := range q.Member.Covers {
		cover := &q.Member.Covers[i]
		if q.Insurer == "" || cover.Insurer == q.Insurer {
			found = append(found, q.standing(cover))
		}
	}
	slices.SortStableFunc(found, func(a, b Standing) int {
		if a.InForce != b.InForce {
			if a.InForce {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Cover.Period.End(), b.Cover.Period.End()), strings.Compare(a.Cover.ID, b.Cover.ID))
	})
	return found
}

func (q *Inquiry) standing(cover *ledger.Cover) Standing {
	s := Standing{
		Cover: cover, Policy: q.policy(cover.Policy), Insurer: q.Scheme.Insurer(cover.Insurer),
		Plan: q.Scheme.Plan(cover.Insurer, cover.Plan, q.At), Period: cover.Period,
	}
	if s.Policy.Contract != "" {
		s.Period, _ = cover.Period.Meet(s.Policy.Period)
	}
	last := max(q.At, q.Until)
	s.InForce = s.Insurer != nil && s.Plan != nil && !q.Member.Inactive && (q.Member.Died == 0 || last <= q.Member.Died)
	for _, at := range []day.Date{q.At, last} {
		s.InForce = s.InForce && cover.InForce(at) && s.Policy.Holds(at) && s.Plan.Valid.Holds(at)
	}
	if s.Plan != nil {
		s.Balances = q.balances(&s)
	}
	return s
}

func (q *Inquiry) policy(id string) *ledger.Policy {
	for _, p := range q.Policies {
		if p.ID == id {
			return p
		}
	}
	return &ledger.Policy{ID: id}
}

func (q *Inquiry) balances(s *Standing) []Balance {
	var all []Balance
	for i := range s.Plan.Limits {
		l := &s.Plan.Limits[i]
		kind := CeilingCheck
		if l.Kind == scheme.Deductible {
			kind = DeductibleCheck
		}
		b := q.balance(s, kind, ownerOf(l.Scope), l.ID, l.Period, l.Allowed(s.Policy.MembersAt(q.At)))
		b.Scope, b.Where = l.Scope, l.Where
		all = append(all, b)
	}
	for c := range s.Plan.Categories {
		category, limit := scheme.Category(c), &s.Plan.Categories[c]
		if limit.HasAmount {
			b := q.balance(s, CategoryAmountCheck, claimOwns, categoryLimit(category), scheme.PolicyPeriod, limit.Amount)
			b.Category = category
			all = append(all, b)
		}
		if limit.HasCount {
			b := q.balance(s, CategoryCountCheck, memberOwns, countLimit(category), scheme.PolicyPeriod, money.Whole(int64(limit.Count)))
			b.Category, b.Scope = category, scheme.PerMember
			all = append(all, b)
		}
	}
	return all
}

func (q *Inquiry) balance(s *Standing, kind CheckKind, of owner, limit string, per scheme.LimitPeriod, allowed money.Decimal) Balance {
	row, period := limitPeriod(per, q.At, s.Policy, s.Cover)
	b := Balance{Kind: kind, ID: limit, Scope: scheme.PerClaim, Period: period, Allowed: allowed, Known: true}
	switch of {
	case memberOwns:
		b.Used, b.Known = q.Member.Used(s.Policy.ID, limit, row)
	case policyOwns:
		b.Used, b.Known = s.Policy.Used("", limit, row)
	}
	if kind.Money() && s.Insurer != nil {
		b.Used = b.Used.Round(s.Insurer.Digits)
	}
	b.Left = allowed.Sub(b.Used).Floor0()
	return b
}
