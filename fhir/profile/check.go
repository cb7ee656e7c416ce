package profile

import (
	"context"
	"errors"
	"slices"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
)

// Bounds of one check.
const (
	maxIssues  = 200
	maxVisits  = 1_000_000
	maxNesting = 16
	maxLookups = 300
)

// check is one validation of one resource.
type check struct {
	ctx       context.Context
	validator Validator
	// broken is what the codec has found.
	broken []outcome.Issue
	issues []outcome.Issue
	full   bool
	// seen are the elements that this check has compared with a profile.
	seen map[visit]bool
	// open are the elements that are being compared with a profile just now, by this check or those around it, and verdicts
	// what follows has found: profiles may refer to one another.
	open, verdicts map[visit]bool
	// found are the profiles that were looked up; absent ones are nil.
	found   map[string]*Profile
	lookups int
	visits  int
	nesting int
	// failed is an error of looking a profile up, which ends everything.
	failed error
}

// visit is an element with a profile.
type visit struct {
	at      fhirpath.Value
	profile *Profile
}

func (c *check) report(i outcome.Issue) {
	if len(c.issues) >= maxIssues {
		c.full = true
		return
	}
	c.issues = append(c.issues, i)
}

func (c *check) warn(at fhirpath.Value, code, text string) {
	c.report(outcome.Issue{Severity: outcome.Warning, Code: code, Expression: at.Path(), Text: text})
}

func (c *check) fail(at fhirpath.Value, code, text string) {
	c.report(outcome.Issue{Severity: outcome.Failure, Code: code, Expression: at.Path(), Text: text})
}

// stopped says whether to go no further.
func (c *check) stopped() bool {
	if c.visits++; c.visits == maxVisits {
		c.report(outcome.Issue{Severity: outcome.Warning, Code: outcome.TooCostly, Text: "The check was given up: it takes too long on this resource."})
	}
	return c.full || c.failed != nil || c.visits >= maxVisits || c.visits%64 == 0 && c.ctx.Err() != nil
}

// profile looks a profile up; nil where there is none, or none that can be used, which is said once.
func (c *check) profile(canonical string, at fhirpath.Value) *Profile {
	if c.validator.Profiles == nil || c.failed != nil {
		return nil
	}
	if p, ok := c.found[canonical]; ok {
		return p
	}
	if c.lookups++; c.lookups > maxLookups {
		if c.lookups == maxLookups+1 {
			c.warn(at, outcome.TooCostly, "The resource and its profiles refer to more profiles than are looked up for one check.")
		}
		return nil
	}
	p, err := c.validator.Profiles.Profile(c.ctx, canonical)
	var unusable *Unusable
	switch {
	case errors.As(err, &unusable):
		c.warn(at, outcome.NotSupported, "This was not checked: "+unusable.Error()+".")
	case err != nil:
		c.failed = err
	}
	c.found[canonical] = p
	return p
}

// follow checks an element against a whole profile, unless that was done or is being done.
func (c *check) follow(p *Profile, at fhirpath.Value) {
	if c.seen[visit{at, p}] || c.stopped() {
		return
	}
	if c.nesting >= maxNesting {
		c.warn(at, outcome.TooCostly, "Profiles refer to one another too deep to follow "+p.Canonical()+".")
		return
	}
	c.seen[visit{at, p}] = true
	if p.Type != "" && at.Type() != "" && !is(at, p.Type) {
		c.fail(at, outcome.Structure, "The profile "+p.Canonical()+" is for "+p.Type+", not for "+at.Type()+".")
		return
	}
	c.within(p, at)
}

// within compares an element with a profile, one level deeper.
func (c *check) within(p *Profile, at fhirpath.Value) {
	here := visit{at, p}
	if c.open[here] {
		return
	}
	c.open[here] = true
	c.nesting++
	(&inProfile{c, p}).element(p.root, at)
	c.nesting--
	delete(c.open, here)
}

// follows says whether an element conforms to a profile, without reporting what does not. One that is being compared just now
// is supposed to.
func (c *check) follows(p *Profile, at fhirpath.Value) bool {
	here := visit{at, p}
	if c.open[here] {
		return true
	}
	if verdict, known := c.verdicts[here]; known {
		return verdict
	}
	if c.nesting >= maxNesting || p.Type != "" && !is(at, p.Type) {
		return false
	}
	inner := *c
	inner.issues, inner.full, inner.seen = nil, false, map[visit]bool{}
	inner.within(p, at)
	c.lookups, c.visits, c.failed = inner.lookups, inner.visits, inner.failed
	verdict := !slices.ContainsFunc(inner.issues, func(i outcome.Issue) bool {
		return i.Severity == outcome.Failure || i.Severity == outcome.Fatal
	})
	c.verdicts[here] = verdict
	return verdict
}

// conforms answers conformsTo().
func (c *check) conforms(element fhirpath.Value, canonical string) (yes, known bool) {
	if name := coreType(canonical); name != "" && knownType(name) {
		return is(element, name), true
	}
	p := c.profile(canonical, element)
	if p == nil {
		return false, false
	}
	return c.follows(p, element), true
}
