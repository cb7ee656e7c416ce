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
	// Policies are the heads that Heads names; one that is missing counts as a head without any use.
	Policies []*ledger.Policy
	// Insurer limits the answer to the covers of one insurer ("Organization/x"); empty asks for all.
	Insurer string
	// At is the first day asked for, Until the last; Until 0 is At.
	At, Until day.Date
	// Today is the day of asking: what was set aside until a day before counts no more. 0 counts all that the heads hold.
	Today day.Date
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

// Balance is what remains of one limit. Of a limit per claim or per event it is the whole, for the next one. A rolling
// limit's is what remains in the fullest of its periods that hold the day.
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
	// Reserved is the part of Used that is only set aside: by authorizations, and by provisional decisions.
	Reserved money.Decimal
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

// member is the member's head as it counts today.
func (q *Inquiry) member() *ledger.Member { return q.Member.On(q.Today) }

func (q *Inquiry) policy(id string) *ledger.Policy {
	for _, p := range q.Policies {
		if p.ID == id {
			return p.On(q.Today)
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
		allowed := l.Amount
		if l.Family != nil {
			allowed = l.Allowed(q.head(s, l.Scope).MembersAt(q.At))
		}
		b := q.balance(s, kind, l.Scope, l.ID, l.Reckoning, allowed)
		b.Where = l.Where
		all = append(all, b)
	}
	for c := range s.Plan.Categories {
		category, limit := scheme.Category(c), &s.Plan.Categories[c]
		if limit.HasAmount {
			b := q.balance(s, CategoryAmountCheck, limit.AmountScope, categoryLimit(category), limit.AmountOver, limit.Amount)
			b.Category = category
			all = append(all, b)
		}
		if limit.HasCount {
			b := q.balance(s, CategoryCountCheck, scheme.PerMember, countLimit(category), limit.CountOver, money.Whole(int64(limit.Count)))
			b.Category = category
			all = append(all, b)
		}
	}
	return all
}

func (q *Inquiry) balance(s *Standing, kind CheckKind, of scheme.Scope, limit string, over scheme.Reckoning, allowed money.Decimal) Balance {
	row, period := limitPeriod(over, q.At, s.Policy, s.Cover)
	b := Balance{Kind: kind, ID: limit, Scope: of, Period: period, Allowed: allowed, Known: true}
	tally, policy := &q.member().Tally, s.Policy.ID
	if of != scheme.PerMember {
		tally, policy = nil, ""
		if head := q.head(s, of); head != nil {
			tally = &head.Tally
		}
	}
	switch {
	case tally == nil:
	case over.Period == scheme.Rolling:
		b.Period, b.Used, b.Known = tally.Fullest(policy, limit, q.At, int32(over.Days), nil)
		b.Reserved = tally.SetAsideWithin(policy, limit, b.Period)
	default:
		b.Used, b.Known = tally.Used(policy, limit, row)
		b.Reserved = tally.SetAside(policy, limit, row)
	}
	if kind.Money() && s.Insurer != nil {
		b.Used, b.Reserved = b.Used.Round(s.Insurer.Digits), b.Reserved.Round(s.Insurer.Digits)
	}
	b.Left = allowed.Sub(b.Used).Floor0()
	return b
}

// head is the head that counts limits of a scope, nil for those per claim, event and member.
func (q *Inquiry) head(s *Standing, of scheme.Scope) *ledger.Policy {
	switch of {
	case scheme.PerPolicy:
		return s.Policy
	case scheme.PerFamily:
		return q.policy(q.Member.Family(s.Cover))
	}
	return nil
}

// Heads are the ids of the heads that the inquiry needs, sorted: those of the member's policies, and of the families whose
// plan has limits for them.
func (q *Inquiry) Heads() []string {
	var ids []string
	for i := range q.Member.Covers {
		cover := &q.Member.Covers[i]
		if q.Insurer != "" && cover.Insurer != q.Insurer {
			continue
		}
		ids = append(ids, cover.Policy)
		if plan := q.Scheme.Plan(cover.Insurer, cover.Plan, q.At); plan != nil && plan.Counts(scheme.PerFamily) {
			ids = append(ids, q.Member.Family(cover))
		}
	}
	slices.SortFunc(ids, strings.Compare)
	return slices.Compact(ids)
}
