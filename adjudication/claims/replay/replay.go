package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/codec"
	"claimwright/store"
)

// trusted are the limits for what the server itself has stored.
var trusted = codec.Limits{MaxBytes: 1 << 30}

var nStatus = codec.Intern("status")

// Replayer decides again what one store holds. It is safe for concurrent use and keeps the schemes that it has made.
type Replayer struct {
	store   store.Store
	schemes *timeline
}

// New makes a Replayer; nothing is read before it is asked for.
func New(st store.Store) *Replayer { return &Replayer{store: st, schemes: newTimeline(st)} }

// errMissing: the store does not have what a decision was made from.
var errMissing = errors.New("is not in the store")

// Response makes each decision again that the versions of a ClaimResponse hold, the oldest first: its first, and one for
// each review. Versions in which only the status changed are no decisions. An error is that of the store; what is wrong
// with the decision is a Result.
func (r *Replayer) Response(ctx context.Context, id string) ([]Result, error) {
	key := store.Key{Type: "ClaimResponse", ID: id}
	found, err := r.store.Get(ctx, store.System(), key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	if found[0] == nil {
		return nil, fmt.Errorf("%s %w", key, errMissing)
	}
	var results []Result
	for version := int64(1); version <= found[0].Version; version++ {
		record, err := r.store.Version(ctx, store.System(), key, version)
		if err != nil {
			return nil, fmt.Errorf("read %s version %d: %w", key, version, err)
		}
		if record == nil || record.Deleted {
			continue
		}
		result, err := r.version(ctx, record)
		if err != nil {
			return nil, err
		}
		if result != nil {
			results = append(results, *result)
		}
	}
	if len(results) == 0 {
		results = []Result{{Response: key, Version: found[0].Version, Engine: engine.Version, Verdict: NotADecision, Reason: answer.ErrNoBasis.Error()}}
	}
	return results, nil
}

// version makes the decision of one version again; nil when it holds none of its own.
func (r *Replayer) version(ctx context.Context, record *store.Record) (*Result, error) {
	result := &Result{Response: record.Key, Version: record.Version, Engine: engine.Version}
	unable := func(err error) (*Result, error) {
		if ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
			return nil, err
		}
		result.Verdict, result.Reason = Unable, err.Error()
		return result, nil
	}
	response, err := parse(record)
	if err != nil {
		return unable(err)
	}
	basis, err := answer.BasisOf(response)
	if errors.Is(err, answer.ErrNoBasis) {
		return nil, nil
	}
	if err != nil {
		return unable(err)
	}
	if response.Root().Get(nStatus).Text() != "active" {
		return nil, nil // it was cancelled, which decides nothing
	}
	result.Claim, result.Recorded = basis.ClaimID, basis.Engine
	booked, decides, err := r.recall(ctx, basis, record.Version)
	if err != nil {
		return unable(err)
	}
	if !decides {
		return nil, nil
	}
	in, err := r.inputs(ctx, basis)
	if err != nil {
		return unable(err)
	}
	again, err := basis.Case(in.claim, in.scheme)
	if err != nil {
		return unable(err)
	}
	result.judge(record, response, in.doc, engine.Decide(again), booked)
	return result, nil
}

// recall fills the heads of a basis with what they were, from the records that the decision left beneath them. A version
// without such records is no decision of its own: it only says what became of the one before, such as its payment.
func (r *Replayer) recall(ctx context.Context, b *engine.Basis, version int64) (booked []*ledger.Entry, decides bool, err error) {
	keys := make([]store.InternalKey, len(b.Heads))
	for i := range b.Heads {
		keys[i] = heads.EntryKey(ledger.EntryID(b.Heads[i].ID, b.ClaimID, version))
	}
	found, err := r.store.Internals(ctx, store.System(), keys...)
	if err != nil {
		return nil, false, fmt.Errorf("read the records of the heads: %w", err)
	}
	booked = make([]*ledger.Entry, len(found))
	missing := 0
	for i, record := range found {
		if record.Version == 0 {
			missing++
			continue
		}
		if booked[i], b.Heads[i].Data, err = heads.DecodeRecord(record.Data); err != nil {
			return nil, false, fmt.Errorf("the record of the head %s: %w", b.Heads[i].ID, err)
		}
		if booked[i] != nil && booked[i].Kind == ledger.Released {
			return nil, false, nil // the funds of an authorization were released, which decides nothing
		}
	}
	switch missing {
	case 0:
		return booked, true, nil
	case len(found):
		if version > 1 {
			return nil, false, nil
		}
	}
	return nil, false, fmt.Errorf("the head %s as it was %w", b.Heads[0].ID, errMissing)
}

// judge holds the decision that was made again against the stored one.
func (r *Result) judge(record *store.Record, stored, claim *codec.Document, d *engine.Decision, booked []*ledger.Entry) {
	created := d.Basis.Clock
	paid, err := answer.PaymentOf(stored) // what was paid before is no part of the decision
	if err != nil {
		r.Verdict, r.Reason = Unable, err.Error()
		return
	}
	body := answer.Response(answer.ResponseInput{
		ID: d.Basis.ResponseID, ClaimID: d.Basis.ClaimID, Claim: claim, Decision: d, Created: created, Payment: paid,
	})
	again, issues := codec.Parse(body, trusted)
	if len(issues) > 0 {
		r.Verdict, r.Reason = Unable, "the response that was made again is not valid: "+issues[0].Expression+": "+issues[0].Text
		return
	}
	again = again.WithMeta(record.ID, record.Version, record.Updated)
	if r.Recorded != r.Engine {
		r.Verdict = Same
		if r.compare(stored, again, figures); len(r.Differences) > 0 {
			r.Verdict = Changed
		}
		return
	}
	r.Verdict = Same
	if !bytes.Equal(stored.Bytes(), again.Bytes()) {
		r.Verdict = Different
		if r.compare(stored, again, everything); len(r.Differences) == 0 {
			r.differ(Difference{At: "ClaimResponse", Stored: "other bytes", Again: "the same values, written otherwise"})
		}
	}
	if record.Version == 1 { // a later decision books the difference to the ones before
		r.compareEntries(d, booked)
	}
}

// compareEntries holds what the decision takes from each head against what was booked.
func (r *Result) compareEntries(d *engine.Decision, booked []*ledger.Entry) {
	for i := range d.Basis.Heads {
		head := d.Basis.Heads[i].ID
		var taken []byte
		for j := range d.Entries {
			if d.Entries[j].Head == head {
				taken = d.Entries[j].Encode()
			}
		}
		var stored []byte
		if booked[i] != nil {
			stored = booked[i].Encode()
		}
		if !bytes.Equal(taken, stored) {
			r.Verdict = Different
			r.differ(Difference{At: "ledger " + head, Stored: describe(booked[i]), Again: describeBytes(taken)})
		}
	}
}

func parse(record *store.Record) (*codec.Document, error) {
	doc, issues := codec.Parse(record.Body, trusted)
	if len(issues) > 0 {
		return nil, fmt.Errorf("the stored %s cannot be read: %s: %s", record.Key, issues[0].Expression, issues[0].Text)
	}
	return doc, nil
}
