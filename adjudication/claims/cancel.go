package claims

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// cancelled is the interaction that audit remembers.
const cancelled resources.Interaction = "cancel"

// cancelLocks names the heads that a claim's decision was made on.
func (c *Claims) cancelLocks(ctx context.Context, u *resources.Unit, claimID string) ([]string, error) {
	response, err := readDocument(ctx, u, responseKey(claimID))
	if err != nil {
		return nil, err
	}
	return answer.HeadsOf(response), nil
}

// cancel stages that an active claim is cancelled: what it took from the heads is given back, response and Task say so, and
// the same content may be submitted again. Nothing but the status may change. What was paid is recovered, unless another
// claim (successor, empty for none) takes this one's place and with it the money.
func (c *Claims) cancel(ctx context.Context, u *resources.Unit, ch resources.Change, successor string) (*resources.Stored, error) {
	if intake.Digest(ch.New, nStatus) != intake.Digest(ch.Old.Doc, nStatus) {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Claim",
			"A claim that is cancelled keeps its content; only the status may change.")
	}
	key := responseKey(ch.Key.ID)
	response, err := readDocument(ctx, u, key)
	if err != nil {
		return nil, err
	}
	ids := answer.HeadsOf(response)
	if err := u.Require(ids...); err != nil {
		return nil, err
	}
	claim, err := u.Put(ctx, ch.Key, ch.New, cancelled)
	if err != nil {
		return nil, err
	}
	answered, err := putMade(ctx, u, key, answer.Cancel(response, successor), cancelled)
	if err != nil {
		return nil, err
	}
	if successor == "" {
		if err := c.recoverPaid(ctx, u, ch.Key.ID, ch.New, response, cancelled); err != nil {
			return nil, err
		}
	}
	insurer := insurerOf(response)
	if err := putTask(ctx, u, cancelled, answer.TaskInput{
		ClaimID: ch.Key.ID, ResponseID: key.ID, Claim: ch.New, State: answer.Cancelled, Insurer: insurer, Successor: successor,
	}, false); err != nil {
		return nil, err
	}
	if err := c.release(ctx, u, ids, ch.Key.ID, insurer, answered.Version); err != nil {
		return nil, err
	}
	claim.Result = answered.Doc
	return claim, forgetSubmission(ctx, u, ch, insurer)
}

// release gives back to each head what the versions of the claim's response before this one took from it.
func (c *Claims) release(ctx context.Context, u *resources.Unit, ids []string, claimID, insurer string, version int64) error {
	today, err := c.dayOf(ctx, insurer, u.Now())
	if err != nil {
		return err
	}
	r := &reversal{claim: claimID, version: version, now: u.Now(), today: today}
	var entries []headEntry
	taken, err := entriesBeneath(ctx, u, ids, claimID, version-1)
	if err != nil {
		return err
	}
	for i, head := range ids {
		if len(taken[i]) == 0 {
			continue
		}
		e, err := r.entry(ctx, u, head, taken[i])
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if err := r.settleHolds(ctx, u, entries); err != nil {
		return err
	}
	for i := range entries {
		if err := entries[i].book(u, r); err != nil {
			return fmt.Errorf("release Claim/%s: %w", claimID, err)
		}
	}
	return nil
}

// dayOf is the day of a moment in the time zone of an insurer, in UTC where that is not known.
func (c *Claims) dayOf(ctx context.Context, insurer string, now time.Time) (day.Date, error) {
	sch, err := c.schemes.Latest(ctx)
	if err != nil {
		return 0, err
	}
	if i := sch.Insurer(insurer); i != nil {
		return day.In(now, i.Zone), nil
	}
	return day.In(now, nil), nil
}

// entriesOf reads what the versions of a claim's response took from a head.
func entriesOf(ctx context.Context, u *resources.Unit, head, claimID string, versions int64) ([]ledger.Entry, error) {
	taken, err := entriesBeneath(ctx, u, []string{head}, claimID, versions)
	if err != nil {
		return nil, err
	}
	return taken[0], nil
}

// entriesBeneath reads what the versions of a claim's response took from each of some heads, in one round trip.
func entriesBeneath(ctx context.Context, u *resources.Unit, ids []string, claimID string, versions int64) ([][]ledger.Entry, error) {
	keys := make([]store.InternalKey, 0, int64(len(ids))*versions)
	for _, head := range ids {
		for version := range versions {
			keys = append(keys, heads.EntryKey(ledger.EntryID(head, claimID, version+1)))
		}
	}
	taken := make([][]ledger.Entry, len(ids))
	if len(keys) == 0 {
		return taken, nil
	}
	found, err := u.Internals(ctx, store.System(), keys...)
	if err != nil {
		return nil, fmt.Errorf("read the entries of Claim/%s: %w", claimID, err)
	}
	for i, r := range found {
		if r.Version == 0 {
			continue
		}
		e, _, err := heads.DecodeRecord(r.Data)
		if err != nil {
			return nil, fmt.Errorf("read the entry %s: %w", r.Key.ID, err)
		}
		if at := int64(i) / versions; e != nil {
			taken[at] = append(taken[at], *e)
		}
	}
	return taken, nil
}

// reversal gives back what a claim took, by the version of its response that says so.
type reversal struct {
	claim   string
	version int64
	now     time.Time
	today   day.Date
}

// appliedTo is an encoded head after an entry.
func appliedTo(head string, before []byte, e *ledger.Entry) ([]byte, error) {
	if heads.IsMember(head) {
		member, err := ledger.DecodeMember(before)
		if err != nil {
			return nil, err
		}
		next, err := member.With(e)
		if err != nil {
			return nil, err
		}
		return next.Encode(), nil
	}
	policy, err := ledger.DecodePolicy(before)
	if err != nil {
		return nil, err
	}
	next, err := policy.With(e)
	if err != nil {
		return nil, err
	}
	return next.Encode(), nil
}

// of is one entry that takes back the sum of several: a review adds to and takes from what a claim reserved.
func (r *reversal) of(taken []ledger.Entry, seq uint64) ledger.Entry {
	sum := ledger.Sum(taken...)
	return sum.Reversal(seq, r.now, r.today)
}

// forgetSubmission lets the content of a cancelled claim be submitted again, and that of its duplicates. A submission under an idempotency key cannot
// be found from the claim; its replay finds the response cancelled.
func forgetSubmission(ctx context.Context, u *resources.Unit, ch resources.Change, insurer string) error {
	root := ch.New.Root()
	key := guardOf(root, insurer, scheme.LocalKey(root.Get(nProvider).Get(nReference).Text()), "", "")
	if key.ID == "" {
		return nil
	}
	found, err := u.Internal(ctx, key)
	if err != nil || found.Version == 0 {
		return err
	}
	past, err := decodeSubmissions(found.Data)
	if err != nil {
		return err
	}
	u.PutInternal(key, found.Version, past.withoutCancelled(ch.Key.ID).encode())
	return nil
}
