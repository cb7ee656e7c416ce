package engine

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// MaxAuthorizationDays bounds how far ahead of a decision an authorization can reach: two years.
const MaxAuthorizationDays = 731

// AuthorizationRef is the number under which an authorized Claim is quoted (ClaimResponse.preAuthRef): it follows from the
// Claim's id, and is short enough to be read out.
func AuthorizationRef(claimID string) string {
	sum := sha256.Sum256([]byte(claimID))
	return "PA-" + base32.StdEncoding.EncodeToString(sum[:10])
}

// Authorization is what a preauthorization has been granted.
type Authorization struct {
	// Ref is its number, see AuthorizationRef.
	Ref string
	// Period is the days of service that it is good for. Until is the last day on which a claim for it may come.
	Period day.Period
	Until  day.Date
	// Provisional says that a person has to look at it before anything can be claimed on it.
	Provisional bool
	// Unreserved says that no funds are set aside, because the request asked for none.
	Unreserved bool
}

// authorization is one that the claim names and may use.
type authorization struct {
	hold *ledger.Hold
	ref  string
	// left is what of the hold's lines is left after the lines decided so far.
	left []ledger.Held
	// plan is that of the first line that was counted against it; nil while none was.
	plan *scheme.Plan
}

// authorized is what of an authorization a line claims.
type authorized struct {
	*authorization
	line int
	// units and amount are what was left before this line.
	units, amount money.Decimal
	// exceeded says that something was cut because it was not authorized, reviewed that a person decides on that.
	exceeded, reviewed bool
}

// namedAuthorizations are those that a claim names. The zero value is for a claim that names none.
type namedAuthorizations struct {
	usable []authorization
	// refused says of the others why they cannot be used.
	refused []string
	// member and heads are the heads with what is set aside.
	member *ledger.Member
	heads  []*ledger.Policy
}

// standAt takes the heads as they count today, and what the claim's authorizations have set aside out of them: it is the
// claim's own.
func (d *decider) standAt(today day.Date) {
	member := d.Member.On(today)
	for i, p := range d.heads {
		d.heads[i] = p.On(today)
	}
	if holds := d.openAuthorizations(member); len(holds) > 0 {
		d.named.member, d.named.heads = member, slices.Clone(d.heads)
		member = member.Without(holds)
		for i, p := range d.heads {
			d.heads[i] = p.Without(holds)
		}
	}
	if member != d.Member {
		own := *d.Case
		own.Member = member
		d.Case = &own
	}
}

// openAuthorizations finds those that the claim names among the member's, and answers with what they have set aside.
func (d *decider) openAuthorizations(m *ledger.Member) []ledger.Hold {
	focal := d.Claim.Focal()
	if focal == nil {
		return nil
	}
	var holds []ledger.Hold
	for _, ref := range focal.Authorizations {
		if d.Replaces != "" && strings.EqualFold(strings.TrimSpace(ref), AuthorizationRef(d.Replaces)) {
			continue // it was open, and is taken back
		}
		hold := authorizationNamed(m, ref)
		if reason := d.unusable(m, hold); reason != "" {
			d.named.refused = append(d.named.refused, "Authorization "+ref+": "+reason)
		} else if !d.named.has(hold) {
			d.named.usable = append(d.named.usable, authorization{hold: hold, ref: AuthorizationRef(hold.Authorization)})
			holds = append(holds, *hold)
		}
	}
	return holds
}

// begin takes all lines of the authorizations as not claimed yet, and says which cannot be used.
func (n *namedAuthorizations) begin(d *decider) {
	for i := range n.usable {
		a := &n.usable[i]
		a.left, a.plan = slices.Clone(a.hold.Lines), nil
	}
	for _, text := range n.refused {
		d.remark(text)
	}
	if d.UnknownPrior != "" {
		d.remark("To be replaced: " + d.UnknownPrior + " is not known as a claim of the same member, insurer, provider and use.")
	}
}

// remark is a note that belongs to no line.
func (d *decider) remark(text string) {
	d.notes = append(d.notes, noteKey{kind: noteAuthorization, rule: text})
	d.out.Notes = append(d.out.Notes, text)
}

func (n *namedAuthorizations) has(h *ledger.Hold) bool {
	return slices.ContainsFunc(n.usable, func(a authorization) bool { return a.hold.Authorization == h.Authorization })
}

// whole is the tally of a meter's head with what is set aside; nil where the claim may use nothing of that.
func (n *namedAuthorizations) whole(m *meter) *ledger.Tally {
	if len(n.usable) == 0 {
		return nil
	}
	if m.scope == scheme.PerMember {
		return &n.member.Tally
	}
	for _, p := range n.heads {
		if m.head != nil && p.ID == m.head.ID {
			return &p.Tally
		}
	}
	return nil
}

// unusable says why the claim cannot use an authorization, empty when it can. The lines are then decided as if none had
// been named.
func (d *decider) unusable(m *ledger.Member, h *ledger.Hold) string {
	switch {
	case h == nil:
		return "the member has none of this number that is open."
	case h.Provisional:
		return "it is not decided yet."
	case h.Provider != d.out.Facility.Key:
		return "it is another provider's."
	case d.foreign(m, h):
		return "it is another insurer's."
	}
	return ""
}

// foreign tells whether a hold has set aside under a policy of another insurer.
func (d *decider) foreign(m *ledger.Member, h *ledger.Hold) bool {
	of := func(policy string) bool {
		return slices.ContainsFunc(m.Covers, func(c ledger.Cover) bool { return c.Policy == policy && c.Insurer != d.out.Insurer.Key })
	}
	return slices.ContainsFunc(h.Uses, func(u ledger.Use) bool { return of(u.Policy) }) ||
		slices.ContainsFunc(h.Daily, func(u ledger.Daily) bool { return of(u.Policy) }) ||
		slices.ContainsFunc(h.Shares, func(s ledger.Share) bool { return of(s.Head) })
}

// authorizationNamed is the member's hold of a number, nil if there is none.
func authorizationNamed(m *ledger.Member, ref string) *ledger.Hold {
	for i := range m.Reserved {
		if strings.EqualFold(AuthorizationRef(m.Reserved[i].Authorization), strings.TrimSpace(ref)) {
			return &m.Reserved[i]
		}
	}
	return nil
}

// OpenAuthorization is the id of the member's authorization of a number; empty if the member has none of it that is open.
func OpenAuthorization(m *ledger.Member, ref string) string {
	if hold := authorizationNamed(m, ref); hold != nil {
		return hold.Authorization
	}
	return ""
}

// sharing are the heads beneath which the authorizations that a claim names have set something aside.
func sharing(c *Claim, m *ledger.Member) []string {
	focal := c.Focal()
	if focal == nil {
		return nil
	}
	var heads []string
	for _, ref := range focal.Authorizations {
		if hold := authorizationNamed(m, ref); hold != nil {
			for i := range hold.Shares {
				heads = append(heads, hold.Shares[i].Head)
			}
		}
	}
	return heads
}

// keptProvisions is how often the claim's authorizations count a service in a window, beyond the authorized lines so far.
func (d *decider) keptProvisions(item string, window day.Period) int {
	n := 0
	for i := range d.named.usable {
		for _, p := range d.named.usable[i].hold.Provisions {
			if p.Item == item && p.Period.Within(window) {
				n += int(p.Count)
			}
		}
	}
	for i := range d.provided {
		if p := &d.provided[i]; p.authorized && p.item == item && n > 0 {
			n--
		}
	}
	return n
}
