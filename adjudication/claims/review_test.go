package claims_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// waiting submits a claim that a reviewer has to look at: a delivery, by the register of the sandbox.
func (w *world) waiting(identifier string) *response {
	w.t.Helper()
	got := w.submit(w.parse(w.delivery(identifier)))
	require.Equal(w.t, "partial", got.Outcome, got.Disposition)
	require.Equal(w.t, "awaiting-review", w.state(got.ID))
	return got
}

func (w *world) delivery(identifier string) string {
	return claimSpec{identifier: identifier, patient: `{"reference":"Patient/p-1001-01"}`, coverage: `{"reference":"Coverage/p-1001-01"}`,
		service: "S-DEL", provider: `{"reference":"Organization/mwangaza"}`, price: "9000.00"}.json()
}

func (w *world) state(claimID string) string {
	return field(w.get("Task", claims.Companion(claimID)), "businessStatus", "coding", "code")
}

// review sends parameters such as `{"name":"line","part":[…]}`.
func (w *world) review(claimID string, parameters ...string) (*response, error) {
	body := `{"resourceType":"Parameters","parameter":[` + strings.Join(parameters, ",") + `]}`
	if len(parameters) == 0 {
		body = `{"resourceType":"Parameters"}`
	}
	doc, err := w.claims.Review(context.Background(), everyone, claimID, w.parse(body))
	if err != nil {
		return nil, err
	}
	return readResponse(w.t, doc), nil
}

func (w *world) mustReview(claimID string, parameters ...string) *response {
	w.t.Helper()
	got, err := w.review(claimID, parameters...)
	require.NoError(w.t, err)
	return got
}

func reviewLine(sequence int, parts ...string) string {
	all := append([]string{fmt.Sprintf(`{"name":"sequence","valuePositiveInt":%d}`, sequence)}, parts...)
	return `{"name":"line","part":[` + strings.Join(all, ",") + `]}`
}

const (
	reject = `{"name":"reject","valueBoolean":true}`
	why    = `{"name":"justification","valueString":"not indicated"}`
)

func TestAReviewIsTheNextVersionOfTheResponse(t *testing.T) {
	w := newMemoryWorld(t)
	first := w.waiting("V-1")
	got := w.mustReview(first.ID, reviewLine(1, `{"name":"unitPrice","valueMoney":{"value":5000,"currency":"KES"}}`), `{"name":"text","valueString":"seen"}`)
	require.Equal(t, first.ID, got.ID)
	require.Equal(t, "2", got.doc.VersionID())
	require.Equal(t, "complete", got.Outcome)
	line, _ := amounts(got.Item[0].Adjudication)
	require.Equal(t, "5000.00", line["eligible"])
	require.Equal(t, "4000.00", line["price-reduction"])
	require.Equal(t, "approved", w.state(first.ID))
	require.Equal(t, "completed", field(w.get("Task", first.ID), "status"))
	require.Equal(t, "The reviewer says: seen", got.ProcessNote[len(got.ProcessNote)-1].Text)
	require.Contains(t, string(got.doc.Bytes()), `{"url":"received","valueInstant":"`+field(first.doc, "created")+`"}`)
	require.Equal(t, "1", w.get("Claim", first.ID).VersionID(), "the claim itself is immutable")
	w.verify()

	again := w.mustReview(first.ID, reviewLine(1))
	require.Equal(t, "3", again.doc.VersionID(), "nothing is paid yet: it may be looked at again")
	w.cancel(first.ID)
	require.Empty(t, w.member("p-1001-01").Uses, "cancelling gives back what reviews left")
	require.Empty(t, w.member("p-1001-01").Services)
	w.verify()
}

func TestRejectingEveryLineReleasesEverything(t *testing.T) {
	w := newMemoryWorld(t)
	first := w.waiting("V-2")
	require.NotEmpty(t, w.member("p-1001-01").Uses)
	got := w.mustReview(first.ID, reviewLine(1, reject, why))
	_, denied := amounts(got.Item[0].Adjudication)
	require.Equal(t, "rejected-by-reviewer", denied)
	require.Equal(t, "rejected", w.state(first.ID))
	require.Empty(t, w.member("p-1001-01").Uses)
	require.Empty(t, w.member("p-1001-01").Services)
	w.verify()

	_, err := w.review(first.ID)
	requireStatus(t, err, http.StatusConflict, "Claim")
	resubmitted := w.submit(w.parse(strings.Replace(w.delivery("V-2"), "9000.00", "8999.00", 2)))
	_, denied = amounts(resubmitted.Item[0].Adjudication)
	require.Empty(t, denied, "a rejected claim may be corrected: it duplicates nothing")
	w.verify()
}

// A review decides on what is there now: whoever came in between keeps what was promised.
func TestAReviewDecidesOnTheHeadsAsTheyAre(t *testing.T) {
	w := newMemoryWorld(t)
	first := w.waiting("V-3")
	other := w.submit(w.parse(claimSpec{identifier: "V-4", patient: `{"reference":"Patient/p-1001-01"}`, coverage: `{"reference":"Coverage/p-1001-01"}`}.json()))
	before, _ := amounts(other.Total)
	w.mustReview(first.ID, reviewLine(1, `{"name":"quantity","valueDecimal":0}`))
	after, _ := amounts(readResponse(t, w.get("ClaimResponse", other.ID)).Total)
	require.Equal(t, before, after)
	w.cancel(other.ID)
	w.cancel(first.ID)
	require.Empty(t, w.member("p-1001-01").Uses)
	w.verify()
}

func TestWhatCannotBeReviewed(t *testing.T) {
	w := newMemoryWorld(t)
	gone := w.waiting("V-5")
	w.cancel(gone.ID)
	_, err := w.review(gone.ID)
	requireStatus(t, err, http.StatusConflict, "Claim")

	draft := w.create(strings.Replace(w.delivery("V-6"), `"active"`, `"draft"`, 1))
	_, err = w.review(draft.Key.ID)
	requireStatus(t, err, http.StatusConflict, "Claim")

	failed := w.submit(w.parse(strings.Replace(w.delivery("V-7"), "Patient/p-1001-01", "Patient/nobody", 1)))
	_, err = w.review(failed.ID)
	requireStatus(t, err, http.StatusConflict, "Claim")

	var refused *outcome.Error
	_, err = w.review("unknown")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusNotFound, refused.Status)

	waiting := w.waiting("V-8")
	_, err = w.review(waiting.ID, `{"name":"version","valueString":"7"}`)
	requireStatus(t, err, http.StatusConflict, "Claim")
	w.mustReview(waiting.ID, `{"name":"version","valueString":"1"}`)
	w.verify()
}

func TestReviewsThatMakeNoSense(t *testing.T) {
	w := newMemoryWorld(t)
	id := w.waiting("V-9").ID
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"no such line":        {reviewLine(7), http.StatusUnprocessableEntity},
		"the same line twice": {reviewLine(1) + "," + reviewLine(1), http.StatusUnprocessableEntity},
		"no sequence":         {`{"name":"line","part":[` + reject + "," + why + `]}`, http.StatusBadRequest},
		"no reason":           {reviewLine(1, reject), http.StatusUnprocessableEntity},
		"both":                {reviewLine(1, reject, why, `{"name":"quantity","valueDecimal":1}`), http.StatusUnprocessableEntity},
		"negative":            {reviewLine(1, `{"name":"quantity","valueDecimal":-1}`), http.StatusBadRequest},
		"another currency":    {reviewLine(1, `{"name":"unitPrice","valueMoney":{"value":1,"currency":"USD"}}`), http.StatusUnprocessableEntity},
		"unknown":             {`{"name":"lines","valueString":"x"}`, http.StatusBadRequest},
		"unknown part":        {reviewLine(1, `{"name":"price","valueDecimal":1}`), http.StatusBadRequest},
		"not a number":        {reviewLine(1, `{"name":"quantity","valueString":"1"}`), http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.review(id, c.body)
			var refused *outcome.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.status, refused.Status, refused.Issues)
			require.Contains(t, refused.Issues[0].Expression, "Parameters.parameter")
		})
	}
	_, err := w.claims.Review(context.Background(), everyone, id, w.parse(claimSpec{}.json()))
	require.Error(t, err)
	require.Equal(t, "awaiting-review", w.state(id))
	w.verify()
}

// caseOf makes again the case of a response's version, from what is stored alone.
func (w *world) caseOf(claimID string, version int64) *engine.Case {
	w.t.Helper()
	record, err := w.store.Version(context.Background(), store.System(), key("ClaimResponse", claims.Companion(claimID)), version)
	require.NoError(w.t, err)
	stored := w.parse(string(record.Body))
	claim, issues := engine.ReadClaim(w.get("Claim", claimID))
	require.Empty(w.t, issues)
	sch, err := w.schemes.Latest(context.Background())
	require.NoError(w.t, err)
	b := engine.Basis{ClaimID: claimID, ResponseID: claims.Companion(claimID)}
	require.NoError(w.t, b.Clock.UnmarshalText([]byte(field(stored, "created"))))
	b.Received, err = answer.ReceivedOf(stored)
	require.NoError(w.t, err)
	b.Review, err = answer.ReviewOf(stored)
	require.NoError(w.t, err)
	for _, id := range answer.HeadsOf(stored) {
		found := w.internal(store.SpaceEntry, ledger.EntryID(id, claimID, version))
		require.NotZero(w.t, found.Version, id)
		_, before, err := heads.DecodeRecord(found.Data)
		require.NoError(w.t, err)
		b.Heads = append(b.Heads, engine.HeadState{ID: id, Data: before})
	}
	c, err := b.Case(claim, sch)
	require.NoError(w.t, err)
	return c
}

func TestAReviewedResponseIsReplayed(t *testing.T) {
	w := newMemoryWorld(t)
	first := w.waiting("V-10")
	w.submit(w.parse(claimSpec{identifier: "V-11", patient: `{"reference":"Patient/p-1001-01"}`, coverage: `{"reference":"Coverage/p-1001-01"}`}.json()))
	w.mustReview(first.ID, reviewLine(1, `{"name":"unitPrice","valueMoney":{"value":4321.5,"currency":"KES"}}`, why))
	for version, want := range map[int64]string{1: "9000.00", 2: "4321.50"} {
		d := engine.Decide(w.caseOf(first.ID, version))
		require.Equal(t, want, d.Lines[0].Eligible.String())
		record, err := w.store.Version(context.Background(), store.System(), key("ClaimResponse", first.ID), version)
		require.NoError(t, err)
		var stored response
		require.NoError(t, json.Unmarshal(record.Body, &stored))
		totals, _ := amounts(stored.Total)
		require.Equal(t, totals["benefit"], d.Totals.Paid.String())
		require.Equal(t, totals["member-liability"], d.Totals.MemberBears.String())
	}
}

// Whatever is submitted, reviewed and cancelled, in whatever order, the heads are proved by their entries, and nothing is
// left when everything is cancelled.
func TestReviewsAndCancellationsKeepTheLedger(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newMemoryWorld(t)
		var active []string
		for i := range rapid.IntRange(1, 8).Draw(rt, "steps") {
			switch step := rapid.SampledFrom([]string{"submit", "deliver", "review", "cancel"}).Draw(rt, "step"); {
			case step == "submit":
				active = append(active, w.submit(w.parse(claimSpec{identifier: fmt.Sprint("K-", i), price: fmt.Sprint(rapid.IntRange(1, 30_000).Draw(rt, "price"), ".00"),
					patient: `{"reference":"Patient/p-1001-01"}`, coverage: `{"reference":"Coverage/p-1001-01"}`}.json())).ID)
			case step == "deliver":
				active = append(active, w.submit(w.parse(strings.Replace(w.delivery(fmt.Sprint("K-", i)), "2026-05-05", fmt.Sprintf("2026-05-%02d", 10+i), 2))).ID)
			case len(active) == 0:
			case step == "review":
				id := rapid.SampledFrom(active).Draw(rt, "claim")
				parts := []string{fmt.Sprintf(`{"name":"quantity","valueDecimal":%d}`, rapid.IntRange(0, 2).Draw(rt, "quantity"))}
				if rapid.Bool().Draw(rt, "rejects") {
					parts = []string{reject, why}
				}
				if _, err := w.review(id, reviewLine(1, parts...)); err != nil {
					var refused *outcome.Error
					require.ErrorAs(rt, err, &refused)
					require.Equal(rt, http.StatusConflict, refused.Status, refused.Issues)
				}
			default:
				at := rapid.IntRange(0, len(active)-1).Draw(rt, "claim")
				w.cancel(active[at])
				active = append(active[:at], active[at+1:]...)
			}
		}
		for _, id := range active {
			w.cancel(id)
		}
		require.Empty(rt, w.findings())
		require.Empty(rt, w.member("p-1001-01").Uses)
		require.Empty(rt, w.member("p-1001-01").Services)
	})
}

// A claim on an authorization that is reviewed takes from the authorization what it takes then, no more and no less.
func TestReviewOfAClaimOnAnAuthorization(t *testing.T) {
	w := authorized(t)
	w.several()
	given, ref := w.authorize(visit{identifier: "A-1", quantity: 5})
	claim := w.visit(visit{identifier: "A-2", ref: ref, quantity: 3})
	require.Equal(t, "2400.00", benefit(claim))
	require.Equal(t, "4000.00", w.spent())

	w.mustReview(claim.ID, reviewLine(1, `{"name":"quantity","valueDecimal":1}`))
	w.verify()
	require.Equal(t, "4000.00", w.spent(), "what the reviewer did not approve is set aside again")
	require.Equal(t, "3200.00", benefit(w.visit(visit{identifier: "A-3", ref: ref, quantity: 4})))
	w.verify()

	_, err := w.review(given.ID)
	requireStatus(t, err, http.StatusConflict, "Claim")

	w.mustReview(claim.ID, reviewLine(1, reject, why))
	w.verify()
	w.cancel(given.ID)
	w.verify()
	require.Equal(t, "3200.00", w.spent())
}
