package claims_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// refused submits what cannot be processed.
func (w *world) refused(doc *codec.Document) *outcome.Error {
	_, err := w.claims.Submit(context.Background(), everyone, doc)
	var refused *outcome.Error
	require.ErrorAs(w.t, err, &refused)
	return refused
}

func (w *world) get(typ, id string) *codec.Document {
	records, err := w.store.Get(context.Background(), store.System(), store.Key{Type: typ, ID: id})
	require.NoError(w.t, err)
	require.NotNil(w.t, records[0], "%s/%s", typ, id)
	require.False(w.t, records[0].Deleted, "%s/%s", typ, id)
	var compact bytes.Buffer
	require.NoError(w.t, json.Compact(&compact, records[0].Body))
	return w.parse(compact.String())
}

func (w *world) count(typ string) int64 {
	return int64(len(w.all(typ)))
}

func field(doc *codec.Document, path ...string) string {
	v := doc.Root()
	for _, name := range path {
		v = v.Field(name)
		if v.Kind() == codec.Array {
			v = v.Index(0)
		}
	}
	return v.Text()
}

func TestClaimResponseAndTaskAreStoredTogether(t *testing.T) {
	w := newMemoryWorld(t)
	got := w.submit(w.parse(claimSpec{identifier: "A-1"}.json()))
	require.Equal(t, "complete", got.Outcome)
	require.Equal(t, "Claim/"+got.ID, got.Request.Reference, "claim and response share the id that the server drew")

	claim, response, task := w.get("Claim", got.ID), w.get("ClaimResponse", got.ID), w.get("Task", got.ID)
	require.Equal(t, string(got.doc.Bytes()), string(response.Bytes()), "the answer is what is stored")
	require.Equal(t, "active", field(claim, "status"))
	require.Equal(t, "completed", field(task, "status"))
	require.Equal(t, claims.BusinessStates, field(task, "businessStatus", "coding", "system"))
	require.Contains(t, []string{"approved", "partly-approved"}, field(task, "businessStatus", "coding", "code"))
	require.Equal(t, "Claim/"+got.ID, field(task, "focus", "reference"))
	require.Equal(t, "Patient/p-2001-01", field(task, "for", "reference"))
	require.Equal(t, "Organization/umoja", field(task, "owner", "reference"))
	require.Equal(t, "ClaimResponse/"+got.ID, field(task, "output", "valueReference", "reference"))
	w.verify()
}

func TestTotalsSum(t *testing.T) {
	w := newMemoryWorld(t)
	got := w.submit(sample(t, "12-inpatient-surgery.json"))
	totals, _ := amounts(got.Total)
	sums := map[string]int64{}
	for _, item := range got.Item {
		by, _ := amounts(item.Adjudication)
		for category, value := range by {
			sums[category] += cents(t, value)
		}
	}
	for category, total := range totals {
		if !strings.HasSuffix(category, "-liability") { // of a line, its cuts say who bears them
			require.Equal(t, cents(t, total), sums[category], category)
		}
	}
	for _, category := range []string{"submitted", "eligible", "benefit", "copay"} {
		require.Contains(t, totals, category)
	}
	require.Equal(t, cents(t, totals["submitted"]), cents(t, totals["benefit"])+cents(t, totals["member-liability"])+cents(t, totals["provider-liability"]))
}

func cents(t testing.TB, amount string) int64 {
	if amount == "" {
		return 0
	}
	whole, fraction, _ := strings.Cut(amount, ".")
	n, err := json.Number(whole + (fraction + "00")[:2]).Int64()
	require.NoError(t, err)
	return n
}

func TestNotesAreWrittenOnce(t *testing.T) {
	w := newMemoryWorld(t)
	got := w.submit(sample(t, "14-policy-ceiling-met.json"))
	seen := map[string]bool{}
	for i, note := range got.ProcessNote {
		require.False(t, seen[note.Text], note.Text)
		require.Equal(t, i+1, note.Number)
		seen[note.Text] = true
	}
	require.NotEmpty(t, got.ProcessNote)
	for _, item := range got.Item {
		for _, n := range item.NoteNumber {
			require.LessOrEqual(t, n, len(got.ProcessNote))
		}
	}
}

func TestInputShapes(t *testing.T) {
	claim := claimSpec{identifier: "S-1"}.json()
	bundle := func(entries ...string) string {
		return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
	}
	entry := func(resource string) string { return `{"resource":` + resource + `}` }
	other := claimSpec{identifier: "S-2"}.json()
	cases := []struct{ name, body, want string }{
		{"the claim alone", claim, "ClaimResponse"},
		{"parameters", `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + claim + `}]}`, "ClaimResponse"},
		{"a bundle of one", bundle(entry(claim)), "Bundle[ClaimResponse]"},
		{"parameters with a bundle", `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + bundle(entry(claim)) + `}]}`, "Bundle[ClaimResponse]"},
		{"a bundle of two", bundle(entry(claim), entry(other)), "Bundle[ClaimResponse ClaimResponse]"},
		{"a bundle of bundles", bundle(entry(bundle(entry(claim))), entry(bundle(entry(other)))), "Bundle[Bundle[ClaimResponse] Bundle[ClaimResponse]]"},
		{"one of several is a draft", bundle(entry(strings.Replace(claim, `"active"`, `"draft"`, 1)), entry(other)), "Bundle[OperationOutcome ClaimResponse]"},
		{"one of several bundles is empty", bundle(entry(bundle(entry(claim))), entry(`{"resourceType":"Bundle","type":"collection"}`)), "Bundle[Bundle[ClaimResponse] OperationOutcome]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newMemoryWorld(t)
			answer, err := w.claims.Submit(context.Background(), everyone, w.parse(c.body))
			require.NoError(t, err)
			require.Equal(t, c.want, shape(answer.Root()), string(answer.Bytes()))
			w.verify()
		})
	}
}

func shape(v codec.Value) string {
	typ := v.Field("resourceType").Text()
	if typ != "Bundle" {
		return typ
	}
	var parts []string
	for e := range v.Field("entry").Each() {
		parts = append(parts, shape(e.Field("resource")))
	}
	return "Bundle[" + strings.Join(parts, " ") + "]"
}

func TestWhatCannotBeProcessed(t *testing.T) {
	claim := claimSpec{identifier: "X-1"}.json()
	cases := []struct {
		name, body string
		status     int
		code, at   string
	}{
		{"another type", `{"resourceType":"Patient"}`, 400, outcome.Invalid, "Patient"},
		{"an empty bundle", `{"resourceType":"Bundle","type":"collection"}`, 400, outcome.Required, "Bundle.entry"},
		{"a bundle without a claim", `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}}]}`, 400, outcome.Required, "Bundle.entry"},
		{"a message", `{"resourceType":"Bundle","type":"message","entry":[{"resource":` + claim + `}]}`, 400, outcome.Value, "Bundle.type"},
		{"empty parameters", `{"resourceType":"Parameters"}`, 400, outcome.Required, "Parameters.parameter"},
		{"parameters with the resource twice", `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + claim + `},{"name":"resource","resource":` + claim + `}]}`, 400, outcome.Invalid, "Parameters.parameter[1]"},
		{"a draft", strings.Replace(claim, `"active"`, `"draft"`, 1), 422, outcome.BusinessRule, "Claim.status"},
		{"a draft in a bundle", `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}},{"resource":` + strings.Replace(claim, `"active"`, `"draft"`, 1) + `}]}`, 422, outcome.BusinessRule, "Bundle.entry[1].resource.status"},
		{"two focal insurances", strings.Replace(claim, `"insurance":[`, `"insurance":[{"sequence":2,"focal":true,"coverage":{"reference":"Coverage/x"}},`, 1), 422, outcome.BusinessRule, "Claim.insurance"},
		{"a net that is not the product", strings.Replace(claim, `"net":{"value":800.00`, `"net":{"value":801.00`, 1), 422, outcome.BusinessRule, "Claim.item[0].net"},
		{"a reference to what was not sent", strings.Replace(claim, `{"reference":"Patient/p-2001-01"}`, `{"reference":"urn:uuid:00000000-0000-4000-8000-000000000000"}`, 1), 400, outcome.Value, "Claim.patient.reference"},
	}
	w := newMemoryWorld(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			refused := w.refused(w.parse(c.body))
			require.Equal(t, c.status, refused.StatusOr500(), refused.Issues)
			require.Equal(t, c.code, refused.Issues[0].Code, refused.Issues)
			require.Equal(t, c.at, refused.Issues[0].Expression, refused.Issues)
		})
	}
	require.Zero(t, w.count("Claim"), "nothing is written")
}

func TestTooManyClaims(t *testing.T) {
	w := newMemoryWorld(t)
	var entries []string
	for i := range 201 {
		entries = append(entries, `{"resource":`+claimSpec{identifier: fmt.Sprint(i)}.json()+`}`)
	}
	refused := w.refused(w.parse(`{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`))
	require.Equal(t, http.StatusRequestEntityTooLarge, refused.StatusOr500())
}

func TestUnknownPartiesAreAnAnswer(t *testing.T) {
	cases := []struct {
		name  string
		claim claimSpec
		edit  [2]string
		codes []string
	}{
		{"member", claimSpec{patient: `{"reference":"Patient/nobody"}`}, [2]string{}, []string{"member-unknown"}},
		{"member by identifier", claimSpec{patient: `{"identifier":{"system":"urn:x","value":"nobody"}}`}, [2]string{}, []string{"member-unknown"}},
		{"provider", claimSpec{provider: `{"reference":"Organization/umoja"}`}, [2]string{}, []string{"provider-unknown"}},
		{"insurer", claimSpec{}, [2]string{`"insurer":{"reference":"Organization/umoja"}`, `"insurer":{"reference":"Organization/other"}`}, []string{"insurer-unknown"}},
		{"currency", claimSpec{}, [2]string{`"KES"`, `"USD"`}, []string{"currency-mismatch"}},
	}
	w := newMemoryWorld(t)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.claim.identifier = fmt.Sprint("U-", i)
			body := c.claim.json()
			if c.edit[0] != "" {
				require.Contains(t, body, c.edit[0])
				body = strings.ReplaceAll(body, c.edit[0], c.edit[1])
			}
			got := w.submit(w.parse(body))
			require.Equal(t, "error", got.Outcome)
			require.Empty(t, got.Item)
			require.Empty(t, got.Total)
			var codes []string
			for _, e := range got.Error {
				codes = append(codes, e.Code.Coding[0].Code)
			}
			require.Equal(t, c.codes, codes)
			require.NotEmpty(t, got.Insurance, "the request's references are echoed")
			require.Equal(t, "rejected", field(w.get("Task", got.ID), "businessStatus", "coding", "code"))
		})
	}
	w.verify()
}

func TestMemberByIdentifier(t *testing.T) {
	w := newMemoryWorld(t)
	got := w.submit(sample(t, "20-member-by-number.json"))
	require.Equal(t, "Patient/p-2006-01", got.Patient.Reference, "the server's own is named")
	require.Equal(t, "P-2006-01", got.Patient.Identifier.Value, "and what the submitter said is kept")
	require.Equal(t, "Coverage/p-2006-01", got.Insurance[0].Coverage.Reference)
	claim := w.get("Claim", got.ID)
	require.Equal(t, "Patient/p-2006-01", field(claim, "patient", "reference"))
}

func TestInsurerOfTheCover(t *testing.T) {
	w := newMemoryWorld(t)
	without := strings.Replace(claimSpec{identifier: "I-1"}.json(), `"insurer":{"reference":"Organization/umoja"},`, "", 1)
	got := w.submit(w.parse(without))
	require.Equal(t, "complete", got.Outcome)
	require.Equal(t, "Organization/umoja", got.Insurer.Reference)
	again := w.submit(w.parse(without))
	require.Equal(t, got.ID, again.ID, "the guard holds without a stated insurer, too")
}

func TestIdThatIsTaken(t *testing.T) {
	w := newMemoryWorld(t)
	first := w.submit(w.parse(claimSpec{identifier: "T-1"}.json()))
	other := strings.Replace(claimSpec{identifier: "T-2"}.json(), `"resourceType":"Claim"`, `"resourceType":"Claim","id":"`+first.ID+`"`, 1)
	refused := w.refused(w.parse(other))
	require.Equal(t, http.StatusConflict, refused.StatusOr500())
	require.Equal(t, "Claim.id", refused.Issues[0].Expression)

	unknown := strings.Replace(claimSpec{identifier: "T-3"}.json(), `"resourceType":"Claim"`, `"resourceType":"Claim","id":"mine"`, 1)
	got := w.submit(w.parse(unknown))
	require.NotEqual(t, "Claim/mine", got.Request.Reference, "an id that is not known means nothing")
}

func TestSubmittingAStoredDraft(t *testing.T) {
	w := newMemoryWorld(t)
	draft := strings.Replace(claimSpec{identifier: "D-1"}.json(), `"active"`, `"draft"`, 1)
	stored, err := w.service.Create(context.Background(), everyone, w.parse(draft), resources.CreateOptions{})
	require.NoError(t, err)
	active := strings.Replace(string(stored.Doc.Bytes()), `"draft"`, `"active"`, 1)
	got := w.submit(w.parse(active))
	require.Equal(t, "Claim/"+stored.Key.ID, got.Request.Reference)
	claim := w.get("Claim", stored.Key.ID)
	require.Equal(t, "2", claim.VersionID())
	require.Equal(t, "active", field(claim, "status"))
	w.verify()
}
