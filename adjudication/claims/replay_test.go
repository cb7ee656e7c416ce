package claims_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/store"
	"claimwright/store/resources"
)

func TestTheSameSubmissionGetsTheSameAnswer(t *testing.T) {
	w := newMemoryWorld(t)
	body := claimSpec{identifier: "R-1"}.json()
	first := w.submit(w.parse(body))
	for name, again := range map[string]string{
		"byte for byte":    body,
		"laid out anew":    strings.ReplaceAll(body, ",\"", ",\n  \""),
		"in another order": strings.Replace(strings.Replace(body, `"use":"claim",`, "", 1), `"item":[`, `"use":"claim","item":[`, 1),
		"escaped":          strings.Replace(body, `"R-1"`, `"R\u002d1"`, 1),
		"with an id":       strings.Replace(body, `"resourceType":"Claim"`, `"resourceType":"Claim","id":"`+first.ID+`","meta":{"versionId":"1"}`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			got := w.submit(w.parse(again))
			require.Equal(t, first.doc.Bytes(), got.doc.Bytes())
		})
	}
	require.Equal(t, int64(1), w.count("Claim"))
	w.verify()
}

func TestReplayIsForTheSameOrganisation(t *testing.T) {
	w := newMemoryWorld(t)
	doc := w.parse(claimSpec{identifier: "R-2"}.json())
	first := w.submit(doc)
	other := everyone
	other.Organization = "Organization/tumaini"
	answer, err := w.claims.Submit(context.Background(), other, doc)
	require.NoError(t, err)
	got := readResponse(t, answer)
	require.NotEqual(t, first.ID, got.ID)
	_, denied := amounts(got.Item[0].Adjudication)
	require.Equal(t, "duplicate", denied, "the same bill from somebody else is a duplicate")
}

func TestSameIdentifierOtherContent(t *testing.T) {
	w := newMemoryWorld(t)
	w.submit(w.parse(claimSpec{identifier: "R-3"}.json()))
	got := w.submit(w.parse(claimSpec{identifier: "R-3", price: "700.00"}.json()))
	require.Equal(t, "complete", got.Outcome)
	_, denied := amounts(got.Item[0].Adjudication)
	require.Equal(t, "duplicate", denied)

	again := w.submit(w.parse(claimSpec{identifier: "R-3", price: "700.00"}.json()))
	require.Equal(t, got.ID, again.ID, "the denial is an answer like any other")

	elsewhere := w.submit(w.parse(claimSpec{identifier: "R-3", price: "700.00", provider: `{"reference":"Organization/mwangaza"}`}.json()))
	_, denied = amounts(elsewhere.Item[0].Adjudication)
	require.NotEqual(t, "duplicate", denied, "another provider numbers its own claims")
	w.verify()
}

func TestDuplicatesMayBeAccepted(t *testing.T) {
	w := newMemoryWorld(t)
	w.service = resources.New(w.store, resources.Options{})
	w.claims = claims.New(w.service, claims.NewSchemes(w.store), claims.Options{Duplicates: claims.AcceptDuplicates})
	w.submit(w.parse(claimSpec{identifier: "R-4"}.json()))
	got := w.submit(w.parse(claimSpec{identifier: "R-4", price: "700.00"}.json()))
	_, denied := amounts(got.Item[0].Adjudication)
	require.Empty(t, denied)
}

func TestRejectedClaimsMayBeCorrected(t *testing.T) {
	w := newMemoryWorld(t)
	first := w.submit(w.parse(claimSpec{identifier: "R-5", service: "S-NONE"}.json()))
	_, denied := amounts(first.Item[0].Adjudication)
	require.Equal(t, "not-in-register", denied)
	corrected := w.submit(w.parse(claimSpec{identifier: "R-5"}.json()))
	_, denied = amounts(corrected.Item[0].Adjudication)
	require.Empty(t, denied)
}

func TestErrorsAreNotReplayed(t *testing.T) {
	w := newMemoryWorld(t)
	body := claimSpec{identifier: "R-6", patient: `{"reference":"Patient/later"}`, coverage: `{"reference":"Coverage/later"}`}.json()
	require.Equal(t, "error", w.submit(w.parse(body)).Outcome)
	_, err := w.service.Update(context.Background(), everyone, store.Key{Type: "Patient", ID: "later"},
		w.parse(`{"resourceType":"Patient","id":"later","gender":"female","birthDate":"1990-01-01"}`), resources.UpdateOptions{})
	require.NoError(t, err)
	got := w.submit(w.parse(body))
	require.Equal(t, "complete", got.Outcome)
	_, denied := amounts(got.Item[0].Adjudication)
	require.Equal(t, "no-cover", denied)
	w.verify()
}

func TestWithoutAnIdentifier(t *testing.T) {
	w := newMemoryWorld(t)
	doc := w.parse(claimSpec{}.json())
	once, again := w.submit(doc), w.submit(doc)
	require.NotEqual(t, once.ID, again.ID, "nothing tells that it is the same submission")

	key := claims.WithIdempotencyKey(context.Background(), "k-1")
	submit := func(ctx context.Context, p resources.Principal) string {
		answer, err := w.claims.Submit(ctx, p, doc)
		require.NoError(t, err)
		return answer.ID()
	}
	first := submit(key, everyone)
	require.Equal(t, first, submit(key, everyone))
	require.NotEqual(t, first, submit(claims.WithIdempotencyKey(context.Background(), "k-2"), everyone))
	other := everyone
	other.Organization = "Organization/tumaini"
	require.NotEqual(t, first, submit(key, other), "a key is the submitter's own")
	w.verify()
}

func TestCancelledClaimsAreNotReplayed(t *testing.T) {
	w := newMemoryWorld(t)
	doc := w.parse(claimSpec{identifier: "R-7"}.json())
	first := w.submit(doc)
	w.cancel(first.ID)
	second := w.submit(doc)
	require.NotEqual(t, first.ID, second.ID)
	_, denied := amounts(second.Item[0].Adjudication)
	require.Empty(t, denied)
	require.Equal(t, second.ID, w.submit(doc).ID)
	w.verify()
}

// An idempotency key is not in the claim: cancelling cannot find the submission by it.
func TestCancelledUnderAnIdempotencyKey(t *testing.T) {
	w := newMemoryWorld(t)
	key := claims.WithIdempotencyKey(context.Background(), "k-1")
	submit := func(spec claimSpec) *response {
		answer, err := w.claims.Submit(key, everyone, w.parse(spec.json()))
		require.NoError(t, err)
		return readResponse(t, answer)
	}
	first := submit(claimSpec{})
	w.cancel(first.ID)
	second := submit(claimSpec{})
	require.NotEqual(t, first.ID, second.ID)
	_, denied := amounts(second.Item[0].Adjudication)
	require.Empty(t, denied)
	require.Equal(t, second.ID, submit(claimSpec{}).ID, "what stands is replayed")

	w.cancel(second.ID)
	_, denied = amounts(submit(claimSpec{price: "700.00"}).Item[0].Adjudication)
	require.Empty(t, denied, "other content duplicates nothing that was cancelled")
	w.verify()
}

// A claim whose insurer is found must be recognised when it comes again, however its insurer is named.
func TestInsurerNamedByManyIdentifiers(t *testing.T) {
	w := newMemoryWorld(t)
	for name, others := range map[string]int{"within what is tried": 3, "beyond what is tried": 9} {
		t.Run(name, func(t *testing.T) {
			identifiers := strings.Repeat(`{"system":"urn:other","value":"x"},`, others) +
				`{"system":"https://claimwright.org/sandbox/insurers","value":"UMOJA"}`
			body := strings.Replace(claimSpec{identifier: "R-10"}.json(), `"insurer":{"reference":"Organization/umoja"}`,
				`"contained":[{"resourceType":"Organization","id":"i","identifier":[`+identifiers+`]}],"insurer":{"reference":"#i"}`, 1)
			first, again := w.submit(w.parse(body)), w.submit(w.parse(body))
			if first.Outcome != "error" {
				require.Equal(t, first.ID, again.ID)
			}
		})
	}
	w.verify()
}

func TestDuplicatesOfACancelledClaim(t *testing.T) {
	w := newMemoryWorld(t)
	first := w.submit(w.parse(claimSpec{identifier: "R-9"}.json()))
	corrected := w.parse(claimSpec{identifier: "R-9", price: "700.00"}.json())
	_, denied := amounts(w.submit(corrected).Item[0].Adjudication)
	require.Equal(t, "duplicate", denied)
	w.cancel(first.ID)
	_, denied = amounts(w.submit(corrected).Item[0].Adjudication)
	require.Empty(t, denied, "it duplicates nothing any longer")
	w.verify()
}

// TestManyAtOnce: whoever submits the same at the same moment gets the same answer, on one server and on two.
func TestManyAtOnce(t *testing.T) {
	one := newMemoryWorld(t)
	two := joinWorld(t, one.store)
	doc := one.parse(claimSpec{identifier: "R-8"}.json())
	ids := make([]string, 64)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			server := [...]*world{one, two}[i%2]
			if answer, err := server.claims.Submit(context.Background(), everyone, doc); err == nil {
				ids[i] = answer.ID()
			}
		})
	}
	group.Wait()
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	require.NotEmpty(t, ids[0])
	require.Equal(t, int64(1), one.count("Claim"))
	require.Equal(t, int64(1), one.count("ClaimResponse"))
	one.verify()
}

func TestAnIdentifierWithoutAValueIdentifiesNothing(t *testing.T) {
	w := newMemoryWorld(t)
	body := strings.Replace(claimSpec{identifier: "R-11"}.json(), `"identifier":[`, `"identifier":[{"use":"official","system":"urn:test"},`, 1)
	first, again := w.submit(w.parse(body)), w.submit(w.parse(body))
	require.Equal(t, first.ID, again.ID)
	_, denied := amounts(w.submit(w.parse(claimSpec{identifier: "R-11", price: "700.00"}.json())).Item[0].Adjudication)
	require.Equal(t, "duplicate", denied)
	w.verify()
}
