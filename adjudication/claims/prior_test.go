package claims_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/memory"
)

// replacing names a claim as the prior one.
func replacing(ref string) string {
	return `,"related":[{"claim":` + ref + `,"relationship":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship","code":"prior"}]}}]`
}

func (w *world) requireReplaced(id, by string) {
	w.t.Helper()
	require.Equal(w.t, "cancelled", field(w.get("Claim", id), "status"))
	response := w.get("ClaimResponse", id)
	require.Equal(w.t, "cancelled", field(response, "status"))
	require.Equal(w.t, "Replaced by Claim/"+by+".", field(response, "disposition"))
	task := w.get("Task", id)
	require.Equal(w.t, "cancelled", field(task, "status"))
	require.Equal(w.t, "Replaced by Claim/"+by+".", field(task, "statusReason", "text"))
}

// A corrected claim takes the place of the first: neither duplicates, nor ceilings, nor counts see the first any more.
func TestAClaimReplacesAnother(t *testing.T) {
	for name, c := range map[string]struct{ identifier, ref string }{
		"by reference, under the same identifier":  {"P-1", `{"reference":"Claim/%s"}`},
		"by reference, under another identifier":   {"P-2", `{"reference":"Claim/%s"}`},
		"by identifier":                            {"P-2", `{"type":"Claim","identifier":{"system":"urn:test","value":"P-1"}}`},
		"by identifier, under the same identifier": {"P-1", `{"type":"Claim","identifier":{"system":"urn:test","value":"P-1"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := authorized(t)
			first := w.visit(visit{identifier: "P-1", quantity: 9})
			ref := c.ref
			if strings.Contains(ref, "%s") {
				ref = fmt.Sprintf(ref, first.ID)
			}
			body := visit{identifier: c.identifier, quantity: 8, members: replacing(ref)}
			second := w.visit(body)
			require.Equal(t, "6400.00", benefit(second), "the ceiling is that without the first")
			require.Equal(t, "6400.00", w.spent())
			w.requireReplaced(first.ID, second.ID)
			require.Contains(t, string(second.doc.Bytes()), `{"url":"replaces","valueReference":{"reference":"Claim/`+first.ID+`"}}`)
			w.verify()
			require.Equal(t, second.ID, w.visit(body).ID, "the same submission again gets the same answer")

			third := w.visit(visit{identifier: "P-3", members: replacing(fmt.Sprintf(`{"reference":"Claim/%s"}`, first.ID))})
			require.Equal(t, "800.00", benefit(third), "what was cancelled is nothing to replace")
			w.verify()
		})
	}
}

func TestPriorsThatAreNotKnown(t *testing.T) {
	w := authorized(t)
	others := w.visit(visit{identifier: "P-1", member: 1})
	asked := w.visit(visit{identifier: "P-2", use: "predetermination"})
	for name, ref := range map[string]string{
		"nobody's":         `{"reference":"Claim/nobody"}`,
		"another member's": `{"reference":"Claim/` + others.ID + `"}`,
		"another use's":    `{"reference":"Claim/` + asked.ID + `"}`,
		"nobody's number":  `{"identifier":{"system":"urn:test","value":"P-99"}}`,
		"an empty hint":    `{"display":"the last one"}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := w.visit(visit{identifier: "P-" + name, members: replacing(ref)})
			require.Equal(t, "complete", got.Outcome)
			_, denied := amounts(got.Item[0].Adjudication)
			require.Equal(t, "claim-not-found", denied)
			require.Contains(t, got.ProcessNote[0].Text, "To be replaced: ")
		})
	}
	require.Equal(t, "active", field(w.get("Claim", others.ID), "status"))
	w.verify()
}

func TestAClaimThatCannotBeDecidedReplacesNothing(t *testing.T) {
	w := authorized(t)
	first := w.visit(visit{identifier: "P-1"})
	body := strings.ReplaceAll(visit{identifier: "P-2", members: replacing(`{"reference":"Claim/` + first.ID + `"}`)}.json(), `"currency":"KES"`, `"currency":"USD"`)
	failed := w.submit(w.parse(body))
	require.Equal(t, "error", failed.Outcome)
	require.Equal(t, "active", field(w.get("Claim", first.ID), "status"))
	require.Equal(t, "800.00", w.spent())
	w.verify()
}

func TestOnlyOnePriorClaim(t *testing.T) {
	w := authorized(t)
	two := strings.Replace(replacing(`{"reference":"Claim/a"}`), `}]}}]`, `}]}},`+replacing(`{"reference":"Claim/b"}`)[len(`,"related":[`):], 1)
	_, err := w.claims.Submit(context.Background(), everyone, w.parse(visit{identifier: "P-1", members: two}.json()))
	require.ErrorContains(t, err, "two of relationship prior")
}

// What the replaced claim used of an authorization is the new one's.
func TestAReplacementClaimsOnTheSameAuthorization(t *testing.T) {
	w := authorized(t)
	_, ref := w.authorize(visit{identifier: "P-1", quantity: 6})
	first := w.visit(visit{identifier: "P-2", ref: ref, quantity: 2})
	w.visit(visit{identifier: "P-3", member: 1, quantity: 4})
	second := w.visit(visit{identifier: "P-2", ref: ref, quantity: 5, members: replacing(`{"reference":"Claim/` + first.ID + `"}`)})
	require.Equal(t, "4000.00", benefit(second))
	require.Equal(t, "7200.00", w.spent())
	w.verify()
}

// The discharge's authorization takes the place of the admission's.
func TestAnAuthorizationReplacesAnother(t *testing.T) {
	for _, by := range []string{"number", "reference"} {
		t.Run("by "+by, func(t *testing.T) {
			w := authorized(t)
			admission, ref := w.authorize(visit{identifier: "P-1", quantity: 6})
			w.visit(visit{identifier: "P-2", member: 1, quantity: 2})
			discharge := visit{identifier: "P-3", quantity: 8}
			if by == "number" {
				discharge.ref = ref
			} else {
				discharge.members = replacing(`{"reference":"Claim/` + admission.ID + `"}`)
			}
			granted, number := w.authorize(discharge)
			require.Equal(t, "6400.00", benefit(granted))
			require.NotEqual(t, ref, number)
			for _, note := range granted.ProcessNote {
				require.NotContains(t, note.Text, "none of this number")
			}
			require.Equal(t, "8000.00", w.spent())
			w.requireReplaced(admission.ID, granted.ID)
			require.Len(t, w.member("ten-0").Reserved, 1)
			w.verify()
			require.Equal(t, "6400.00", benefit(w.visit(visit{identifier: "P-4", ref: number, quantity: 8})))
			w.verify()
		})
	}
}

// A replacement, too, reads at most six times: beside what every claim reads, the prior claim with its answer, its entries,
// and the guard of its own identifier.
func TestReadsOfAReplacement(t *testing.T) {
	st := &roundTrips{Store: memory.New()}
	w := newWorld(t, st)
	w.loadPolicyOfTen()
	first := w.visit(visit{identifier: "P-1"})
	_, ref := w.authorize(visit{identifier: "P-2"})
	submit := func(v visit) int64 {
		doc := w.parse(v.json())
		reads, _, searches, commits := st.of(func() { w.submit(doc) })
		require.Zero(t, searches)
		require.Equal(t, int64(1), commits)
		return reads
	}
	plain := submit(visit{identifier: "P-3"})
	require.Equal(t, plain, submit(visit{identifier: "P-4", ref: ref}), "an authorization is in the member's head")
	reads := submit(visit{identifier: "P-5", members: replacing(`{"reference":"Claim/` + first.ID + `"}`)})
	require.LessOrEqual(t, reads, int64(6))
	t.Logf("%d reads, with a prior claim %d", plain, reads)
}
