package profile

import (
	"errors"
	"sync"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// invariant is a rule about one element, in FHIRPath.
type invariant struct {
	key, human string
	warning    bool
	expression *fhirpath.Expression
	// unreadable says why the expression cannot be evaluated; a rule that cannot is reported, not forgotten.
	unreadable string
	// lenient rules are broken only where they give false. R4 writes its own so that they give nothing where an element that
	// they speak of is missing, as ref-1 of a Reference without a reference.
	lenient bool
}

func compileInvariant(key, human, source string, warning bool) *invariant {
	v := &invariant{key: key, human: human, warning: warning}
	expression, err := fhirpath.Compile(source)
	if err != nil {
		v.unreadable = err.Error()
		return v
	}
	v.expression = expression
	return v
}

// compiledBase holds R4's own invariants, each compiled when it is met first.
var compiledBase sync.Map // *registry.Constraint -> *invariant

func baseInvariant(c *registry.Constraint) *invariant {
	if v, ok := compiledBase.Load(c); ok {
		return v.(*invariant)
	}
	fresh := compileInvariant(c.Key, c.Human, c.Expression, c.Warning)
	fresh.lenient = true
	v, _ := compiledBase.LoadOrStore(c, fresh)
	return v.(*invariant)
}

// invariant evaluates a rule at an element.
func (c *check) invariant(v *invariant, at fhirpath.Value) {
	if v.expression == nil {
		c.warn(at, outcome.NotSupported, "The rule "+v.key+" cannot be evaluated: "+v.unreadable+".")
		return
	}
	scope := fhirpath.Within(at)
	scope.Member, scope.Conforms = c.member, c.conforms
	result, err := v.expression.Evaluate(c.ctx, scope)
	holds := v.lenient && len(result) == 0
	if err == nil && !holds {
		holds, err = result.Truth()
	}
	switch {
	case errors.Is(err, fhirpath.ErrTooCostly):
		c.warn(at, outcome.TooCostly, "The rule "+v.key+" was not evaluated: it takes too long on this resource.")
	case err != nil:
		c.warn(at, outcome.NotSupported, "The rule "+v.key+" cannot be evaluated here: "+err.Error()+".")
	case !holds:
		i := outcome.Issue{Severity: outcome.Failure, Code: outcome.Invariant, Expression: at.Path(), Text: v.key + ": " + v.human}
		if v.warning {
			i.Severity = outcome.Warning
		}
		c.report(i)
	}
}
