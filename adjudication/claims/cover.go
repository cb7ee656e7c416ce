package claims

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// maxHeadID bounds a head's id, so that the ids of the entries beneath it fit the store.
const maxHeadID = store.MaxInternalID - 80

// membership is what a Coverage says about who belongs to which policy.
type membership struct {
	// patient is the Patient's id, empty when the beneficiary is none of the server's own.
	patient string
	// contract is the Contract's id, empty for a policy that no Contract here describes.
	contract string
	// family is the id of the head of the family that the cover makes the beneficiary belong to; the policy's own where no
	// Contract tells families apart.
	family string
	cover  ledger.Cover
}

// heads are the ids of the heads that the cover stands in.
func (m *membership) heads() []string {
	if m == nil || m.patient == "" {
		return nil
	}
	return []string{ledger.MemberID(m.patient), m.cover.Policy, m.family}
}

// groups are the ids of the heads whose members are counted: the policy's, and the family's where it has one of its own.
func (m *membership) groups() []string {
	if m.family == m.cover.Policy {
		return []string{m.cover.Policy}
	}
	return []string{m.cover.Policy, m.family}
}

// membershipOf reads a Coverage as it is, or will be, stored; nil for a nil document. One that says what no cover can
// mean is refused.
func (c *Claims) membershipOf(ctx context.Context, doc *codec.Document) (*membership, error) {
	if doc == nil {
		return nil, nil
	}
	sch, err := c.schemes.Latest(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the payor of Coverage/%s: %w", doc.ID(), err)
	}
	beneficiary, cover, issues := engine.ReadCover(doc, sch)
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	contract := scheme.LocalKey(doc.Root().Find(nContract, nReference).Text())
	m := &membership{patient: idOf("Patient", beneficiary.Key), contract: idOf("Contract", contract), cover: cover}
	m.family = (&ledger.Member{ID: m.patient}).Family(&cover)
	if max(len(cover.Policy), len(m.family)) > maxHeadID {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.TooLong, "Coverage.class",
			"The codes and identifiers that name the policy, its plan and the subscriber are too long.")
	}
	return m, nil
}

// idOf is the id in "Type/id", empty for another type. It shares no memory with the key.
func idOf(typ, key string) string {
	if rest, ok := strings.CutPrefix(key, typ); ok && strings.HasPrefix(rest, "/") {
		return strings.Clone(rest[1:])
	}
	return ""
}
