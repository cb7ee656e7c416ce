package claims

import (
	"context"
	"fmt"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

// Recovery is what has to come back of what was paid for a claim that does not stand as it did.
type Recovery struct {
	ClaimID, ResponseID string
	Claim, Response     *codec.Document
	// Amount is more than 0.
	Amount   money.Decimal
	Currency string
	// On is the day, in the insurer's time zone.
	On day.Date
	// Reason says in a sentence why.
	Reason string
}

// Recoverer makes the record by which paid money is taken back; adjudication/payments is one.
type Recoverer interface {
	// Recover stages the record in the unit of work that changes the claim.
	Recover(ctx context.Context, u *resources.Unit, r Recovery, how resources.Interaction) error
}

// RecoverBy names who takes back what was paid. Without one, a claim that was paid cannot be cancelled. It is called while
// the server is put together.
func (c *Claims) RecoverBy(r Recoverer) { c.recoverer = r }

// settlePaid tells what of the money paid for a claim is good for a new decision, on the same claim or on the one that
// replaces it, and stages the recovery of what is not: only the difference moves. As long as the decision is provisional, all
// of it is kept. Nil: nothing was paid, or nothing remains.
func (c *Claims) settlePaid(ctx context.Context, u *resources.Unit, claimID string, claim, response *codec.Document, d *engine.Decision, reason string, how resources.Interaction) (*answer.Payment, error) {
	if d.Outcome == engine.Partial {
		p, err := answer.PaymentOf(response)
		if p != nil {
			p.Complete = false
		}
		return p, err
	}
	return c.carry(ctx, u, claimID, claim, response, d.Totals.Paid, reason, how)
}

// stateWith is the business state of a decision, of which something may be paid already.
func stateWith(d *engine.Decision, p *answer.Payment) engine.State {
	if p != nil && p.Complete && d.Outcome == engine.Complete {
		return answer.Paid
	}
	return d.State
}

// recoverPaid stages the recovery of everything that was paid for a claim; nothing where nothing was.
func (c *Claims) recoverPaid(ctx context.Context, u *resources.Unit, claimID string, claim, response *codec.Document, how resources.Interaction) error {
	_, err := c.carry(ctx, u, claimID, claim, response, money.Decimal{}, "The claim was cancelled after it was paid.", how)
	return err
}

// carry keeps what is owed of the money paid for a claim and stages the recovery of the rest.
func (c *Claims) carry(ctx context.Context, u *resources.Unit, claimID string, claim, response *codec.Document, owed money.Decimal, reason string, how resources.Interaction) (*answer.Payment, error) {
	p, err := answer.PaymentOf(response)
	if err != nil || p == nil {
		return nil, err
	}
	if rest := p.Amount.Sub(owed); rest.Sign() > 0 {
		on, err := c.dayOf(ctx, insurerOf(response), u.Now())
		if err != nil {
			return nil, err
		}
		if c.recoverer == nil {
			return nil, fmt.Errorf("what was paid for Claim/%s cannot be taken back: there is nobody who does", claimID)
		}
		err = c.recoverer.Recover(ctx, u, Recovery{
			ClaimID: claimID, ResponseID: Companion(claimID), Claim: claim, Response: response,
			Amount: rest, Currency: p.Currency, On: on, Reason: reason,
		}, how)
		if err != nil {
			return nil, fmt.Errorf("recover what was paid for Claim/%s: %w", claimID, err)
		}
		p.Amount = owed
	}
	if p.Amount.Sign() <= 0 {
		return nil, nil
	}
	p.Complete = p.Amount.Equal(owed)
	return p, nil
}
