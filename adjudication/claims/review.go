package claims

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/engine"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// reviewed is the interaction that audit remembers.
const reviewed resources.Interaction = "review"

// Review is Claim/[id]/$review: it decides a claim again with what a reviewer says about its lines, on the ledger as it is
// now without what the claim took before. The answer is the next version of the claim's ClaimResponse, which is final;
// Task and ledger change in the same commit.
//
// A claim may be reviewed while it awaits that, and later as long as nothing is paid: a sample of what was approved
// automatically is looked at, too. The input is Parameters; see readReview. Errors are outcome.Errors: 404 and 410 for the
// claim, 409 where it cannot be reviewed as it stands, 400 and 422 for the input.
func (c *Claims) Review(ctx context.Context, p resources.Principal, claimID string, input *codec.Document) (*codec.Document, error) {
	in, err := readReview(input)
	if err != nil {
		return nil, err
	}
	var response *codec.Document
	err = c.service.Do(ctx, p, nil, func(ctx context.Context, u *resources.Unit) (err error) {
		response, err = c.review(ctx, u, claimID, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	return response, nil
}

// review decides again and stages everything that follows from it.
func (c *Claims) review(ctx context.Context, u *resources.Unit, claimID string, in *reviewInput) (*codec.Document, error) {
	before, err := c.reviewable(ctx, u, claimID, in)
	if err != nil {
		return nil, err
	}
	snap, err := c.readReviewed(ctx, u, before, in)
	if err != nil {
		return nil, err
	}
	held := answer.HeadsOf(before.response)
	if err := u.Require(append(held, snap.locks()...)...); err != nil {
		return nil, err
	}
	today, err := c.dayOf(ctx, insurerOf(before.response), u.Now())
	if err != nil {
		return nil, err
	}
	r := redecision{claim: claimID, version: before.version + 1, now: u.Now(), today: today, held: held}
	if err := r.lift(ctx, u, snap); err != nil {
		return nil, err
	}
	decision := snap.decision(u, claimID, c.options.Duplicates)
	if decision.Outcome == engine.Failed {
		return nil, undecidable(decision)
	}
	if err := in.priced(decision.Currency); err != nil {
		return nil, err
	}
	if err := assertSums(decision); err != nil {
		return nil, err
	}
	snap.payment, err = c.settlePaid(ctx, u, claimID, before.claim, before.response, decision, "The claim was reviewed after it was paid.", reviewed)
	if err != nil {
		return nil, err
	}
	return c.putReviewed(ctx, u, &r, snap, decision)
}

// readReviewed reads what the claim is decided on again, with what the reviewer says.
func (c *Claims) readReviewed(ctx context.Context, u *resources.Unit, before *reviewable, in *reviewInput) (*snapshot, error) {
	s, err := newSubmission(intake.Alone(before.claim, c.options.Base), reviewed)
	if err != nil {
		return nil, err
	}
	if err := in.fits(s.claim); err != nil {
		return nil, err
	}
	snap, err := c.read(ctx, u, s)
	if err != nil {
		return nil, err
	}
	if err := snap.readOthers(ctx, u); err != nil {
		return nil, err
	}
	if basis, err := answer.BasisOf(before.response); err == nil {
		snap.prior.id = basis.Replaces
	}
	snap.received, snap.review = before.received, &in.result
	return snap, nil
}

// putReviewed stages the next version of the response, the Task, and what changes in the heads.
func (c *Claims) putReviewed(ctx context.Context, u *resources.Unit, r *redecision, snap *snapshot, d *engine.Decision) (*codec.Document, error) {
	response, err := putResponse(ctx, u, reviewed, r.claim, snap, d)
	if err != nil {
		return nil, err
	}
	if response.Version != r.version {
		return nil, fmt.Errorf("review Claim/%s: version %d of its response follows version %d", r.claim, response.Version, r.version-1)
	}
	if err := putTask(ctx, u, reviewed, answer.TaskInput{
		ClaimID: r.claim, ResponseID: response.Key.ID, Claim: snap.doc, Insurer: insurerKey(d), State: stateWith(d, snap.payment),
	}, false); err != nil {
		return nil, err
	}
	if err := r.book(u, d); err != nil {
		return nil, fmt.Errorf("book the review of Claim/%s: %w", r.claim, err)
	}
	if snap.guard.Key.ID != "" {
		u.PutInternal(snap.guard.Key, snap.guard.Version, snap.past.judged(r.claim, d.State == engine.Rejected).encode())
	}
	return response.Doc, nil
}

// reviewable is a claim as it stands before a review.
type reviewable struct {
	claim, response *codec.Document
	// version is the response's; received is when the claim came in.
	version  int64
	received time.Time
}

// reviewable reads the claim and its answer, and refuses what is not to be reviewed.
func (c *Claims) reviewable(ctx context.Context, u *resources.Unit, claimID string, in *reviewInput) (*reviewable, error) {
	record, err := u.Reads().Read(ctx, u.Principal(), claimKey(claimID))
	if err != nil {
		return nil, err
	}
	claim, err := parse(record)
	if err != nil {
		return nil, err
	}
	found, err := u.Get(ctx, store.System(), responseKey(claimID), taskKey(claimID))
	if err != nil {
		return nil, fmt.Errorf("read the answer to Claim/%s: %w", claimID, err)
	}
	if found[0] == nil || found[0].Deleted || found[1] == nil || found[1].Deleted {
		return nil, notReviewable("The claim was not decided; submit it first.")
	}
	response, err := parse(found[0])
	if err != nil {
		return nil, err
	}
	task, err := parse(found[1])
	if err != nil {
		return nil, err
	}
	if err := mayBeReviewed(claim, response, stateOf(task)); err != nil {
		return nil, err
	}
	if in.version != "" && in.version != response.VersionID() {
		refused := notReviewable("The claim was decided again since the reviewer saw it.")
		refused.Issues[0].Found, refused.Issues[0].Expected = "version "+in.version, "version "+response.VersionID()
		return nil, refused
	}
	received, err := answer.ReceivedOf(response)
	if err != nil {
		return nil, err
	}
	return &reviewable{claim: claim, response: response, version: found[0].Version, received: received}, nil
}

// mayBeReviewed guards the state transitions.
func mayBeReviewed(claim, response *codec.Document, state engine.State) error {
	root := response.Root()
	switch {
	case statusOfDocument(claim) != "active" || statusOfDocument(response) != "active":
		return notReviewable("The claim was cancelled.")
	case root.Get(nOutcome).Text() == string(engine.Failed):
		return notReviewable("The claim could not be decided; correct it first.")
	}
	switch state {
	case engine.AwaitingReview, engine.Processed: // what is paid then was paid for a claim that this one replaces
		return nil
	case engine.Approved, engine.PartlyApproved, answer.Paid:
		switch {
		case root.Get(nPayment).Exists():
			return notReviewable("A payment was made; cancel the payment first.")
		case root.Get(nUse).Text() == string(engine.UsePreauthorization):
			return notReviewable("The authorization was given, and claims may have been made on it; cancel it and ask for another.")
		}
		return nil
	case engine.Rejected:
		return notReviewable("The claim was rejected, which is final.")
	}
	refused := notReviewable("The claim cannot be reviewed as it stands.")
	refused.Issues[0].Found = string(state)
	return refused
}

func notReviewable(text string) *outcome.Error {
	return outcome.New(http.StatusConflict, outcome.Conflict, "Claim", "%s", text)
}

// undecidable says that a claim, once decided, cannot be decided any more, because the scheme has lost a party.
func undecidable(d *engine.Decision) error {
	refused := outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, d.Faults[0].Expression,
		"The claim cannot be decided again: %s.", d.Faults[0].Text)
	return refused
}

// stateOf is the business state of a life-cycle Task.
func stateOf(task *codec.Document) engine.State {
	for coding := range task.Root().Get(nBusinessStatus).Get(nCoding).Each() {
		if coding.Get(nSystem).Text() == BusinessStates {
			return engine.State(coding.Get(nCode).Text())
		}
	}
	return ""
}
