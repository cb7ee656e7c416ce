package ledger

import (
	"cmp"
	"fmt"
	"slices"
)

// Prove applies the entries found beneath a head, in order, and tells in words how the result differs from what the head
// says; nothing means that the head is proved. Entries may come in any order.
func Prove(head string, says *Tally, entries []Entry) []string {
	var sum Tally
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	for i := range sorted {
		if sorted[i].Head != head {
			return []string{fmt.Sprintf("an entry of %s lies beneath %s", sorted[i].Head, head)}
		}
		next, err := sum.with(&sorted[i])
		if err != nil {
			return []string{fmt.Sprintf("the entries beneath %s do not follow each other: %v", head, err)}
		}
		sum = next
	}
	return differences(head, says, &sum)
}

func differences(head string, says, sum *Tally) []string {
	var found []string
	if says.Seq != sum.Seq {
		found = append(found, fmt.Sprintf("%s counts %d entries, there are %d", head, says.Seq, sum.Seq))
	}
	if says.Horizon != sum.Horizon {
		found = append(found, fmt.Sprintf("%s forgot until %s, its entries until %s", head, says.Horizon, sum.Horizon))
	}
	found = append(found, missingUses(head, "has no entries for", says.Uses, sum)...)
	found = append(found, missingUses(head, "does not hold", sum.Uses, says)...)
	if !slices.EqualFunc(says.Services, sum.Services, sameService) {
		found = append(found, fmt.Sprintf("%s counts services otherwise than its entries", head))
	}
	if says.Lapsed != sum.Lapsed || !slices.EqualFunc(says.Reserved, sum.Reserved, sameHold) {
		found = append(found, fmt.Sprintf("%s holds other funds in reserve than its entries", head))
	}
	if !slices.Equal(says.Rolling, sum.Rolling) {
		found = append(found, fmt.Sprintf("%s counts rolling limits otherwise than its entries", head))
	}
	if says.Fingerprints != sum.Fingerprints {
		found = append(found, fmt.Sprintf("%s recognises other lines than its entries", head))
	}
	return found
}

// sameHold compares holds field by field; equal amounts have equal digits, because the same entries made them.
func sameHold(a, b Hold) bool {
	return a.Authorization == b.Authorization && a.Until == b.Until && a.Provisional == b.Provisional &&
		a.Provider == b.Provider && a.Period == b.Period && sameRows(a.Rows, b.Rows) &&
		slices.EqualFunc(a.Shares, b.Shares, sameShare) && slices.Equal(a.Lines, b.Lines)
}

func sameShare(a, b Share) bool { return a.Head == b.Head && sameRows(a.Rows, b.Rows) }

func sameRows(a, b Rows) bool {
	return slices.Equal(a.Uses, b.Uses) && slices.Equal(a.Provisions, b.Provisions) && slices.Equal(a.Daily, b.Daily)
}

// missingUses tells which uses the other side does not have with the same amount.
func missingUses(head, verb string, uses []Use, other *Tally) []string {
	var found []string
	for _, u := range uses {
		at, ok := other.useAt(u.Policy, u.Limit, u.Period.From)
		if !ok || !other.Uses[at].Amount.Equal(u.Amount) || !other.Uses[at].Provisional.Equal(u.Provisional) {
			found = append(found, fmt.Sprintf("%s %s %s of %q from %s", head, verb, u.Amount, u.Limit, u.Period.From))
		}
	}
	return found
}

func sameService(a, b Service) bool {
	return a.Item == b.Item && a.Since == b.Since && slices.Equal(a.Days, b.Days)
}
