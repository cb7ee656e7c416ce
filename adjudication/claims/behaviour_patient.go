package claims

import (
	"context"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/store/resources"
)

// patientBehaviour keeps what rules ask about a person in the member's head, in the commit that writes the Patient.
type patientBehaviour struct{}

func (patientBehaviour) Locks(_ context.Context, _ *resources.Unit, ch resources.Change) ([]string, error) {
	return []string{ledger.MemberID(ch.Key.ID)}, nil
}

// Stage writes the head with the Patient. A deleted Patient leaves an inactive member: its past claims stay explained.
func (patientBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	stored, err := resources.Plain(ctx, u, ch)
	if err != nil {
		return nil, err
	}
	head, err := heads.ReadMember(ctx, u, ch.Key.ID)
	if err != nil {
		return nil, err
	}
	if stored.Deleted {
		next := *head.Member
		next.Inactive = true
		head.Member = &next
	} else {
		head.Member = engine.ReadPatient(stored.Doc, head.Member)
	}
	head.Put(u)
	return stored, nil
}
