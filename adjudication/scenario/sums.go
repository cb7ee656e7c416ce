package scenario

import (
	"fmt"
	"maps"
	"slices"

	"claimwright/adjudication/engine/money"
)

// sums tells which identities an answer breaks: they hold for every line and for the totals.
//
//	submitted = eligible + price-reduction + disallowed
//	eligible  = the other cuts + benefit
//	submitted = benefit + provider-liability + member-liability + other-payer-liability (totals)
//
// No figure is negative, and no more is paid than was submitted, unless a profile of another system pays the list price where
// less was billed.
func (a *answer) sums(lifted bool) (broken []string) {
	if a.ResourceType != "ClaimResponse" || a.Outcome == "error" || a.basis == nil { // without a basis it is another payer's
		return nil
	}
	total, bad := figures(a.Total, lifted)
	broken = identities("the total", total, bad, lifted)
	if len(a.Item) > 0 {
		broken = append(broken, sumsOf(a.Item, "the total", "line ", total, lifted)...)
	}
	borne := total["benefit"].Add(total["provider-liability"]).Add(total["member-liability"]).Add(total["other-payer-liability"])
	if len(a.Total) > 0 && !borne.Equal(total["submitted"]) {
		broken = append(broken, fmt.Sprintf("the plan, the provider, the member and others bear %s of %s submitted", borne, total["submitted"]))
	}
	return broken
}

// sumsOf checks lines, their details and sub-details, and that they add up to what stands above them.
func sumsOf(lines []*line, above, prefix string, whole map[string]money.Decimal, lifted bool) (broken []string) {
	sum := map[string]money.Decimal{}
	for _, l := range lines {
		name := prefix + l.sequence()
		by, bad := figures(l.Adjudication, lifted)
		broken = append(broken, identities(name, by, bad, lifted)...)
		if parts := slices.Concat(l.Detail, l.SubDetail); len(parts) > 0 {
			broken = append(broken, sumsOf(parts, name, name+".", by, lifted)...)
		}
		for category, amount := range by {
			sum[category] = sum[category].Add(amount)
		}
	}
	for _, category := range slices.Sorted(maps.Keys(sum)) {
		if !sum[category].Equal(whole[category]) {
			broken = append(broken, fmt.Sprintf("%s: %s is %s, of its parts %s", above, category, whole[category], sum[category]))
		}
	}
	return broken
}

// mayLift tells of a figure that is negative where the price was lifted to the list.
func (r *row) mayLift() bool {
	return r.code() == "price-reduction" || r.code() == "provider-liability"
}

func figures(rows []row, lifted bool) (by map[string]money.Decimal, bad []string) {
	by = map[string]money.Decimal{}
	for i := range rows {
		if rows[i].Amount == nil {
			continue
		}
		amount, err := money.Parse(rows[i].Amount.Value.String())
		if err != nil || amount.Sign() < 0 && (!lifted || !rows[i].mayLift()) {
			bad = append(bad, fmt.Sprintf("%s is %q", rows[i].code(), rows[i].Amount.Value))
		}
		by[rows[i].code()] = by[rows[i].code()].Add(amount)
	}
	return by, bad
}

func identities(name string, by map[string]money.Decimal, bad []string, lifted bool) (broken []string) {
	for _, text := range bad {
		broken = append(broken, name+": "+text)
	}
	inside := by["benefit"]
	for kind := range cutKinds() {
		if kind != "disallowed" && kind != "price-reduction" {
			inside = inside.Add(by[kind])
		}
	}
	if !inside.Equal(by["eligible"]) {
		broken = append(broken, fmt.Sprintf("%s: eligible is %s, its cuts and the benefit are %s", name, by["eligible"], inside))
	}
	if outside := by["eligible"].Add(by["price-reduction"]).Add(by["disallowed"]); !outside.Equal(by["submitted"]) {
		broken = append(broken, fmt.Sprintf("%s: submitted is %s, eligible and what was not are %s", name, by["submitted"], outside))
	}
	if by["submitted"].Less(by["benefit"]) && !lifted {
		broken = append(broken, fmt.Sprintf("%s: more is paid than was submitted", name))
	}
	return broken
}
