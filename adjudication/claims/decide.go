package claims

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// decided is the answer to a submission.
type decided struct {
	// claim is what was stored; nil when an earlier answer is given again.
	claim    *resources.Stored
	response *codec.Document
	known    intake.Known
}

// snapshot is everything that a decision rests on, read by key.
type snapshot struct {
	scheme *scheme.Scheme
	known  intake.Known
	// doc is the claim as it will be stored, claim what the engine reads of it.
	doc   *codec.Document
	claim *engine.Claim
	// member is a placeholder unless it is known.
	member   heads.Member
	policies []heads.Policy
	// others are what payers before this one have paid.
	others []engine.OtherPayment
	// guard is the submission's, with version 0 and no key when it has none.
	guard  store.Internal
	past   submissions
	digest [sha256.Size]byte
	// review is a reviewer's decision, nil when there is none; received is when the claim came in, where it is decided again.
	review   *engine.ReviewResult
	received time.Time
	// payment is what was paid before this decision, nil for nothing.
	payment *answer.Payment
	// key is the Claim's; prior is the claim that it takes the place of.
	key   store.Key
	prior prior
}

// decide decides a submission and stages everything that follows from it. It is the one way in which a claim is decided.
func (c *Claims) decide(ctx context.Context, u *resources.Unit, s *submission) (*decided, error) {
	snap, err := c.read(ctx, u, s)
	if err != nil {
		return nil, err
	}
	if s.replayable {
		if response, err := c.replay(ctx, u, snap); response != nil || err != nil {
			return &decided{response: response, known: snap.known}, err
		}
	}
	if err := c.dropCancelled(ctx, u, snap); err != nil {
		return nil, err
	}
	if s.target.taken {
		return nil, outcome.New(http.StatusConflict, outcome.Duplicate, "Claim.id",
			"Another claim has this id; leave it out, and the server will give one.")
	}
	// Locks are a courtesy, the commit's preconditions the truth: the first run goes ahead with the locks that were
	// foreseen, and only a run after a conflict waits for its turn.
	if s.runs++; s.runs > 1 {
		if err := u.Require(snap.locks()...); err != nil {
			return nil, err
		}
	}
	if err := snap.readOthers(ctx, u); err != nil {
		return nil, err
	}
	if snap.key, err = newKey(ctx, u, s); err != nil {
		return nil, err
	}
	if snap.prior, err = c.readPrior(ctx, u, s, snap); err != nil {
		return nil, err
	}
	if snap, err = c.supersede(ctx, u, s, snap); err != nil {
		return nil, err
	}
	return c.write(ctx, u, s, snap)
}

// newKey is the key that the claim has or will have.
func newKey(ctx context.Context, u *resources.Unit, s *submission) (store.Key, error) {
	if key := s.target.key; key.ID != "" {
		return key, vacant(ctx, u, key.ID, s.target.again)
	}
	return claimKey(u.NewID()), nil
}

// read reads what a decision rests on.
func (c *Claims) read(ctx context.Context, u *resources.Unit, s *submission) (snap *snapshot, err error) {
	err = c.schemes.Settle(ctx, u, func(sch *scheme.Scheme) (err error) {
		snap, err = c.readWith(ctx, u, s, sch)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := snap.readPolicies(ctx, u); err != nil {
		return nil, err
	}
	if named, _ := s.patient(); named != "" && snap.member.Known() {
		c.foreseen.Add(strings.Clone(named), snap.locks())
	}
	return snap, nil
}

// readWith resolves the parties by a scheme and reads the member's head, the guards and the scheme's epoch.
func (c *Claims) readWith(ctx context.Context, u *resources.Unit, s *submission, sch *scheme.Scheme) (*snapshot, error) {
	root := s.item.Doc.Root()
	who := parties.New(s.item)
	insurer := who.Insurer(root.Get(nInsurer), sch)
	provider := who.Provider(root.Get(nProvider), sch)
	patient, err := who.Patient(ctx, u, root.Get(nPatient))
	if err != nil {
		return nil, err
	}
	organization := u.Principal().Organization
	guard := guardOf(root, insurer, provider, organization, s.idempotency)
	keys := resources.Guards(s.item.Doc)
	if guard.ID != "" {
		keys = append(keys, guard)
	}
	if err := c.schemes.Prefetch(ctx, u, patient, keys...); err != nil {
		return nil, err
	}
	snap := &snapshot{scheme: sch, known: who.Known}
	if patient != "" {
		if snap.member, err = heads.ReadMember(ctx, u, patient); err != nil {
			return nil, err
		}
	}
	if snap.member.Known() {
		focal := who.Covers(root, snap.member.Member)
		if focal != nil && !root.Get(nInsurer).Exists() && sch.Insurer(focal.Insurer) != nil {
			guard = guardOf(root, focal.Insurer, provider, organization, s.idempotency)
		}
	}
	if err := snap.settle(s); err != nil {
		return nil, err
	}
	return snap, snap.readGuard(ctx, u, guard)
}

// settle makes of the claim what will be stored.
func (snap *snapshot) settle(s *submission) error {
	doc, issues := s.item.Settle(snap.known)
	if len(issues) > 0 {
		return outcome.Rejected(issues)
	}
	claim, err := s.settled(doc)
	snap.doc, snap.claim = doc, claim
	return err
}

func (snap *snapshot) readGuard(ctx context.Context, u *resources.Unit, guard store.InternalKey) (err error) {
	if guard.ID == "" {
		return nil
	}
	if snap.guard, err = u.Internal(ctx, guard); err != nil {
		return fmt.Errorf("read the guard of a submission: %w", err)
	}
	snap.digest = intake.Digest(snap.doc)
	snap.past, err = decodeSubmissions(snap.guard.Data)
	return err
}

// readPolicies reads the heads of the policies that the claim concerns.
func (snap *snapshot) readPolicies(ctx context.Context, u *resources.Unit) (err error) {
	if !snap.member.Known() {
		return nil
	}
	ids := engine.Concerned(snap.claim, snap.member.Member, snap.scheme)
	snap.policies, err = heads.ReadPolicies(ctx, u, ids...)
	return err
}

// locks are the heads that the decision will write.
func (snap *snapshot) locks() []string {
	if !snap.member.Known() {
		return nil
	}
	locks := []string{ledger.MemberID(snap.member.ID)}
	for _, p := range snap.policies {
		locks = append(locks, p.ID)
	}
	return locks
}

// decision asks the engine.
func (snap *snapshot) decision(u *resources.Unit, claimID string, duplicates Duplicates) *engine.Decision {
	c := &engine.Case{
		Claim: snap.claim, Scheme: snap.scheme, Now: u.Now(), ClaimID: claimID, ResponseID: Companion(claimID),
		Others: snap.others, Review: snap.review, Received: snap.received,
		Replaces: snap.prior.id, UnknownPrior: snap.prior.unknown,
	}
	if snap.member.Known() {
		c.Member, c.MemberVersion, c.MemberForm = snap.member.Member, snap.member.Stored, snap.member.Form()
	}
	for _, p := range snap.policies {
		c.Policies = append(c.Policies, engine.PolicyHead{Head: p.Policy, Version: p.Stored, Form: p.Form()})
	}
	if original := snap.past.original(); duplicates == DenyDuplicates && original != claimID {
		c.DuplicateOf = original
	}
	return engine.Decide(c)
}

// replay is the answer that the same submission got before; nil when there is none or it was cancelled since, so that the
// claim is decided anew.
func (c *Claims) replay(ctx context.Context, u *resources.Unit, snap *snapshot) (*codec.Document, error) {
	for {
		earlier := snap.past.same(u.Principal().Organization, snap.digest)
		if earlier == nil {
			return nil, nil
		}
		response, err := standing(ctx, u, earlier.claim)
		if response != nil || err != nil {
			return response, err
		}
		snap.past = snap.past.withoutCancelled(earlier.claim)
	}
}

// dropCancelled takes out what would make the claim a duplicate although it was cancelled: cancelling finds the guard of an
// identifier, but not that of an idempotency key, which no claim carries.
func (c *Claims) dropCancelled(ctx context.Context, u *resources.Unit, snap *snapshot) error {
	for original := snap.past.original(); original != ""; original = snap.past.original() {
		response, err := standing(ctx, u, original)
		if response != nil || err != nil {
			return err
		}
		snap.past = snap.past.withoutCancelled(original)
	}
	return nil
}

// standing is the answer that a claim got, nil when it was cancelled or is gone.
func standing(ctx context.Context, u *resources.Unit, claimID string) (*codec.Document, error) {
	key := responseKey(claimID)
	found, err := u.Get(ctx, store.System(), key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	if found[0] == nil || found[0].Deleted {
		return nil, nil
	}
	response, err := parse(found[0])
	if err != nil || response.Root().Get(nStatus).Text() != "active" {
		return nil, err
	}
	return response, nil
}
