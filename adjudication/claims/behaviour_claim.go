package claims

import (
	"context"
	"net/http"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/engine"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// claimBehaviour is a Claim's life by the REST interactions:
//
//	draft                  stored, with a life-cycle Task "entered"; may be changed, withdrawn and deleted
//	any → active           decided, as by $submit
//	active → cancelled     cancelled: the ledger is released
//	active, decided        immutable; no delete
//	active, outcome error  an update decides again; may be deleted
type claimBehaviour struct{ *Claims }

// move is what a change means in a Claim's life.
type move uint8

const (
	keep         move = iota // stored as it is
	moveDraft                // stored, with its Task
	moveWithdraw             // a draft that will never be sent; its Task says so
	moveDecide
	moveCancel
	moveDiscard // deleted with its companions
	moveRefuse
)

// classify tells what a change means. Whether a claim was decided is for its response to say.
func (b claimBehaviour) classify(ctx context.Context, u *resources.Unit, ch resources.Change) (move, error) {
	if ch.Interaction == resources.Meta {
		return keep, nil
	}
	from, to := statusOf(ch.Old), statusOfDocument(ch.New)
	if from == "" || from == "draft" {
		return undecided(ch, from, to), nil
	}
	response, err := answerOf(ctx, u, ch.Key.ID)
	if err != nil {
		return keep, err
	}
	failed := response.Root().Get(nOutcome).Text() == string(engine.Failed)
	switch {
	case response == nil:
		return undecided(ch, from, to), nil
	case from == "active" && to == "cancelled":
		return moveCancel, nil
	case from == "active" && failed && to == "active":
		return moveDecide, nil
	case failed && ch.Interaction == resources.Delete:
		return moveDiscard, nil
	}
	return moveRefuse, nil
}

// undecided is what a change of a claim means that was never decided.
func undecided(ch resources.Change, from, to string) move {
	switch {
	case ch.Interaction == resources.Delete:
		return moveDiscard
	case to == "active":
		return moveDecide
	case to == "draft":
		return moveDraft
	case from == "draft":
		return moveWithdraw
	}
	return keep
}

// answerOf is the response that answers a claim, nil when there is none: what stands under its key may be somebody else's.
func answerOf(ctx context.Context, u *resources.Unit, claimID string) (*codec.Document, error) {
	response, err := readDocument(ctx, u, responseKey(claimID))
	if err != nil || response.Root().Get(nRequest).Get(nReference).Text() != claimKey(claimID).String() {
		return nil, err
	}
	return response, nil
}

func statusOf(s *resources.Stored) string {
	if s == nil {
		return ""
	}
	return statusOfDocument(s.Doc)
}

func statusOfDocument(doc *codec.Document) string { return doc.Root().Get(nStatus).Text() }

// Concludes marks that a claim is decided after its transaction has written whom and what it is about.
func (claimBehaviour) Concludes() {}

// Locks names the heads that a decision or a cancellation will write.
func (b claimBehaviour) Locks(ctx context.Context, u *resources.Unit, ch resources.Change) ([]string, error) {
	m, err := b.classify(ctx, u, ch)
	if err != nil {
		return nil, err
	}
	switch m {
	case moveDecide:
		s, err := newSubmission(intake.Alone(ch.New, b.options.Base), ch.Interaction)
		if err != nil {
			return nil, err
		}
		return b.foresee(s, u.Principal()), nil
	case moveCancel:
		return b.cancelLocks(ctx, u, ch.Key.ID)
	}
	return nil, nil
}

func (b claimBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	m, err := b.classify(ctx, u, ch)
	if err != nil {
		return nil, err
	}
	switch m {
	case moveDecide:
		return b.stageDecision(ctx, u, ch)
	case moveCancel:
		return b.cancel(ctx, u, ch, "")
	case moveDraft:
		return b.stageDraft(ctx, u, ch, answer.Entered)
	case moveWithdraw:
		return b.stageDraft(ctx, u, ch, answer.Cancelled)
	case moveDiscard:
		return b.discard(ctx, u, ch)
	case moveRefuse:
		return nil, immutable(ch)
	}
	return resources.Plain(ctx, u, ch)
}

func immutable(ch resources.Change) error {
	if ch.Interaction == resources.Delete {
		return outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Claim",
			"A claim that was decided cannot be deleted; set its status to cancelled.")
	}
	return outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Claim.status",
		"A claim that was decided cannot be changed; an active one can only become cancelled.")
}

// stageDecision decides a claim that a client writes. The claim was given its key before.
func (b claimBehaviour) stageDecision(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	s, err := newSubmission(intake.Alone(ch.New, b.options.Base), ch.Interaction)
	if err != nil {
		return nil, err
	}
	s.target = target{key: ch.Key, again: statusOf(ch.Old) == "active"}
	d, err := b.decide(ctx, u, s)
	if err != nil {
		return nil, err
	}
	d.claim.Result = d.response
	return d.claim, nil
}

// stageDraft stores a claim that is not decided, with its Task in a state.
func (b claimBehaviour) stageDraft(ctx context.Context, u *resources.Unit, ch resources.Change, state engine.State) (*resources.Stored, error) {
	if statusOf(ch.Old) != "draft" {
		if err := vacant(ctx, u, ch.Key.ID, false); err != nil {
			return nil, err
		}
	}
	stored, err := resources.Plain(ctx, u, ch)
	if err != nil {
		return nil, err
	}
	return stored, putTask(ctx, u, ch.Interaction, answer.TaskInput{
		ClaimID: ch.Key.ID, Claim: ch.New, State: state,
	}, ch.Old == nil)
}

// discard deletes a claim that took nothing from any ledger, with its response and Task.
func (b claimBehaviour) discard(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	response, err := answerOf(ctx, u, ch.Key.ID)
	if err != nil {
		return nil, err
	}
	if response != nil {
		if _, err := u.Remove(ctx, responseKey(ch.Key.ID), ch.Interaction); err != nil {
			return nil, err
		}
	}
	task, err := readDocument(ctx, u, taskKey(ch.Key.ID))
	if err != nil {
		return nil, err
	}
	if isLifeCycle(task) {
		if _, err := u.Remove(ctx, taskKey(ch.Key.ID), ch.Interaction); err != nil {
			return nil, err
		}
	}
	return resources.Plain(ctx, u, ch)
}
