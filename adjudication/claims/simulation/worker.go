package simulation

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/codec"
	"claimwright/store"
)

// trusted are the limits for what the server itself has stored.
var trusted = codec.Limits{MaxBytes: 1 << 30}

var nStatus = codec.Intern("status")

// worker decides one page of claims after the other. It is for one goroutine.
type worker struct {
	*run
	tally *tally
	// digest and trial are those of the claim before, which most claims share.
	digest string
	trial  *trial
	// jobs are those of the page.
	jobs   []job
	claims []store.Key
	keys   []store.InternalKey
}

// job is one claim of a page.
type job struct {
	record *store.Record
	basis  *engine.Basis
	// review is what a person said later, nil for nothing.
	review *engine.ReviewResult
	// heads is where its heads begin among the keys of the page.
	heads int
}

// page takes in what a page of responses was decided from, in two round trips, and decides.
func (w *worker) page(ctx context.Context, records []*store.Record) error {
	w.jobs, w.claims, w.keys = w.jobs[:0], w.claims[:0], w.keys[:0]
	for _, r := range records {
		if err := w.begin(ctx, r); err != nil {
			return err
		}
	}
	if len(w.jobs) == 0 {
		return nil
	}
	claims, err := w.store.Get(ctx, w.access, w.claims...)
	if err != nil {
		return fmt.Errorf("read the claims: %w", err)
	}
	found, err := w.store.Internals(ctx, store.System(), w.keys...)
	if err != nil {
		return fmt.Errorf("read the records of the heads: %w", err)
	}
	for i := range w.jobs {
		if err := ctx.Err(); err != nil {
			return err
		}
		j := &w.jobs[i]
		if err := w.job(ctx, j, claims[i], found[j.heads:j.heads+len(j.basis.Heads)]); err != nil {
			if ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
				return err
			}
			w.tally.unable(err.Error())
		}
	}
	return nil
}

// begin reads the basis of a response and notes what is to be read for it.
func (w *worker) begin(ctx context.Context, r *store.Record) error {
	if r.Deleted || !w.recorded(r.Body) && !bytes.Contains(r.Body, reviewed) {
		return nil
	}
	basis, status, err := basisOf(r.Body)
	switch {
	case errors.Is(err, answer.ErrNoBasis):
		w.tally.NoDecision++
		return nil
	case err != nil:
		w.tally.unable(err.Error())
		return nil
	case status != "active":
		w.tally.Cancelled++
		return nil
	}
	j, body := job{record: r, basis: basis, review: basis.Review, heads: len(w.keys)}, r.Body
	if basis.Review != nil {
		first, err := w.store.Version(ctx, store.System(), r.Key, 1)
		if err != nil {
			return fmt.Errorf("read %s version 1: %w", r.Key, err)
		}
		if first == nil {
			w.tally.unable("the first decision is not in the store")
			return nil
		}
		if j.basis, _, err = basisOf(first.Body); err != nil {
			w.tally.unable(err.Error())
			return nil
		}
		body = first.Body
	}
	if !w.recorded(body) {
		return nil
	}
	for _, h := range j.basis.Heads {
		w.keys = append(w.keys, heads.EntryKey(ledger.EntryID(h.ID, j.basis.ClaimID, 1)))
	}
	w.claims = append(w.claims, store.Key{Type: "Claim", ID: j.basis.ClaimID})
	w.jobs = append(w.jobs, j)
	return nil
}

// reviewed marks the basis of a decision after a review: what was recorded at first stands in the first version then.
var reviewed = []byte(`"reviewed"`)

// recorded tells whether the texts that are asked for stand in a response.
func (w *worker) recorded(body []byte) bool {
	for _, text := range w.Recorded {
		if !bytes.Contains(body, []byte(text)) {
			return false
		}
	}
	return true
}

// basisOf reads the basis and the status of a response, the front alone where that suffices.
func basisOf(body []byte) (*engine.Basis, string, error) {
	front := answer.Front(body)
	doc, issues := codec.Parse(front, trusted)
	if len(issues) == 0 {
		if basis, err := answer.BasisOf(doc); err == nil || len(front) == len(body) {
			return basis, doc.Root().Get(nStatus).Text(), err
		}
	}
	if doc, issues = codec.Parse(body, trusted); len(issues) > 0 {
		return nil, "", fmt.Errorf("a stored ClaimResponse cannot be read: %s", issues[0].Text)
	}
	basis, err := answer.BasisOf(doc)
	return basis, doc.Root().Get(nStatus).Text(), err
}

// Texts of what cannot be decided again.
var (
	errNoClaim = errors.New("the claim is not in the store")
	errNoHead  = errors.New("the head as it was is not in the store")
)

// job decides one claim by the scheme of then, without and with the rules, and counts the difference.
func (w *worker) job(ctx context.Context, j *job, record *store.Record, found []store.Internal) error {
	if record == nil || record.Deleted {
		return errNoClaim
	}
	doc, issues := codec.Parse(record.Body, trusted)
	if len(issues) > 0 {
		return fmt.Errorf("a stored Claim cannot be read: %s", issues[0].Text)
	}
	claim, issues := engine.ReadClaim(doc)
	if len(issues) > 0 {
		return fmt.Errorf("a stored Claim cannot be read: %s", issues[0].Text)
	}
	if use := claim.Use; use != w.Use && (w.Use != "" || use != engine.UseClaim) {
		w.tally.Others++
		return nil
	}
	if err := w.recall(ctx, j, found); err != nil {
		return err
	}
	if err := w.replayer.Others(ctx, j.basis, claim); err != nil {
		return err
	}
	if err := w.scheme(ctx, j.basis); err != nil {
		return err
	}
	c, err := j.basis.Case(claim, w.trial.base)
	if err != nil {
		return err
	}
	if c.Member == nil {
		return errNoHead
	}
	c.MemberForm = headForm(j.basis, ledger.MemberID(c.Member.ID))
	for i := range c.Policies {
		c.Policies[i].Form = headForm(j.basis, c.Policies[i].Head.ID)
	}
	w.decide(j, c)
	return nil
}

// recall fills the heads with what they were. Where the first decision was none, it looks for the first that was one.
func (w *worker) recall(ctx context.Context, j *job, found []store.Internal) error {
	if len(found) == 0 {
		return errNoHead
	}
	for version := int64(2); found[0].Version == 0; version++ {
		if version > j.record.Version {
			return errNoHead
		}
		var keys []store.InternalKey
		for _, h := range j.basis.Heads {
			keys = append(keys, heads.EntryKey(ledger.EntryID(h.ID, j.basis.ClaimID, version)))
		}
		var err error
		if found, err = w.store.Internals(ctx, store.System(), keys...); err != nil {
			return fmt.Errorf("read the records of the heads: %w", err)
		}
	}
	for i := range found {
		if found[i].Version == 0 {
			return errNoHead
		}
		_, data, err := heads.DecodeRecord(found[i].Data)
		if err != nil {
			return err
		}
		j.basis.Heads[i].Data = data
	}
	return nil
}

// scheme turns to the scheme that a claim was decided by.
func (w *worker) scheme(ctx context.Context, b *engine.Basis) (err error) {
	if w.trial != nil && w.digest == b.Scheme {
		return nil
	}
	w.trial, err = w.trialOf(ctx, b)
	w.digest = b.Scheme
	return err
}

func headForm(b *engine.Basis, id string) []byte {
	for i := range b.Heads {
		if b.Heads[i].ID == id {
			return b.Heads[i].Data
		}
	}
	return nil
}

// decide decides without and with the rules. The decision without is that with them where none of them fired and none was
// there before: most claims are decided once.
func (w *worker) decide(j *job, c *engine.Case) {
	with := *c
	with.Scheme = w.trial.changed
	after := engine.Decide(&with)
	before := after
	if w.trial.replaces || w.touched(after) {
		before = engine.Decide(c)
	}
	if !w.wanted(c, before) {
		w.tally.Others++
		return
	}
	w.tally.claim(w.run, j, w.trial, before, after)
}

// touched tells whether any of the rules fired.
func (x *run) touched(d *engine.Decision) bool {
	for i := range d.Lines {
		for k := range d.Lines[i].Rules {
			if x.fired[d.Lines[i].Rules[k].Rule] {
				return true
			}
		}
	}
	return false
}

// wanted tells whether a decision lies in the range and passes the filters.
func (x *run) wanted(c *engine.Case, d *engine.Decision) bool {
	if d.Outcome == engine.Failed {
		return false
	}
	if x.Insurer != "" && d.Insurer.Key != x.Insurer || x.Facility != "" && d.Facility.Key != x.Facility {
		return false
	}
	span := day.Period{From: x.Since, To: x.Until}
	inRange, ofPlan := !x.ByService && span.Holds(day.In(c.Now, d.Insurer.Zone)), x.Plan == ""
	for i := range d.Lines {
		l := &d.Lines[i]
		inRange = inRange || x.ByService && l.Target != 0 && span.Holds(l.Target)
		ofPlan = ofPlan || l.Plan != nil && l.Plan.Code == x.Plan
	}
	return inRange && ofPlan
}
