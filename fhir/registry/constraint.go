package registry

import (
	"slices"
	"strings"
	"sync"
)

// Constraint is an invariant of R4's own definitions.
type Constraint struct {
	// Key is the invariant's name, such as "per-1"; unique at its place only.
	Key string
	// Human says what must hold, in R4's words.
	Human string
	// Expression is FHIRPath over the element that the invariant belongs to.
	Expression string
	// Warning marks a rule that a resource should keep; the others must be kept.
	Warning bool
}

type constraintsAt struct {
	path string
	list []*Constraint
}

// Constraints are the invariants of a type ("Period", "Claim", "DomainResource") or of an element ("Claim.item",
// "RiskAssessment.prediction.probability[x]"), nil where R4 has none. Those of an element's type, and of the types that it
// specialises, are not repeated. Three are left out: ele-1, which every element has, and txt-1 and txt-2 about narratives.
func Constraints(path string) []*Constraint {
	i, ok := slices.BinarySearchFunc(constraints, path, func(c constraintsAt, p string) int { return strings.Compare(c.path, p) })
	if !ok {
		return nil
	}
	return constraints[i].list
}

// OwnConstraint says whether an invariant is one of R4's own, by its key and its expression.
func OwnConstraint(key, expression string) bool { return ownConstraints()[[2]string{key, expression}] }

var ownConstraints = sync.OnceValue(func() map[[2]string]bool {
	table := map[[2]string]bool{}
	for _, at := range constraints {
		for _, c := range at.list {
			table[[2]string{c.Key, c.Expression}] = true
		}
	}
	return table
})
