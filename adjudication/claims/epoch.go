package claims

import (
	"context"
	"encoding/binary"
	"fmt"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

// schemeTypes are the types that a scheme is compiled from, in the order of their counters in the epoch record: only
// ever append.
var schemeTypes = [...]string{"Organization", "InsurancePlan", "ChargeItemDefinition", "Contract", "ValueSet", "CodeSystem", "PlanDefinition", "MeasureReport"}

const (
	epochFormat = 1
	// firstCounters is how many counters the first records of the format have; those that were appended since may be absent.
	firstCounters = 4
	// schemeLock makes writers of the scheme take turns.
	schemeLock = "scheme/epoch"
	// PriceListMarks prefix the ids of the internal records that mark the Contracts that are price lists.
	PriceListMarks = "scheme/price-list/"
)

// epochKey names the record that every write of the scheme bumps. Its data are a format byte and a counter for each of
// schemeTypes.
var epochKey = store.InternalKey{Space: store.SpaceHead, ID: "scheme/epoch"}

func decodeEpoch(r store.Internal) (epochRecord, error) {
	e := epochRecord{version: r.Version, counts: make(map[string]uint64, len(schemeTypes))}
	if len(r.Data) == 0 {
		return e, nil
	}
	if r.Data[0] > epochFormat {
		return e, fmt.Errorf("%w: %w", errEpoch, store.ErrNewerFormat)
	}
	rest := r.Data[1:]
	for i, typ := range schemeTypes {
		if i >= firstCounters && len(rest) == 0 {
			break
		}
		n, size := binary.Uvarint(rest)
		if size <= 0 {
			return e, errEpoch
		}
		e.counts[typ], rest = n, rest[size:]
	}
	return e, nil
}

func (e epochRecord) encode() []byte {
	out := []byte{epochFormat}
	for _, typ := range schemeTypes {
		out = binary.AppendUvarint(out, e.counts[typ])
	}
	return out
}

// bump stages that the scheme's resources of a type changed.
func bump(ctx context.Context, u *resources.Unit, typ string) error {
	found, err := u.Internal(ctx, epochKey)
	if err != nil {
		return fmt.Errorf("read the scheme's epoch: %w", err)
	}
	e, err := decodeEpoch(found)
	if err != nil {
		return err
	}
	e.counts[typ]++
	u.PutInternal(epochKey, found.Version, e.encode())
	return nil
}

// schemeBehaviour is that of Organization, InsurancePlan and ChargeItemDefinition: a write of one that the scheme is, or
// was, made of bumps the epoch. One that could not be used is refused.
type schemeBehaviour struct {
	schemes *Schemes
	// concerns tells whether a document is a part of the scheme.
	concerns func(*codec.Document) bool
}

func (b schemeBehaviour) touches(c resources.Change) bool {
	return c.New != nil && b.concerns(c.New) || c.Old != nil && b.concerns(c.Old.Doc)
}

func (b schemeBehaviour) Locks(_ context.Context, _ *resources.Unit, c resources.Change) ([]string, error) {
	if b.touches(c) {
		return []string{schemeLock}, nil
	}
	return nil, nil
}

func (b schemeBehaviour) Stage(ctx context.Context, u *resources.Unit, c resources.Change) (*resources.Stored, error) {
	if c.New != nil && b.concerns(c.New) {
		if err := b.schemes.refuse(ctx, u, c.Key, c.New); err != nil {
			return nil, err
		}
	}
	stored, err := resources.Plain(ctx, u, c)
	if err != nil || !b.touches(c) {
		return stored, err
	}
	return stored, bump(ctx, u, c.Key.Type)
}

// everyDocument concerns the scheme whatever its content.
func everyDocument(*codec.Document) bool { return true }

// schemeOrganization tells insurers and providers from other organisations, whose many writes must not touch the scheme.
func schemeOrganization(doc *codec.Document) bool {
	for kind := range doc.Root().Get(nType).Each() {
		for coding := range kind.Get(nCoding).Each() {
			switch coding.Get(nCode).Text() {
			case "ins", "prov":
				return true
			}
		}
	}
	return false
}
