package claims_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
)

// authorized is a world with the policy of ten, whose ceiling allows ten consultations of 800 each.
func authorized(t testing.TB) *world {
	w := newMemoryWorld(t)
	w.loadPolicyOfTen()
	return w
}

// visit claims consultations of a member of the policy of ten.
type visit struct {
	identifier, use, ref string
	member, quantity     int
	// members are further members of the claim, each with a leading comma.
	members string
}

func (v visit) json() string {
	spec := claimSpec{
		identifier: v.identifier, patient: fmt.Sprintf(`{"reference":"Patient/ten-%d"}`, v.member),
		coverage: fmt.Sprintf(`{"reference":"Coverage/ten-%d"}`, v.member), members: v.members, date: "2026-12-20",
	}
	body := spec.json()
	if v.use != "" {
		body = strings.Replace(body, `"use":"claim"`, `"use":"`+v.use+`"`, 1)
	}
	if v.ref != "" {
		body = strings.Replace(body, `"focal":true,`, `"focal":true,"preAuthRef":["`+v.ref+`"],`, 1)
	}
	if v.quantity > 1 {
		body = strings.Replace(body, `"quantity":{"value":1}`, fmt.Sprintf(`"quantity":{"value":%d}`, v.quantity), 1)
		body = strings.Replace(body, `"net":{"value":800.00,`, fmt.Sprintf(`"net":{"value":%d.00,`, 800*v.quantity), 1)
	}
	return body
}

// authorize asks for an authorization and answers with the ClaimResponse, and its number.
func (w *world) authorize(v visit) (*response, string) {
	w.t.Helper()
	v.use = "preauthorization"
	r := w.submit(w.parse(v.json()))
	return r, field(r.doc, "preAuthRef")
}

func (w *world) visit(v visit) *response {
	w.t.Helper()
	return w.submit(w.parse(v.json()))
}

func benefit(r *response) string {
	totals, _ := amounts(r.Total)
	return totals["benefit"]
}

// spent is what is used and set aside of the policy's ceiling.
func (w *world) spent() string {
	p := w.head("policy/ten/TEN")
	sum := money.Decimal{}
	for _, u := range p.Uses {
		if u.Limit == "ten" {
			sum = sum.Add(u.Amount)
		}
	}
	return sum.Round(2).String()
}

func TestAuthorizationIsAnswered(t *testing.T) {
	w := authorized(t)
	r, ref := w.authorize(visit{identifier: "A-1", quantity: 3})
	require.Equal(t, "complete", r.Outcome)
	require.Equal(t, engine.AuthorizationRef(r.ID), ref)
	require.Equal(t, "2026-12-20", field(r.doc, "preAuthPeriod", "start"))
	require.Equal(t, "2027-03-03", field(r.doc, "preAuthPeriod", "end"))
	require.Equal(t, "provider", field(r.doc, "fundsReserve", "coding", "code"))
	require.Equal(t, "2400.00", benefit(r))
	require.Equal(t, "2400.00", w.spent())
	w.verify()
}

func TestAuthorizationBecomesUse(t *testing.T) {
	w := authorized(t)
	_, ref := w.authorize(visit{identifier: "A-1", quantity: 6})
	others := w.visit(visit{identifier: "A-2", member: 1, quantity: 6})
	require.Equal(t, "3200.00", benefit(others), "what is set aside is not for others")
	claim := w.visit(visit{identifier: "A-3", ref: ref, quantity: 4})
	require.Equal(t, "3200.00", benefit(claim))
	require.Contains(t, string(claim.doc.Bytes()), `{"url":"authorization","valueString":"`+ref+`"}`)
	require.Equal(t, "6400.00", w.spent(), "the first claim releases the rest")
	again := w.visit(visit{identifier: "A-4", ref: ref, quantity: 1})
	require.Contains(t, again.ProcessNote[0].Text, "the member has none of this number that is open")
	require.Equal(t, "800.00", benefit(again))
	w.verify()
}

func TestCancellingAClaimSetsAsideAgain(t *testing.T) {
	w := authorized(t)
	_, ref := w.authorize(visit{identifier: "A-1", quantity: 6})
	claim := w.visit(visit{identifier: "A-2", ref: ref, quantity: 4})
	require.Equal(t, "3200.00", w.spent())
	w.cancel(claim.ID)
	require.Equal(t, "3200.00", w.spent(), "what it used; what it left was free for others meanwhile")
	require.Equal(t, "4000.00", benefit(w.visit(visit{identifier: "A-3", ref: ref, quantity: 5})), "all of it may be claimed again")
	w.verify()
}

// What the first claim on an authorization left, others set aside for themselves: replacing that claim must not set it aside a
// second time.
func TestWhatAClaimLeftIsNotSetAsideTwice(t *testing.T) {
	w := authorized(t)
	w.authorize(visit{identifier: "A-1", member: 1, quantity: 3})
	_, ref := w.authorize(visit{identifier: "A-2", quantity: 5})
	claim := w.visit(visit{identifier: "A-3", ref: ref, quantity: 1})
	w.authorize(visit{identifier: "A-4", quantity: 6})
	require.Equal(t, "8000.00", w.spent())
	w.visit(visit{identifier: "A-3", ref: ref, quantity: 2, members: replacing(reference("Claim/" + claim.ID))})
	require.Equal(t, "8000.00", w.spent())
	w.verify()
}

func TestCancellingAnAuthorizationReleasesWhatIsLeft(t *testing.T) {
	w := authorized(t)
	w.several()
	auth, ref := w.authorize(visit{identifier: "A-1", quantity: 6})
	claim := w.visit(visit{identifier: "A-2", ref: ref, quantity: 2})
	require.Equal(t, "4800.00", w.spent())
	w.cancel(auth.ID)
	require.Equal(t, "1600.00", w.spent(), "what was claimed stays claimed")
	require.Equal(t, "cancelled", field(w.get("ClaimResponse", auth.ID), "status"))
	w.cancel(claim.ID)
	require.Equal(t, "0.00", w.spent(), "a cancelled authorization sets nothing aside again")
	require.Empty(t, w.member("ten-0").Reserved)
	w.verify()
}

// several lets several claims come on one authorization.
func (w *world) several() { w.settings(`{"url":"authorizationUse","valueCode":"several"}`) }

// settings give the plan of ten settings.
func (w *world) settings(parts string) {
	w.t.Helper()
	body := string(w.get("InsurancePlan", "ten").Bytes())
	w.mustUpdate(strings.Replace(body, `"extension":[`, `"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/plan-settings","extension":[`+parts+`]},`, 1))
}

// TestAnAuthorizationIsNotUsedTwice: claims on one authorization at the same moment never take more than was authorized,
// nor more than the ceiling, on two servers that know nothing of each other's locks.
func TestAnAuthorizationIsNotUsedTwice(t *testing.T) {
	for _, several := range []bool{false, true} {
		t.Run(fmt.Sprint("several ", several), func(t *testing.T) {
			one := authorized(t)
			if several {
				one.several()
			}
			two := joinWorld(t, one.store)
			_, ref := one.authorize(visit{identifier: "A-1", quantity: 6})
			one.visit(visit{identifier: "full", member: 1, quantity: 4})
			require.Equal(t, "8000.00", one.spent())
			var group sync.WaitGroup
			paid := make([]int64, 8)
			for i := range paid {
				group.Go(func() {
					server := [...]*world{one, two}[i%2]
					answer, err := server.claims.Submit(context.Background(), everyone, server.parse(visit{identifier: fmt.Sprint("C-", i), ref: ref, quantity: 2}.json()))
					if err == nil {
						paid[i] = cents(t, benefit(readResponse(t, answer)))
					}
				})
			}
			group.Wait()
			var sum int64
			for _, p := range paid {
				sum += p
			}
			require.Equal(t, int64(480_000), sum, "what was released by the first is the ceiling's again")
			require.Equal(t, "8000.00", one.spent())
			one.verify()
		})
	}
}

func TestAuthorizationThatAwaitsReview(t *testing.T) {
	w := authorized(t)
	w.settings(`{"url":"manualReview","valueBoolean":true}`)
	r, ref := w.authorize(visit{identifier: "A-1", quantity: 2})
	require.Equal(t, "partial", r.Outcome)
	require.Empty(t, ref)
	require.Equal(t, "1600.00", w.spent())
	claim := w.visit(visit{identifier: "A-2", ref: engine.AuthorizationRef(r.ID)})
	require.Contains(t, claim.ProcessNote[0].Text, "it is not decided yet")

	reviewed := w.mustReview(r.ID)
	require.Equal(t, "complete", reviewed.Outcome)
	require.Equal(t, engine.AuthorizationRef(r.ID), field(reviewed.doc, "preAuthRef"))
	w.verify()
	claim = w.visit(visit{identifier: "A-3", ref: engine.AuthorizationRef(r.ID), quantity: 2})
	require.Equal(t, "1600.00", benefit(claim))
	w.verify()
}

// A review of an authorization that took the place of another still says so.
func TestAReviewedReplacement(t *testing.T) {
	w := authorized(t)
	w.settings(`{"url":"manualReview","valueBoolean":true}`)
	first, _ := w.authorize(visit{identifier: "A-1", quantity: 6})
	second, _ := w.authorize(visit{identifier: "A-2", quantity: 8, members: replacing(reference("Claim/" + first.ID))})
	require.Equal(t, "6400.00", w.spent())
	reviewed := w.mustReview(second.ID, reviewLine(1, `{"name":"quantity","valueDecimal":3}`))
	require.Equal(t, "2400.00", benefit(reviewed))
	require.Equal(t, "2400.00", w.spent())
	require.Contains(t, string(reviewed.doc.Bytes()), `{"url":"replaces","valueReference":{"reference":"Claim/`+first.ID+`"}}`)
	w.verify()
}

func TestAuthorizationsExpire(t *testing.T) {
	w := authorized(t)
	w.settings(`{"url":"authorizationDays","valueUnsignedInt":5},{"url":"authorizationGrace","valueUnsignedInt":5}`)
	_, ref := w.authorize(visit{identifier: "A-1", quantity: 10})
	require.Equal(t, "0.00", benefit(w.visit(visit{identifier: "A-2", member: 1})))
	w.later(11 * 24 * time.Hour)
	require.Equal(t, "8000.00", benefit(w.visit(visit{identifier: "A-3", member: 1, quantity: 10})), "a policy's head learns it by the day")
	w.verify()
	late := w.visit(visit{identifier: "A-4", ref: ref})
	require.Contains(t, late.ProcessNote[0].Text, "none of this number")
	require.Equal(t, "0.00", benefit(late))
	w.verify()
}
