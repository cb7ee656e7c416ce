package search

// The kinds of condition that no store executes: what they ask is not in the values of the resources searched. The layer
// above the stores rewrites them into kinds that stores do execute, before a store sees the Query.
const (
	// deferred is the least of them. Kinds that are deferred need not be known here.
	deferred ConditionKind = 128
	// Refers: a reference of Param leads to a resource that Join finds (a chain, "patient.identifier").
	Refers ConditionKind = 128
	// IsReferredTo: a resource that Join finds has a reference of Join.Param to this one (_has).
	IsReferredTo ConditionKind = 129
)

// Deferred tells that no store executes conditions of this kind.
func (k ConditionKind) Deferred() bool { return k >= deferred }

// Deferred tells that a query has conditions that no store executes.
func (q *Query) Deferred() bool {
	for i := range q.Where {
		for j := range q.Where[i].AnyOf {
			if q.Where[i].AnyOf[j].Kind.Deferred() {
				return true
			}
		}
	}
	return false
}

// Join is what a condition wants of other resources than the one that it is about.
type Join struct {
	// Name is the parameter as the client wrote it, for messages ("patient.identifier").
	Name string
	// Type is the type of the other resources, and Where what must hold for them; its conditions may be deferred again.
	Type  string
	Where []Clause
	// Param is the reference parameter of Type that leads here, for IsReferredTo.
	Param string
}
