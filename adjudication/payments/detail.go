package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// maxDetails bounds the details of one reconciliation: each writes two resources.
const maxDetails = 2000

// detail is a PaymentReconciliation.detail about a claim of this server.
type detail struct {
	at codec.Value
	// claim is the Claim's id; amount what the detail adds to what is paid.
	claim  string
	amount money.Decimal
}

// named are the details that refer to this server's own ClaimResponses or Claims. One that names a response that is not
// here, or a claim and the response to another one, is refused.
func (p *Payments) named(ctx context.Context, u *resources.Unit, doc *codec.Document) ([]detail, error) {
	list := doc.Root().Get(nDetail)
	if n := list.Len(); n > maxDetails {
		refused := refuse(list.Path(), "The payment has too many details.", strconv.Itoa(n), "at most "+strconv.Itoa(maxDetails))
		refused.Issues[0].Code, refused.Status = outcome.TooLong, 0
		return nil, refused
	}
	item := intake.Alone(doc, p.options.Base)
	var keys []store.Key
	for d := range list.Each() {
		if t := item.Target(d.Get(nResponse)); t.Type == "ClaimResponse" && t.ID != "" {
			keys = append(keys, store.Key{Type: t.Type, ID: t.ID})
		}
	}
	responses, err := u.Get(ctx, store.System(), keys...)
	if err != nil {
		return nil, fmt.Errorf("read the responses that are paid: %w", err)
	}
	var refs []detail
	for d := range list.Each() {
		claim := ""
		if t := item.Target(d.Get(nRequest)); t.Type == "Claim" {
			claim = t.ID
		}
		if t := item.Target(d.Get(nResponse)); t.Type == "ClaimResponse" && t.ID != "" {
			var answered string
			if answered, err = answeredBy(d, responses[0]); err != nil {
				return nil, err
			}
			responses = responses[1:]
			if answered == "" { // another payer's, stored here: his money
				continue
			}
			if claim != "" && claim != answered {
				return nil, refuse(d.Path(), "The response does not answer the claim.", "Claim/"+claim, "Claim/"+answered)
			}
			claim = answered
		}
		if claim != "" {
			refs = append(refs, detail{at: d, claim: claim})
		}
	}
	return refs, nil
}

// answeredBy is the id of the claim that a stored response answers, empty for another payer's.
func answeredBy(d codec.Value, r *store.Record) (string, error) {
	if r == nil || r.Deleted {
		return "", refuse(d.Get(nResponse).Path(), "The ClaimResponse is not known.", d.Get(nResponse).Get(nReference).Text(), "a ClaimResponse of this server")
	}
	doc, issues := codec.Parse(r.Body, codec.Limits{MaxBytes: len(r.Body)})
	if len(issues) > 0 {
		return "", fmt.Errorf("the stored %s cannot be read: %s: %s", r.Key, issues[0].Expression, issues[0].Text)
	}
	return claims.ClaimOfResponse(doc), nil
}

// claimsOf are the ids of the claims, each once, sorted.
func claimsOf(refs []detail) []string {
	ids := make([]string, len(refs))
	for i := range refs {
		ids[i] = refs[i].claim
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// at names the element of an error that does not know it.
func at(err error, path string) error {
	var refused *outcome.Error
	if errors.As(err, &refused) {
		refused.Issues[0].Expression = path
	}
	return err
}
