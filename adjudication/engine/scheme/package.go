package scheme

import "claimwright/adjudication/engine/money"

// PackageKind is what a service that consists of parts demands of a claim.
type PackageKind uint8

// The kinds: no package; one that is priced like any service; one whose parts must be those of its definition; one whose
// provider's own price is capped at the register's.
const (
	NoPackage PackageKind = iota
	SimplePackage
	FixedPackage
	CappedPackage
)

var packageKinds = vocabulary[PackageKind]{"", "simple", "fixed", "capped"}

// String is the code.
func (p PackageKind) String() string { return packageKinds.code(p) }

// Part is what a package consists of: so many units of a service or an item.
type Part struct {
	Item     Code
	Quantity money.Decimal
}
