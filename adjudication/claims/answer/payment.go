package answer

import (
	"fmt"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// Paid is the business state of a claim of which everything that the plan owes is paid.
const Paid engine.State = "paid"

// PaymentTypes is R4's code system of ClaimResponse.payment.type.
const PaymentTypes = "http://terminology.hl7.org/CodeSystem/ex-paymenttype"

// Payment is what was paid of a claim so far (R4 ClaimResponse.payment).
type Payment struct {
	Amount   money.Decimal
	Currency string
	// Complete tells that everything is paid.
	Complete bool
	// Date is the last payment's, as FHIR writes it; empty when it is not known.
	Date string
	// Identifier is the last payment's, as JSON; empty for none.
	Identifier []byte
}

// PaymentOf reads what a ClaimResponse says was paid; nil when nothing was.
func PaymentOf(response *codec.Document) (*Payment, error) {
	v := response.Root().Get(nPayment)
	if !v.Exists() {
		return nil, nil
	}
	amount, err := money.Parse(v.Get(nAmount).Get(nValue).Text())
	if err != nil {
		return nil, fmt.Errorf("the payment of ClaimResponse/%s cannot be read: %w", response.ID(), err)
	}
	return &Payment{
		Amount: amount, Currency: strings.Clone(v.Get(nAmount).Get(nCurrency).Text()), Date: strings.Clone(v.Get(nDate).Text()),
		Complete: v.Find(nType, nCoding, nCode).Text() == "complete", Identifier: []byte(string(v.Get(nIdentifier).Raw())),
	}, nil
}

// WithPayment is a stored ClaimResponse with another payment, without any when p is nil.
func WithPayment(response *codec.Document, p *Payment) []byte {
	w := codec.NewWriter(make([]byte, 0, len(response.Bytes())+512))
	w.Object("")
	for name, v := range response.Root().Members() {
		if name != nPayment {
			w.Raw(name.String(), v.Raw())
		}
	}
	writePayment(w, p)
	w.End()
	return w.Bytes()
}

// writePayment writes what was paid; nothing when nothing was.
func writePayment(w *codec.Writer, p *Payment) {
	if p == nil {
		return
	}
	code := "partial"
	if p.Complete {
		code = "complete"
	}
	w.Object("payment")
	writeConcept(w, "type", PaymentTypes, code, "", "")
	w.StringOpt("date", p.Date)
	w.Object("amount")
	writeDecimal(w, "value", p.Amount)
	w.String("currency", p.Currency)
	w.End()
	w.RawOpt("identifier", p.Identifier)
	w.End()
}

// Owed is what a ClaimResponse's total benefit is, and its currency; known is false for one that has none.
func Owed(response *codec.Document) (owed money.Decimal, currency string, known bool) {
	for total := range response.Root().Get(nTotal).Each() {
		coding := total.Find(nCategory, nCoding)
		if coding.Get(nSystem).Text() != engine.R4AdjudicationSystem || coding.Get(nCode).Text() != "benefit" {
			continue
		}
		d, err := money.Parse(total.Get(nAmount).Get(nValue).Text())
		return d, strings.Clone(total.Get(nAmount).Get(nCurrency).Text()), err == nil
	}
	return money.Decimal{}, "", false
}

// ApprovedAs is the business state of a final, accepted decision, by its response: a claim is approved in part where a line
// is denied or cut by its quantity, or a category or a ceiling cut any.
func ApprovedAs(response *codec.Document) engine.State {
	for total := range response.Root().Get(nTotal).Each() {
		switch total.Find(nCategory, nCoding, nCode).Text() {
		case engine.OverCategory.Code(), engine.OverCeiling.Code():
			return engine.PartlyApproved
		}
	}
	if anyDisallowed(response.Root().Get(nItem)) {
		return engine.PartlyApproved
	}
	return engine.Approved
}

// anyDisallowed looks for a reason: the rows of what is disallowed have one, even of a line without an amount.
func anyDisallowed(lines codec.Value) bool {
	for line := range lines.Each() {
		for row := range line.Get(nAdjudication).Each() {
			if row.Get(nReason).Exists() {
				return true
			}
		}
		if anyDisallowed(line.Get(nDetail)) || anyDisallowed(line.Get(nSubDetail)) {
			return true
		}
	}
	return false
}
