package claims_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// TestAuthorizationsAndTheirClaims: after any sequence of authorizations, claims, replacements, cancellations, releases and
// days passing, the policy's ceiling is not overspent, every head is proved by its entries, every decision can be made again,
// and once all is cancelled the ledger is where it began.
func TestAuthorizationsAndTheirClaims(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := authorized(t)
		m := &authorizationModel{world: w, rt: rt}
		if rapid.Bool().Draw(rt, "several") {
			w.several()
		}
		for range rapid.IntRange(1, 9).Draw(rt, "steps") {
			m.step()
			require.LessOrEqual(rt, m.spent().Cmp(money.Whole(8000)), 0, "the ceiling")
		}
		require.Empty(rt, w.findings())
		for _, id := range append(m.claims, m.authorizations...) {
			if field(w.get("Claim", id), "status") == "active" {
				w.cancel(id)
			}
		}
		require.True(rt, m.spent().IsZero(), m.spent().String())
		for member := range 2 {
			head := w.member(fmt.Sprint("ten-", member)).On(m.today())
			require.Empty(rt, head.Reserved)
			require.Empty(rt, head.Uses)
		}
		w.verify()
	})
}

type authorizationModel struct {
	*world
	rt                           *rapid.T
	claims, authorizations, refs []string
	steps                        int
}

func (m *authorizationModel) today() day.Date { return day.In(now.Add(m.ahead), nil) }

// spent is what is used and set aside on the day.
func (m *authorizationModel) spent() (sum money.Decimal) {
	for _, u := range m.head("policy/ten/TEN").On(m.today()).Uses {
		if u.Limit == "ten" {
			sum = sum.Add(u.Amount)
		}
	}
	return sum
}

func (m *authorizationModel) step() {
	m.steps++
	v := visit{
		identifier: fmt.Sprint("M-", m.steps), member: rapid.IntRange(0, 1).Draw(m.rt, "member"),
		quantity: rapid.IntRange(1, 5).Draw(m.rt, "quantity"),
	}
	if len(m.refs) > 0 && rapid.Bool().Draw(m.rt, "named") {
		v.ref = rapid.SampledFrom(m.refs).Draw(m.rt, "ref")
	}
	switch rapid.IntRange(0, 6).Draw(m.rt, "what") {
	case 0, 1:
		r, ref := m.authorize(v)
		m.authorizations = append(m.authorizations, r.ID)
		if ref != "" {
			m.refs = append(m.refs, ref)
		}
	case 2, 3:
		m.claims = append(m.claims, m.visit(v).ID)
	case 4:
		if len(m.claims) > 0 {
			v.members = replacing(reference("Claim/" + rapid.SampledFrom(m.claims).Draw(m.rt, "prior")))
			m.claims = append(m.claims, m.visit(v).ID)
		}
	case 5:
		if all := append(append([]string{}, m.claims...), m.authorizations...); len(all) > 0 {
			code := rapid.SampledFrom([]string{"cancel", "release"}).Draw(m.rt, "code")
			task := m.order(code, reference("Claim/"+rapid.SampledFrom(all).Draw(m.rt, "focus")))
			require.Contains(m.rt, []string{"completed", "rejected"}, field(task.Doc, "status"))
		}
	case 6:
		m.later(time.Duration(rapid.IntRange(1, 40).Draw(m.rt, "days")) * 24 * time.Hour)
	}
}
