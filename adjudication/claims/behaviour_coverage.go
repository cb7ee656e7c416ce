package claims

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// coverageBehaviour keeps a cover in the heads of its member and its policy, in the commit that writes the Coverage.
type coverageBehaviour struct{ *Claims }

// Locks names the heads of the cover as it was and as it will be.
func (b coverageBehaviour) Locks(ctx context.Context, _ *resources.Unit, ch resources.Change) ([]string, error) {
	before, err := b.before(ctx, ch)
	if err != nil {
		return nil, err
	}
	after, err := b.membershipOf(ctx, ch.New)
	if err != nil {
		return nil, err
	}
	return append(before.heads(), after.heads()...), nil
}

func (b coverageBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	before, err := b.before(ctx, ch)
	if err != nil {
		return nil, err
	}
	stored, err := resources.Plain(ctx, u, ch)
	if err != nil {
		return nil, err
	}
	after, err := b.membershipOf(ctx, stored.Doc)
	if err != nil {
		return nil, err
	}
	if err := leave(ctx, u, before, after); err != nil {
		return nil, err
	}
	if err := b.join(ctx, u, after); err != nil {
		return nil, err
	}
	return stored, nil
}

func (b coverageBehaviour) before(ctx context.Context, ch resources.Change) (*membership, error) {
	if ch.Old == nil {
		return nil, nil
	}
	return b.membershipOf(ctx, ch.Old.Doc)
}

// leave takes a cover out of the heads that it no longer stands in: those of another member, policy or family.
func leave(ctx context.Context, u *resources.Unit, before, after *membership) error {
	if before == nil || before.patient == "" {
		return nil
	}
	if after != nil && after.patient == before.patient && after.family == before.family {
		return nil
	}
	return change(ctx, u, before, func(m *ledger.Member) (*ledger.Member, error) {
		return m.WithoutCover(before.cover.ID), nil
	})
}

// join puts a cover into the heads of its member and policy, which may be new.
func (c *Claims) join(ctx context.Context, u *resources.Unit, after *membership) error {
	if after == nil || after.patient == "" {
		return nil
	}
	if err := c.introduce(ctx, u, after); err != nil {
		return err
	}
	return change(ctx, u, after, func(m *ledger.Member) (*ledger.Member, error) {
		next, err := m.WithCover(after.cover)
		if errors.Is(err, ledger.ErrTooManyCovers) {
			return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Coverage.beneficiary",
				"The beneficiary has too many covers; at most %d are kept.", ledger.MaxCovers)
		}
		return next, err
	})
}

// change gives a member's covers another form, and tells the policy and the family concerned how the member's days in them
// changed. A family's head is kept even while no plan asks for it, so that a limit that grows with its members can be
// added at any time.
func change(ctx context.Context, u *resources.Unit, of *membership, edit func(*ledger.Member) (*ledger.Member, error)) error {
	member, err := heads.ReadMember(ctx, u, of.patient)
	if err != nil {
		return err
	}
	next, err := edit(member.Member)
	if err != nil {
		return err
	}
	groups, err := heads.ReadPolicies(ctx, u, of.groups()...)
	if err != nil {
		return err
	}
	for i, group := range groups {
		belonging := (*ledger.Member).Belonging
		if i > 0 {
			belonging = (*ledger.Member).BelongingToFamily
		}
		group.Policy = group.WithMember(belonging(member.Member, group.ID), belonging(next, group.ID))
		group.Put(u)
	}
	heads.Member{Member: next, Stored: member.Stored}.Put(u)
	return nil
}

// introduce makes the head of a policy that has none, with what its Contract says, and remembers it under the Contract.
func (c *Claims) introduce(ctx context.Context, u *resources.Unit, m *membership) error {
	policies, err := heads.ReadPolicies(ctx, u, m.cover.Policy)
	if err != nil || policies[0].Stored > 0 || m.contract == "" {
		return err
	}
	key := store.Key{Type: "Contract", ID: m.contract}
	if err := u.Require(contractLock(key.ID)); err != nil {
		return err
	}
	contract, err := readDocument(ctx, u, key)
	if err != nil {
		return err
	}
	head := policies[0]
	head.Policy = &ledger.Policy{ID: head.ID, Contract: key.String()}
	if contract != nil {
		if head.Policy, err = c.described(ctx, head.Policy, contract); err != nil {
			return err
		}
	}
	head.Put(u)
	return remember(ctx, u, key.ID, head.ID)
}

// described is a policy with what its Contract says. One that is no policy, or is gone, lets nothing be in force.
func (c *Claims) described(ctx context.Context, p *ledger.Policy, contract *codec.Document) (*ledger.Policy, error) {
	if contract == nil || !scheme.IsPolicy(contract) {
		next := *p
		next.InForce = false
		return &next, nil
	}
	sch, err := c.schemes.Latest(ctx)
	if err != nil {
		return nil, err
	}
	return engine.ReadPolicy(contract, sch, p), nil
}

// contractLock makes changes of a Contract and of the list of its heads take turns.
func contractLock(id string) string { return "contract/" + id }

// contractHeads names the record that lists the heads of a Contract's policies, one a line, so that a change of the
// Contract finds them.
func contractHeads(id string) store.InternalKey { return heads.Key("contract/" + id) }

func remember(ctx context.Context, u *resources.Unit, contract, head string) error {
	listed, err := u.Internal(ctx, contractHeads(contract))
	if err != nil {
		return fmt.Errorf("read the heads of Contract/%s: %w", contract, err)
	}
	ids := listedHeads(listed)
	if slices.Contains(ids, head) {
		return nil
	}
	u.PutInternal(listed.Key, listed.Version, []byte(strings.Join(append(ids, head), "\n")))
	return nil
}

func listedHeads(r store.Internal) []string {
	if len(r.Data) == 0 {
		return nil
	}
	return strings.Split(string(r.Data), "\n")
}
