package claims

import (
	"context"
	"fmt"
	"net/http"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// Account is a decided claim as those see it who pay it.
type Account struct {
	ClaimID         string
	Claim, Response *codec.Document
	// State is the claim's business state.
	State engine.State
	// Owed is what the plan pays, Paid what was paid of it, in Currency.
	Owed, Paid money.Decimal
	Currency   string
	// payment is what the response says was paid, nil for nothing.
	payment *answer.Payment
}

// Accounts reads what is owed and paid of claims, by their ids, in two round trips; nil for a claim that is not known or
// was not decided.
func (c *Claims) Accounts(ctx context.Context, u *resources.Unit, claimIDs ...string) ([]*Account, error) {
	keys := make([]store.Key, 0, 3*len(claimIDs))
	for _, id := range claimIDs {
		keys = append(keys, claimKey(id), responseKey(id), taskKey(id))
	}
	found, err := u.Get(ctx, store.System(), keys...)
	if err != nil {
		return nil, fmt.Errorf("read what is owed of claims: %w", err)
	}
	accounts := make([]*Account, len(claimIDs))
	for i, id := range claimIDs {
		var docs [3]*codec.Document
		for j, r := range found[3*i : 3*i+3] {
			if r == nil || r.Deleted {
				continue
			}
			if docs[j], err = parse(r); err != nil {
				return nil, err
			}
		}
		if accounts[i], err = accountOf(id, docs[0], docs[1], docs[2]); err != nil {
			return nil, err
		}
	}
	return accounts, nil
}

func accountOf(claimID string, claim, response, task *codec.Document) (*Account, error) {
	if claim == nil || response == nil || task == nil ||
		response.Root().Get(nRequest).Get(nReference).Text() != claimKey(claimID).String() {
		return nil, nil
	}
	a := &Account{ClaimID: claimID, Claim: claim, Response: response, State: stateOf(task)}
	a.Owed, a.Currency, _ = answer.Owed(response)
	payment, err := answer.PaymentOf(response)
	if err != nil {
		return nil, err
	}
	if a.payment = payment; payment != nil {
		a.Paid = payment.Amount
	}
	return a, nil
}

// Payable refuses a claim that nothing can be paid for, or taken back from, as it stands.
func (a *Account) Payable() error {
	state := ""
	switch use := a.Claim.Root().Get(nUse).Text(); {
	case use != string(engine.UseClaim):
		state = "use " + use
	case statusOfDocument(a.Claim) != "active" || statusOfDocument(a.Response) != "active":
		state = string(answer.Cancelled)
	case a.State == engine.Approved || a.State == engine.PartlyApproved || a.State == answer.Paid:
		return nil
	default:
		state = string(a.State)
	}
	refused := outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "", "Claim/%s is not approved; nothing can be paid for it.", a.ClaimID)
	refused.Issues[0].Found, refused.Issues[0].Expected = state, "a claim that is approved, partly-approved or paid"
	return refused
}

// Pay stages the next version of the response with what is paid by now, and its Task: paid when that is everything. The
// payment's amount is the sum of all payments; 0 leaves the response without a payment.
func (c *Claims) Pay(ctx context.Context, u *resources.Unit, a *Account, p answer.Payment, how resources.Interaction) error {
	state := answer.ApprovedAs(a.Response)
	p.Currency, p.Complete = a.Currency, !p.Amount.Less(a.Owed)
	payment := &p
	if p.Amount.Sign() <= 0 {
		payment = nil
	} else if p.Complete {
		state = answer.Paid
	}
	key := responseKey(a.ClaimID)
	if _, err := putMade(ctx, u, key, answer.WithPayment(a.Response, payment), how); err != nil {
		return err
	}
	return putTask(ctx, u, how, answer.TaskInput{
		ClaimID: a.ClaimID, ResponseID: key.ID, Claim: a.Claim, State: state, Insurer: insurerOf(a.Response),
	}, false)
}

// insurerOf is the insurer that a response names, as "Organization/x".
func insurerOf(response *codec.Document) string {
	return scheme.LocalKey(response.Root().Get(nInsurer).Get(nReference).Text())
}

// ClaimOfResponse is the id of the claim that a ClaimResponse of this server answers, by the response's id; empty for one
// that is not this server's own.
func ClaimOfResponse(response *codec.Document) string {
	id := idOf("Claim", response.Root().Get(nRequest).Get(nReference).Text())
	if id == "" || Companion(id) != response.ID() {
		return ""
	}
	return id
}
