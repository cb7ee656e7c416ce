package payments_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/payments"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
	"claimwright/testdata/sandbox"
)

// world is a server without HTTP, with the sandbox's scheme.
type world struct {
	t       testing.TB
	store   store.Store
	service *resources.Service
	claims  *claims.Claims
}

var everyone = resources.Principal{ID: "accountant", Request: "r-1", Organization: "Organization/umoja", Access: store.Everything("accountant")}

func newWorld(t testing.TB) *world {
	w := joinWorld(t, storetest.NewMemory())
	for _, file := range []string{"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json"} {
		body, err := fs.ReadFile(sandbox.Files, file)
		require.NoError(t, err)
		plan, err := bundle.Read(body, codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
		require.NoError(t, err)
	}
	return w
}

// joinWorld is another server over the same store.
func joinWorld(t testing.TB, st store.Store) *world {
	w := &world{t: t, store: st}
	w.service = resources.New(w.store, resources.Options{Clock: func() time.Time { return time.Date(2027, 1, 31, 22, 30, 0, 0, time.UTC) }})
	w.claims = claims.New(w.service, claims.NewSchemes(w.store), claims.Options{})
	payments.New(w.service, w.claims, payments.Options{Base: []string{"https://claims.test/fhir"}})
	return w
}

func (w *world) parse(body string) *codec.Document {
	w.t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(w.t, issues, body)
	return doc
}

// claim submits a consultation for 800.00, of which the plan pays 640.00, and answers with the id of claim and response.
func (w *world) claim(identifier string, changes ...string) string {
	w.t.Helper()
	body := strings.NewReplacer(changes...).Replace(fmt.Sprintf(`{"resourceType":"Claim","identifier":[{"system":"urn:test","value":%q}],"status":"active",
"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},
"use":"claim","patient":{"reference":"Patient/p-2001-01"},"created":"2026-05-05","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},
"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/p-2001-01"}}],
"item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"S-CONS"}]},"servicedDate":"2026-05-05",
"quantity":{"value":1},"unitPrice":{"value":800.00,"currency":"KES"}}]}`, identifier))
	answer, err := w.claims.Submit(context.Background(), everyone, w.parse(body))
	require.NoError(w.t, err)
	return answer.ID()
}

// pay makes an active PaymentReconciliation with an id and details.
func (w *world) pay(id string, details ...string) error {
	return w.put(reconciliation(id, "active", details...))
}

func reconciliation(id, status string, details ...string) string {
	var sum money.Decimal
	for _, m := range amountOfDetail.FindAllStringSubmatch(strings.Join(details, ""), -1) {
		amount, _ := money.Parse(m[1])
		sum = sum.Add(amount)
	}
	return fmt.Sprintf(`{"resourceType":"PaymentReconciliation","id":%q,"status":%q,"created":"2027-01-30","paymentDate":"2027-01-30",
"paymentAmount":{"value":%[4]s,"currency":"KES"},"paymentIdentifier":{"system":"urn:bank","value":"T-%[1]s"},"detail":[%[3]s]}`, id, status, strings.Join(details, ","), sum)
}

// amountOfDetail finds what a detail pays.
var amountOfDetail = regexp.MustCompile(`"amount":\{"value":(-?[0-9.]+)`)

// detail pays by the reference of a member, "response" or "request".
func detail(member, reference, amount string) string {
	return fmt.Sprintf(`{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/payment-type","code":"payment"}]},%q:{"reference":%q},
"amount":{"value":%s,"currency":"KES"}}`, member, reference, amount)
}

func paidFor(claimID, amount string) string {
	return detail("response", "ClaimResponse/"+claimID, amount)
}

func (w *world) put(body string) error {
	doc := w.parse(body)
	_, err := w.service.Update(context.Background(), everyone, store.Key{Type: doc.Type(), ID: doc.ID()}, doc, resources.UpdateOptions{})
	return err
}

func (w *world) get(typ, id string) *codec.Document {
	w.t.Helper()
	records, err := w.store.Get(context.Background(), store.System(), store.Key{Type: typ, ID: id})
	require.NoError(w.t, err)
	require.NotNil(w.t, records[0], "%s/%s", typ, id)
	return w.parse(string(records[0].Body))
}

func (w *world) cancel(claimID string) error {
	return w.put(strings.Replace(string(w.get("Claim", claimID).Bytes()), `"status":"active"`, `"status":"cancelled"`, 1))
}

// paid is what a response says of its payment, as "complete 640.00 KES 2027-01-30 T-x", and the state of the Task.
func (w *world) paid(claimID string) (payment, state string) {
	w.t.Helper()
	var r struct {
		Payment *struct {
			Type       struct{ Coding []struct{ Code string } }
			Date       string
			Amount     struct{ Value, Currency json.RawMessage }
			Identifier struct{ Value string }
		}
	}
	require.NoError(w.t, json.Unmarshal(w.get("ClaimResponse", claimID).Bytes(), &r))
	state = w.get("Task", claimID).Root().Field("businessStatus").Field("coding").Index(0).Field("code").Text()
	if p := r.Payment; p != nil {
		payment = strings.Join([]string{p.Type.Coding[0].Code, string(p.Amount.Value), strings.Trim(string(p.Amount.Currency), `"`), p.Date, p.Identifier.Value}, " ")
	}
	return payment, state
}

func (w *world) requirePaid(claimID, payment, state string) {
	w.t.Helper()
	got, is := w.paid(claimID)
	require.Equal(w.t, payment, got)
	require.Equal(w.t, state, is)
}

func (w *world) verify() {
	w.t.Helper()
	var found []store.Finding
	require.NoError(w.t, claims.VerifyLedger(context.Background(), w.store, func(f store.Finding) { found = append(found, f) }, nil))
	require.Empty(w.t, found)
}

// recoveries are the reconciliations that the server made.
func (w *world) recoveries() []*codec.Document {
	page, err := w.store.Search(context.Background(), store.System(), &search.Query{Type: "PaymentReconciliation", Count: 100}, "")
	require.NoError(w.t, err)
	var found []*codec.Document
	for _, r := range page.Records {
		if doc := w.parse(string(r.Body)); doc.Root().Field("detail").Index(0).Field("type").Field("coding").Index(0).Field("code").Text() == "adjustment" {
			found = append(found, doc)
		}
	}
	return found
}

func refused(t testing.TB, err error) *outcome.Error {
	t.Helper()
	var r *outcome.Error
	require.ErrorAs(t, err, &r)
	require.Equal(t, 422, r.StatusOr500(), r.Issues)
	return r
}
