package claims_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/storetest"
)

// otherAnswer is another payer's ClaimResponse about line 1.
func otherAnswer(id, benefit string) string {
	return fmt.Sprintf(`{"resourceType":"ClaimResponse","id":%q,"identifier":[{"system":"urn:other","value":"%[1]s"}],"status":"active","type":{"text":"t"},"use":"claim",
"patient":{"reference":"Patient/p-2001-01"},"created":"2026-05-05","insurer":{"reference":"Organization/another-payer"},"outcome":"complete",
"item":[{"itemSequence":1,"adjudication":[{"category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"benefit"}]},
"amount":{"value":%s,"currency":"KES"}}]}]}`, id, benefit)
}

// afterOther is a claim that another payer has answered before.
func afterOther(c claimSpec, reference string) string {
	return strings.Replace(c.json(), `"insurance":[{"sequence":1,"focal":true`,
		`"insurance":[{"sequence":1,"focal":false,"coverage":{"display":"another payer's"},"claimResponse":`+reference+`},{"sequence":2,"focal":true`, 1)
}

func TestTheNextPayerPaysTheRest(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(otherAnswer("theirs", "500.00"))
	for name, reference := range map[string]string{
		"literal":       `{"reference":"ClaimResponse/theirs"}`,
		"absolute":      `{"reference":"https://claims.test/fhir/ClaimResponse/theirs"}`,
		"by identifier": `{"identifier":{"system":"urn:other","value":"theirs"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := w.submit(w.parse(afterOther(claimSpec{identifier: "O-" + name}, reference)))
			require.Equal(t, "complete", got.Outcome)
			line, _ := amounts(got.Item[0].Adjudication)
			totals, _ := amounts(got.Total)
			require.Equal(t, "300.00", line["benefit"], "640.00 alone; 300.00 are left of 800.00")
			require.Equal(t, "340.00", line["other-payers"])
			require.Equal(t, "500.00", totals["other-payer-liability"])
			require.Empty(t, totals["member-liability"])
			require.Contains(t, string(got.doc.Bytes()), `{"url":"otherPayer","valueReference":{"reference":"ClaimResponse/theirs/_history/1"}}`)
			w.cancel(got.ID)
		})
	}
	w.verify()
}

func TestAnswersThatCannotCount(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(strings.Replace(otherAnswer("another-patient", "500.00"), "p-2001-01", "p-2002-01", 1))
	w.mustUpdate(strings.Replace(otherAnswer("cancelled", "500.00"), `"active"`, `"cancelled"`, 1))
	w.mustUpdate(strings.Replace(otherAnswer("another-claim", "500.00"), `"itemSequence":1`, `"itemSequence":5`, 1))
	for _, id := range []string{"unknown", "another-patient", "cancelled", "another-claim"} {
		_, err := w.claims.Submit(context.Background(), everyone, w.parse(afterOther(claimSpec{identifier: id}, `{"reference":"ClaimResponse/`+id+`"}`)))
		requireStatus(t, err, http.StatusUnprocessableEntity, "Claim.insurance[0].claimResponse")
	}
	w.mustUpdate(strings.Replace(otherAnswer("dollars", "500.00"), "KES", "USD", 1))
	got := w.submit(w.parse(afterOther(claimSpec{identifier: "dollars"}, `{"reference":"ClaimResponse/dollars"}`)))
	require.Equal(t, "error", got.Outcome)
	require.Equal(t, "currency-mismatch", got.Error[0].Code.Coding[0].Code)
	w.verify()
}

// The same submission gets the same answer, whatever has become of the other payer's since.
func TestAnswersAreReplayedAfterTheOtherHasChanged(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(otherAnswer("theirs", "500.00"))
	doc := w.parse(afterOther(claimSpec{identifier: "O-1"}, `{"reference":"ClaimResponse/theirs"}`))
	first := w.submit(doc)
	w.mustUpdate(strings.Replace(otherAnswer("theirs", "500.00"), `"active"`, `"cancelled"`, 1))
	require.Equal(t, first.ID, w.submit(doc).ID)
}

func TestReadsWithOtherPayers(t *testing.T) {
	st := &counting{Store: storetest.NewMemory()}
	w := newWorld(t, st)
	var list []string
	for i := range 5 {
		id := fmt.Sprint("theirs-", i)
		w.mustUpdate(otherAnswer(id, "10.00"))
		list = append(list, fmt.Sprintf(`{"sequence":%d,"focal":false,"coverage":{"display":"x"},"claimResponse":{"reference":"ClaimResponse/%s"}}`, i+1, id))
	}
	w.submit(w.parse(claimSpec{identifier: "warm"}.json()))
	doc := w.parse(strings.Replace(claimSpec{identifier: "O-2"}.json(), `"insurance":[{"sequence":1,`, `"insurance":[`+strings.Join(list, ",")+`,{"sequence":9,`, 1))
	st.reset()
	w.submit(doc)
	require.LessOrEqual(t, st.reads.Load(), int64(3))
	require.Zero(t, st.searches.Load())
}
