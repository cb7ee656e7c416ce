package payments_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

func TestAPaymentPaysItsClaims(t *testing.T) {
	w := newWorld(t)
	a, b := w.claim("A"), w.claim("B")
	require.NoError(t, w.pay("1", paidFor(a, "640.00"), detail("request", "https://claims.test/fhir/Claim/"+b, "200.00"),
		detail("request", "https://other.example/Claim/x", "1.00"), `{"type":{"text":"fee"},"amount":{"value":-5,"currency":"KES"}}`))
	w.requirePaid(a, "complete 640.00 KES 2027-01-30 T-1", "paid")
	w.requirePaid(b, "partial 200.00 KES 2027-01-30 T-1", "approved")
	require.Equal(t, "2", w.get("ClaimResponse", a).VersionID())
	require.Equal(t, "completed", w.get("Task", a).Root().Field("status").Text())

	require.NoError(t, w.pay("2", paidFor(b, "300.00"), paidFor(b, "140.00")))
	w.requirePaid(b, "complete 640.00 KES 2027-01-30 T-2", "paid")
	w.verify()
}

func TestMoreThanIsOwedIsRefused(t *testing.T) {
	w := newWorld(t)
	id := w.claim("A")
	require.NoError(t, w.pay("1", paidFor(id, "600.00")))
	r := refused(t, w.pay("2", detail("response", "Patient/1", "5"), paidFor(id, "40.01")))
	require.Equal(t, "PaymentReconciliation.detail[1]", r.Issues[0].Expression)
	require.Equal(t, "40.01 KES", r.Issues[0].Found)
	require.Equal(t, "at most 40.00 KES, of 640.00 KES approved", r.Issues[0].Expected)
	refused(t, w.pay("3", paidFor(id, "20.00"), paidFor(id, "20.01")))
	w.requirePaid(id, "partial 600.00 KES 2027-01-30 T-1", "approved")

	r = refused(t, w.pay("4", paidFor(id, "-600.01")))
	require.Equal(t, "at most 600.00 KES", r.Issues[0].Expected)
	require.NoError(t, w.pay("5", paidFor(id, "-600.00")), "a payer may take back himself")
	w.requirePaid(id, "", "approved")
}

func TestWhatCannotBePaid(t *testing.T) {
	w := newWorld(t)
	id := w.claim("A")
	rejected := w.claim("B", "S-CONS", "S-NONE")
	asked := w.claim("C", `"use":"claim"`, `"use":"preauthorization"`)
	gone := w.claim("D")
	require.NoError(t, w.cancel(gone))
	theirs := `{"resourceType":"ClaimResponse","id":"theirs","status":"active","type":{"text":"t"},"use":"claim","patient":{"reference":"Patient/p-2001-01"},
"created":"2026-01-01","insurer":{"reference":"Organization/another-payer"},"outcome":"complete"}`
	require.NoError(t, w.put(theirs))
	for name, d := range map[string]string{
		"an unknown response":       detail("response", "ClaimResponse/unknown", "1.00"),
		"an unknown claim":          detail("request", "Claim/unknown", "1.00"),
		"a rejected claim":          paidFor(rejected, "0.00"),
		"an authorization":          paidFor(asked, "1.00"),
		"a cancelled claim":         paidFor(gone, "1.00"),
		"dollars":                   strings.Replace(paidFor(id, "1.00"), "KES", "USD", 1),
		"no amount":                 strings.Replace(paidFor(id, "1.00"), `"amount":{"value":1.00,"currency":"KES"}`, `"date":"2027-01-01"`, 1),
		"less than a cent":          paidFor(id, "1.001"),
		"another claim's response":  strings.Replace(paidFor(id, "1.00"), `"response":`, `"request":{"reference":"Claim/`+rejected+`"},"response":`, 1),
		"more than can be reckoned": paidFor(id, "1234567890123456789.00"),
	} {
		t.Run(name, func(t *testing.T) {
			r := refused(t, w.pay("x", d))
			require.Contains(t, r.Issues[0].Expression, "PaymentReconciliation.detail[0]")
		})
	}
	require.NoError(t, w.pay("y", detail("response", "ClaimResponse/theirs", "1.00")), "another payer's money is his own")
	w.requirePaid(id, "", "approved")
}

func TestACancelledPaymentIsTakenBack(t *testing.T) {
	w := newWorld(t)
	a, b := w.claim("A"), w.claim("B", "800.00", "900.00")
	require.NoError(t, w.put(reconciliation("1", "draft", paidFor(a, "640.00"))))
	w.requirePaid(a, "", "approved")
	details := []string{paidFor(a, "640.00"), paidFor(b, "100.00")}
	require.NoError(t, w.put(reconciliation("1", "active", details...)))
	w.requirePaid(a, "complete 640.00 KES 2027-01-30 T-1", "paid")

	refused(t, w.put(reconciliation("1", "active", details[0])))
	refused(t, w.put(reconciliation("1", "draft", details...)))
	refused(t, w.put(reconciliation("1", "cancelled", details[0])))
	_, err := w.service.Delete(context.Background(), everyone, store.Key{Type: "PaymentReconciliation", ID: "1"}, resources.DeleteOptions{})
	refused(t, err)
	require.NoError(t, w.put(reconciliation("1", "active", details...)), "the same again is no change")

	require.NoError(t, w.put(reconciliation("1", "cancelled", details...)))
	w.requirePaid(a, "", "approved")
	w.requirePaid(b, "", "approved")
	refused(t, w.put(reconciliation("1", "active", details...)))
	w.verify()
}

func TestCancelAfterPaymentRecovers(t *testing.T) {
	w := newWorld(t)
	id := w.claim("A")
	require.NoError(t, w.pay("1", paidFor(id, "200.00")))
	require.NoError(t, w.pay("2", paidFor(id, "440.00")))
	require.NoError(t, w.cancel(id))
	require.Equal(t, "cancelled", w.get("ClaimResponse", id).Root().Field("status").Text())
	w.requirePaid(id, "complete 640.00 KES 2027-01-30 T-2", "cancelled")
	w.verify()

	found := w.recoveries()
	require.Len(t, found, 1)
	root := found[0].Root()
	d := root.Field("detail").Index(0)
	require.Equal(t, []string{"active", "complete", "-640.00", "2027-02-01", "Organization/umoja"}, []string{
		root.Field("status").Text(), root.Field("outcome").Text(), root.Field("paymentAmount").Field("value").Text(),
		root.Field("paymentDate").Text(), root.Field("paymentIssuer").Field("reference").Text(),
	}, "the day is the insurer's")
	require.Equal(t, []string{"Claim/" + id, "ClaimResponse/" + id, "Organization/ziwani", "-640.00", "KES"}, []string{
		d.Field("request").Field("reference").Text(), d.Field("response").Field("reference").Text(), d.Field("payee").Field("reference").Text(),
		d.Field("amount").Field("value").Text(), d.Field("amount").Field("currency").Text(),
	})
	refused(t, w.put(strings.Replace(string(found[0].Bytes()), `"active"`, `"cancelled"`, 1)))
	refused(t, w.put(reconciliation("2", "cancelled", paidFor(id, "440.00"))))

	unpaid := w.claim("A")
	require.NotEqual(t, id, unpaid, "the same content may be submitted again")
	require.NoError(t, w.cancel(unpaid))
	require.Len(t, w.recoveries(), 1, "what was not paid is not recovered")
	w.verify()
}

func TestAPaidClaimIsNotReviewed(t *testing.T) {
	w := newWorld(t)
	id := w.claim("A")
	require.NoError(t, w.pay("1", paidFor(id, "1.00")))
	_, err := w.claims.Review(context.Background(), everyone, id, w.parse(`{"resourceType":"Parameters"}`))
	require.ErrorContains(t, err, "cancel the payment first")
	require.NoError(t, w.put(reconciliation("1", "cancelled", paidFor(id, "1.00"))))
	_, err = w.claims.Review(context.Background(), everyone, id, w.parse(`{"resourceType":"Parameters","parameter":[{"name":"line","part":[
		{"name":"sequence","valuePositiveInt":1},{"name":"unitPrice","valueMoney":{"value":100,"currency":"KES"}}]}]}`))
	require.NoError(t, err)
	require.NoError(t, w.pay("2", paidFor(id, "80.00")))
	w.requirePaid(id, "complete 80.00 KES 2027-01-30 T-2", "paid")
	require.NoError(t, w.cancel(id))
	w.verify()
}

func TestAPaymentInTheTransactionOfItsClaim(t *testing.T) {
	w := newWorld(t)
	const urn = "urn:uuid:6f0c3a0e-9d0c-4d38-8a4b-0a4a3b6f2a11"
	claim := string(w.get("Claim", w.claim("A")).Bytes())
	claim = strings.NewReplacer(`"value":"A"`, `"value":"T"`).Replace(claim)
	body := `{"resourceType":"Bundle","type":"transaction","entry":[
{"fullUrl":"` + urn + `","resource":` + claim + `,"request":{"method":"POST","url":"Claim"}},
{"resource":` + reconciliation("1", "active", detail("request", urn, "640.00")) + `,"request":{"method":"PUT","url":"PaymentReconciliation/1"}}]}`
	plan, err := bundle.Read([]byte(body), codec.Limits{}, bundle.Options{})
	require.NoError(t, err)
	_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
	require.NoError(t, err)
	request := w.get("PaymentReconciliation", "1").Root().Field("detail").Index(0).Field("request").Field("reference").Text()
	w.requirePaid(strings.TrimPrefix(request, "Claim/"), "complete 640.00 KES 2027-01-30 T-1", "paid")
	w.verify()
}

// What is paid of a claim is the sum of the active payments, never above what is owed nor below nothing.
func TestPaymentsAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		ids := []string{w.claim("A"), w.claim("B")}
		type made struct {
			body   []string
			amount [2]int
		}
		active := map[string]made{}
		sum := [2]int{}
		for i := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			if len(active) > 0 && rapid.Bool().Draw(rt, "cancel") {
				id := rapid.SampledFrom(slices.Sorted(maps.Keys(active))).Draw(rt, "which")
				m := active[id]
				next := [2]int{sum[0] - m.amount[0], sum[1] - m.amount[1]}
				err := w.put(reconciliation(id, "cancelled", m.body...))
				if next[0] < 0 || next[1] < 0 || next[0] > 640 || next[1] > 640 {
					require.Error(rt, err)
				} else {
					require.NoError(rt, err)
					sum = next
					delete(active, id)
				}
			} else {
				m := made{amount: [2]int{rapid.IntRange(-300, 640).Draw(rt, "a"), rapid.IntRange(-300, 640).Draw(rt, "b")}}
				for k := range ids {
					m.body = append(m.body, paidFor(ids[k], fmt.Sprint(m.amount[k], ".00")))
				}
				next := [2]int{sum[0] + m.amount[0], sum[1] + m.amount[1]}
				id := fmt.Sprint("p-", i)
				err := w.pay(id, m.body...)
				if next[0] < 0 || next[1] < 0 || next[0] > 640 || next[1] > 640 {
					require.Error(rt, err)
				} else {
					require.NoError(rt, err)
					sum, active[id] = next, m
				}
			}
			for k := range ids {
				payment, state := w.paid(ids[k])
				require.Equal(rt, sum[k] == 640, state == "paid")
				if sum[k] == 0 {
					require.Empty(rt, payment)
				} else {
					require.Contains(rt, payment, fmt.Sprintf(" %d.00 KES", sum[k]))
				}
			}
		}
	})
}

// However many pay at once, on however many servers, no more is paid than is owed, and nothing that fits is lost.
func TestManyPayAtOnce(t *testing.T) {
	w := newWorld(t)
	other := joinWorld(t, w.store)
	id := w.claim("A")
	var accepted atomic.Int64
	var group sync.WaitGroup
	for i := range 80 {
		group.Go(func() {
			server := [...]*world{w, other}[i%2]
			doc, _ := codec.Parse([]byte(reconciliation(fmt.Sprint("p-", i), "active", paidFor(id, "10.00"))), codec.Limits{})
			key := store.Key{Type: "PaymentReconciliation", ID: fmt.Sprint("p-", i)}
			if _, err := server.service.Update(context.Background(), everyone, key, doc, resources.UpdateOptions{}); err == nil {
				accepted.Add(1)
			}
		})
	}
	group.Wait()
	require.EqualValues(t, 64, accepted.Load())
	payment, state := w.paid(id)
	require.Contains(t, payment, "complete 640.00 KES")
	require.Equal(t, "paid", state)
}

// A claim that takes the place of a paid one inherits the money: only the difference moves.
func TestAPaidClaimIsReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		bill, payment, state, recovered string
	}{
		"by a dearer one":  {`"quantity":{"value":2},"unitPrice":{"value":800.00`, "partial 640.00 KES 2027-01-30 T-1", "approved", ""},
		"by the same":      {`"quantity":{"value":1},"unitPrice":{"value":800.00`, "complete 640.00 KES 2027-01-30 T-1", "paid", ""},
		"by a cheaper one": {`"quantity":{"value":1},"unitPrice":{"value":500.00`, "complete 400.00 KES 2027-01-30 T-1", "paid", "-240.00"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first := w.claim("A")
			require.NoError(t, w.pay("1", paidFor(first, "640.00")))
			second := w.claim("B", `"use":"claim"`, `"use":"claim","related":[{"claim":{"reference":"Claim/`+first+`"},
"relationship":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship","code":"prior"}]}}]`, "\"quantity\":{\"value\":1},\"unitPrice\":{\"value\":800.00", c.bill)
			w.requirePaid(second, c.payment, c.state)
			_, state := w.paid(first)
			require.Equal(t, "cancelled", state)
			var recovered string
			for _, r := range w.recoveries() {
				recovered += r.Root().Field("detail").Index(0).Field("amount").Field("value").Text()
				require.Contains(t, r.Root().Field("disposition").Text(), "replaced by Claim/"+second)
			}
			require.Equal(t, c.recovered, recovered)
			w.verify()
		})
	}
}
