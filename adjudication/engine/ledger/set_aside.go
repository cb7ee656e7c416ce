package ledger

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// SetAside is how much of what is used of a limit in a period is only set aside: by authorizations that no claim has used
// yet, and by decisions that are provisional.
func (t *Tally) SetAside(policy, limit string, period day.Period) money.Decimal {
	var sum money.Decimal
	if at, found := t.useAt(policy, limit, period.From); found {
		sum = t.Uses[at].Provisional
	}
	for i := range t.Reserved {
		for _, u := range t.Reserved[i].Uses {
			if u.Policy == policy && u.Limit == limit && u.Period.From == period.From {
				sum = sum.Add(u.Amount)
			}
		}
	}
	return sum
}

// SetAsideWithin is the same for a rolling limit on the days of a period.
func (t *Tally) SetAsideWithin(policy, limit string, period day.Period) money.Decimal {
	var sum money.Decimal
	for i := range t.Reserved {
		for _, u := range t.Reserved[i].Daily {
			if u.Policy == policy && u.Limit == limit && period.Holds(u.At) {
				sum = sum.Add(u.Amount)
			}
		}
	}
	return sum
}
