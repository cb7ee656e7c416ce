package claims

import (
	"context"
	"fmt"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

// contractBehaviour tells the heads of a policy what its Contract says, and keeps the marks by which price lists are found.
type contractBehaviour struct{ *Claims }

// Locks names the Contract's own lock, the heads of its policies, and the scheme's if it is, or was, a price list.
func (b contractBehaviour) Locks(ctx context.Context, u *resources.Unit, ch resources.Change) ([]string, error) {
	listed, err := u.Internal(ctx, contractHeads(ch.Key.ID))
	if err != nil {
		return nil, fmt.Errorf("read the heads of %s: %w", ch.Key, err)
	}
	locks := append(listedHeads(listed), contractLock(ch.Key.ID))
	if isPriceList(ch.New) || ch.Old != nil && isPriceList(ch.Old.Doc) {
		locks = append(locks, schemeLock)
	}
	return locks, nil
}

func (b contractBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	if isPriceList(ch.New) {
		if err := b.schemes.refuse(ctx, u, ch.Key, ch.New); err != nil {
			return nil, err
		}
	}
	stored, err := resources.Plain(ctx, u, ch)
	if err != nil {
		return nil, err
	}
	if err := b.describeHeads(ctx, u, ch, stored); err != nil {
		return nil, err
	}
	return stored, mark(ctx, u, ch)
}

func (b contractBehaviour) describeHeads(ctx context.Context, u *resources.Unit, ch resources.Change, stored *resources.Stored) error {
	listed, err := u.Internal(ctx, contractHeads(ch.Key.ID))
	if err != nil {
		return fmt.Errorf("read the heads of %s: %w", ch.Key, err)
	}
	policies, err := heads.ReadPolicies(ctx, u, listedHeads(listed)...)
	if err != nil {
		return err
	}
	if isPriceList(ch.New) && len(policies) == 0 {
		return nil
	}
	// Written even if nothing is listed yet: a cover that refers to this Contract for the first time writes the record, too,
	// so that neither can miss the other.
	u.PutInternal(listed.Key, listed.Version, listed.Data)
	for _, head := range policies {
		if head.Policy, err = b.described(ctx, head.Policy, stored.Doc); err != nil {
			return err
		}
		head.Put(u)
	}
	return nil
}

// mark keeps the mark of a price list, and bumps the epoch when one is written, made or unmade.
func mark(ctx context.Context, u *resources.Unit, ch resources.Change) error {
	is, was := isPriceList(ch.New), ch.Old != nil && isPriceList(ch.Old.Doc)
	if !is && !was {
		return nil
	}
	found, err := u.Internal(ctx, heads.Key(PriceListMarks+ch.Key.ID))
	if err != nil {
		return fmt.Errorf("read the mark of %s: %w", ch.Key, err)
	}
	switch {
	case is && found.Version == 0:
		u.PutInternal(found.Key, 0, []byte{1})
	case !is && found.Version > 0:
		u.DeleteInternal(found.Key, found.Version)
	}
	return bump(ctx, u, "Contract")
}

// isPriceList tells whether a Contract holds prices of the scheme; false for nil.
func isPriceList(doc *codec.Document) bool { return doc != nil && scheme.IsPriceList(doc) }
