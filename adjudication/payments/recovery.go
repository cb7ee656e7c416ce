package payments

import (
	"context"
	"fmt"
	"time"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/answer"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

// detailTypes is R4's code system of PaymentReconciliation.detail.type.
const detailTypes = "http://terminology.hl7.org/CodeSystem/payment-type"

// Recover implements claims.Recoverer: it stages an active PaymentReconciliation that takes back an amount.
func (p *Payments) Recover(ctx context.Context, u *resources.Unit, r claims.Recovery, how resources.Interaction) error {
	key := store.Key{Type: reconciliationType, ID: u.NewID()}
	body := recovery(r, key.ID, u.Now())
	doc, issues := codec.Parse(body, codec.Limits{MaxBytes: len(body)})
	if len(issues) > 0 {
		return fmt.Errorf("the recovery that was made is not valid: %s: %s", issues[0].Expression, issues[0].Text)
	}
	_, err := u.Put(ctx, key, doc, how)
	return err
}

// recovery writes the PaymentReconciliation: one detail of type adjustment with a negative amount.
func recovery(r claims.Recovery, id string, now time.Time) []byte {
	claim, response := r.Claim.Root(), r.Response.Root()
	w := codec.NewWriter(make([]byte, 0, 1024))
	w.Object("")
	w.String("resourceType", reconciliationType)
	w.String("id", id)
	w.String("status", "active")
	w.Instant("created", now)
	answer.Party(w, "paymentIssuer", response, response.Get(nInsurer))
	w.String("outcome", "complete")
	w.String("disposition", r.Reason)
	w.String("paymentDate", r.On.String())
	writeAmount(w, "paymentAmount", r)
	w.Array("detail")
	w.Object("")
	w.Object("type")
	w.Array("coding")
	w.Object("")
	w.String("system", detailTypes)
	w.String("code", "adjustment")
	w.End()
	w.End()
	w.End()
	writeReference(w, "request", "Claim/"+r.ClaimID)
	writeReference(w, "response", "ClaimResponse/"+r.ResponseID)
	w.String("date", r.On.String())
	if provider := claim.Get(nProvider); provider.Exists() && !paidToTheMember(claim) {
		answer.Party(w, "payee", claim, provider)
	}
	writeAmount(w, "amount", r)
	w.End()
	w.End()
	w.End()
	return w.Bytes()
}

// paidToTheMember tells a claim of a member who had paid himself. R4 has no place for a person in detail.payee.
func paidToTheMember(claim codec.Value) bool {
	return claim.Get(nPayee).Get(nType).Find(nCoding, nCode).Text() == "subscriber"
}

func writeReference(w *codec.Writer, key, to string) {
	w.Object(key)
	w.String("reference", to)
	w.End()
}

func writeAmount(w *codec.Writer, key string, r claims.Recovery) {
	w.Object(key)
	w.Decimal("value", r.Amount.Neg().String())
	w.String("currency", r.Currency)
	w.End()
}
