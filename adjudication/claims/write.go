package claims

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// write decides on a snapshot and stages the Claim, its ClaimResponse and Task, the heads, the ledger entries and the
// guard.
func (c *Claims) write(ctx context.Context, u *resources.Unit, s *submission, snap *snapshot) (*decided, error) {
	key := snap.key
	decision := snap.decision(u, key.ID, c.options.Duplicates)
	if err := assertSums(decision); err != nil {
		return nil, err
	}
	if err := c.inheritPayment(ctx, u, snap, decision); err != nil {
		return nil, err
	}
	claim, err := u.Put(ctx, key, snap.doc, s.how)
	if err != nil {
		return nil, err
	}
	response, err := putResponse(ctx, u, s.how, key.ID, snap, decision)
	if err != nil {
		return nil, err
	}
	if err := putTask(ctx, u, s.how, answer.TaskInput{
		ClaimID: key.ID, ResponseID: response.Key.ID, Claim: snap.doc, Insurer: insurerKey(decision),
		State: stateWith(decision, snap.payment),
	}, s.target.key.ID == ""); err != nil {
		return nil, err
	}
	if decision.Outcome != engine.Failed {
		if err := snap.putHeads(u, decision, key.ID, response.Version); err != nil {
			return nil, err
		}
		snap.putGuard(u, decision, key.ID)
	}
	return &decided{claim: claim, response: response.Doc, known: snap.known}, nil
}

// vacant makes sure that the companions of a claim whose id a client chose are not somebody else's resources.
func vacant(ctx context.Context, u *resources.Unit, claimID string, again bool) error {
	if again {
		return nil
	}
	response, err := readDocument(ctx, u, responseKey(claimID))
	if err != nil {
		return err
	}
	task, err := readDocument(ctx, u, taskKey(claimID))
	if err != nil {
		return err
	}
	if response == nil && (task == nil || isLifeCycle(task)) {
		return nil
	}
	return outcome.New(http.StatusConflict, outcome.Conflict, "Claim.id",
		"%s or %s exists already and would have to belong to this claim; give the claim another id.", responseKey(claimID), taskKey(claimID))
}

func putResponse(ctx context.Context, u *resources.Unit, how resources.Interaction, claimID string, snap *snapshot, d *engine.Decision) (*resources.Stored, error) {
	key := responseKey(claimID)
	in := answer.ResponseInput{ID: key.ID, ClaimID: claimID, Claim: snap.doc, Decision: d, Created: u.Now(), Payment: snap.payment}
	return putMade(ctx, u, key, answer.Response(in), how)
}

// putTask stages the life-cycle Task; one that is there already keeps the time when it began.
func putTask(ctx context.Context, u *resources.Unit, how resources.Interaction, in answer.TaskInput, fresh bool) error {
	key := taskKey(in.ClaimID)
	in.ID, in.Authored, in.Now = key.ID, u.Now(), u.Now()
	if !fresh {
		before, err := readDocument(ctx, u, key)
		if err != nil {
			return err
		}
		if began, err := time.Parse(time.RFC3339Nano, before.Root().Get(nAuthoredOn).Text()); err == nil {
			in.Authored = began
		}
	}
	_, err := putMade(ctx, u, key, answer.Task(in), how)
	return err
}

// putMade stages a resource that the server itself has made; that it is not valid is a fault of ours.
func putMade(ctx context.Context, u *resources.Unit, key store.Key, body []byte, how resources.Interaction) (*resources.Stored, error) {
	doc, issues := codec.Parse(body, trusted)
	if len(issues) > 0 {
		return nil, fmt.Errorf("the %s that was made is not valid: %s: %s", key.Type, issues[0].Expression, issues[0].Text)
	}
	return u.Put(ctx, key, doc, how)
}

// putHeads writes the heads that the decision relied on, whether it took anything from them or not: another decision on the
// same heads, on whatever server, must meet a conflict. Beneath each lies an entry with what it gained and how it was.
func (snap *snapshot) putHeads(u *resources.Unit, d *engine.Decision, claimID string, version int64) error {
	for i := range d.Basis.Heads {
		before := &d.Basis.Heads[i]
		entry := entryOf(d, before.ID)
		data := before.Data
		if entry != nil {
			var err error
			if data, err = snap.applied(before.ID, entry); err != nil {
				return fmt.Errorf("book Claim/%s: %w", claimID, err)
			}
		}
		u.PutInternal(heads.Key(before.ID), before.Version, data)
		u.PutInternal(heads.EntryKey(ledger.EntryID(before.ID, claimID, version)), 0, heads.EncodeRecord(entry, before.Data))
	}
	return nil
}

// applied is a head after an entry, encoded.
func (snap *snapshot) applied(head string, e *ledger.Entry) ([]byte, error) {
	if head == ledger.MemberID(snap.member.ID) {
		next, err := snap.member.With(e)
		if err != nil {
			return nil, err
		}
		return next.Encode(), nil
	}
	for _, p := range snap.policies {
		if p.ID == head {
			next, err := p.With(e)
			if err != nil {
				return nil, err
			}
			return next.Encode(), nil
		}
	}
	return nil, fmt.Errorf("there is no head %s", head)
}

func entryOf(d *engine.Decision, head string) *ledger.Entry {
	for i := range d.Entries {
		if d.Entries[i].Head == head {
			return &d.Entries[i]
		}
	}
	return nil
}

func (snap *snapshot) putGuard(u *resources.Unit, d *engine.Decision, claimID string) {
	if snap.guard.Key.ID == "" {
		return
	}
	next := snap.past.with(past{
		digest: snap.digest, by: u.Principal().Organization, claim: claimID,
		rejected: d.State == engine.Rejected, duplicate: d.Basis.DuplicateOf != "",
	})
	u.PutInternal(snap.guard.Key, snap.guard.Version, next.encode())
}

func insurerKey(d *engine.Decision) string {
	if d.Insurer == nil {
		return ""
	}
	return d.Insurer.Key
}

// errSums: a decision's totals are not the sums of its lines.
var errSums = errors.New("the totals of a decision are not the sums of its lines")

// assertSums checks once more what the client will check: each total is the sum of its lines, and what was submitted is
// what was paid and what somebody bears.
func assertSums(d *engine.Decision) error {
	var paid, submitted, eligible = zero, zero, zero
	for i := range d.Lines {
		l := &d.Lines[i]
		paid, submitted, eligible = paid.Add(l.Paid), submitted.Add(l.Submitted), eligible.Add(l.Eligible)
	}
	t := &d.Totals
	borne := t.Paid.Add(t.ProviderBears).Add(t.MemberBears).Add(t.OthersBear)
	if !paid.Equal(t.Paid) || !submitted.Equal(t.Submitted) || !eligible.Equal(t.Eligible) || !borne.Equal(t.Submitted) {
		return errSums
	}
	return nil
}
