package claims

import (
	"claimwright/adjudication/claims/formal"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// submission is a claim on its way to a decision. All but target and runs is set before the unit of work and shared by its runs.
type submission struct {
	item  *intake.Item
	claim *engine.Claim
	how   resources.Interaction
	// replayable says that the same submission gets the same answer ($submit); idempotency is the client's key for a claim
	// without an identifier.
	replayable  bool
	idempotency string
	target      target
	// runs counts how often a decision was staged.
	runs int
}

// newSubmission reads a claim and tells all that is formally wrong with it.
func newSubmission(it *intake.Item, how resources.Interaction) (*submission, error) {
	issues := formal.Check(it.Doc)
	claim, more := engine.ReadClaim(it.Doc)
	if issues = append(issues, more...); len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	return &submission{item: it, claim: claim, how: how}, nil
}

// foresee names the locks that the decision will most likely need.
func (c *Claims) foresee(s *submission, p resources.Principal) []string {
	locks := resources.Locks(s.item.Doc)
	if sch := c.schemes.Loaded(); sch != nil {
		if g := s.guard(sch, p.Organization); g.ID != "" {
			locks = append(locks, lockOf(g))
		}
	}
	named, member := s.patient()
	if foreseen, ok := c.foreseen.Get(named); ok {
		return append(locks, foreseen...)
	}
	if member != "" {
		locks = append(locks, member)
	}
	return locks
}

// patient is how the claim names its patient, and the member's head if that says whose it is.
func (s *submission) patient() (named, member string) {
	t := s.item.Target(s.item.Doc.Root().Get(nPatient))
	switch {
	case t.ID != "" && t.Type == "Patient":
		return "Patient/" + t.ID, ledger.MemberID(t.ID)
	case len(t.Identifiers) > 0:
		return t.Identifiers[0].System + "|" + t.Identifiers[0].Value, ""
	}
	return "", ""
}

// settled is the submission with another document, whose references have been settled.
func (s *submission) settled(doc *codec.Document) (*engine.Claim, error) {
	if doc == s.item.Doc {
		return s.claim, nil
	}
	claim, issues := engine.ReadClaim(doc)
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	return claim, nil
}
