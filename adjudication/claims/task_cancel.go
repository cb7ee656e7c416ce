package claims

import (
	"context"
	"fmt"

	"claimwright/adjudication/claims/answer"
	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

// orderCancel cancels the claim, as writing it with status cancelled does.
func (c *Claims) orderCancel(ctx context.Context, u *resources.Unit, o *ordered) (answer.Order, error) {
	switch statusOfDocument(o.claim) {
	case "active", "draft":
	case "cancelled":
		return rejectedOrder("The claim was cancelled before."), nil
	default:
		return rejectedOrder("The claim is neither active nor a draft."), nil
	}
	edited, issues := o.claim.Replace([]codec.Edit{{At: o.claim.Root().Get(nStatus), JSON: []byte(`"cancelled"`)}})
	if len(issues) > 0 {
		return answer.Order{}, fmt.Errorf("cancel Claim/%s: %s", o.id, issues[0].Text)
	}
	_, err := claimBehaviour{c}.Stage(ctx, u, resources.Change{
		Interaction: resources.Update, Key: claimKey(o.id), New: edited,
		Old: &resources.Stored{Key: claimKey(o.id), Version: o.version, Doc: o.claim},
	})
	if err != nil {
		return answer.Order{}, err
	}
	done := answer.Order{Status: "completed", Reason: "The claim was cancelled."}
	if o.response != nil {
		done.Result = responseKey(o.id).String()
	}
	return done, nil
}
