package claims

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"claimwright/adjudication/engine"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// readOthers reads, in one round trip, the ClaimResponses of other payers that the claim's insurances name. The commit
// depends on their versions: what another payer has paid must still hold when this decision is stored.
func (snap *snapshot) readOthers(ctx context.Context, u *resources.Unit) error {
	var asked []*engine.Insurance
	var keys []store.Key
	for i := range snap.claim.Insurance {
		in := &snap.claim.Insurance[i]
		if in.Focal || !in.Answer.Given() {
			continue
		}
		key, err := answerKey(ctx, u, in)
		if err != nil {
			return err
		}
		asked, keys = append(asked, in), append(keys, key)
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := u.Get(ctx, u.Principal().Access, keys...)
	if err != nil {
		return fmt.Errorf("read the answers of other payers: %w", err)
	}
	for i, r := range found {
		if r == nil || r.Deleted {
			return unknownAnswer(asked[i])
		}
		u.Rely(keys[i], r.Version)
		doc, err := parse(r)
		if err != nil {
			return err
		}
		paid, issues := engine.ReadOtherPayment(doc, snap.claim, asked[i])
		if len(issues) > 0 {
			return outcome.Rejected(issues)
		}
		snap.others = append(snap.others, paid)
	}
	return nil
}

// answerKey is the key of the ClaimResponse that an insurance names: literally, or by an identifier that one alone carries.
func answerKey(ctx context.Context, u *resources.Unit, in *engine.Insurance) (store.Key, error) {
	if id := idOf("ClaimResponse", in.Answer.Key); id != "" {
		return store.Key{Type: "ClaimResponse", ID: id}, nil
	}
	for _, id := range in.Answer.Identifiers {
		holders, err := u.Holders(ctx, "ClaimResponse", id.System, id.Value)
		if err != nil && !errors.Is(err, resources.ErrManyHolders) {
			return store.Key{}, fmt.Errorf("find the answer of another payer: %w", err)
		}
		if err == nil && len(holders) == 1 {
			return holders[0], nil
		}
	}
	return store.Key{}, unknownAnswer(in)
}

func unknownAnswer(in *engine.Insurance) error {
	return outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, in.Answer.Path(),
		"The other payer's ClaimResponse is not known here; store it first.")
}
