package profile

import (
	"context"
	"fmt"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
)

// Source finds profiles. Both methods take a canonical url, with or without "|version", and give nil and no error where there
// is none; an error is one of looking. Profile gives an *Unusable where the StructureDefinition is there and no good.
type Source interface {
	// Profile is the compiled profile.
	Profile(ctx context.Context, canonical string) (*Profile, error)
	// Definition is the StructureDefinition itself, as JSON.
	Definition(ctx context.Context, canonical string) ([]byte, error)
}

// Terms knows value sets. A url may have a "|version". System is empty for an element of type code, whose system the value
// set implies. Known is false where the value set, or what it needs, is not there.
type Terms interface {
	Contains(ctx context.Context, valueSet, system, code string) (in, known bool)
}

// Unusable is a StructureDefinition that is found and cannot be used.
type Unusable struct {
	Canonical string
	Reason    error
}

// Error says what is wrong with the StructureDefinition.
func (u *Unusable) Error() string {
	return fmt.Sprintf("the profile %s cannot be used: %s", u.Canonical, u.Reason)
}

// Unwrap gives the reason.
func (u *Unusable) Unwrap() error { return u.Reason }

// Unknown is a profile that a caller asked for and nobody has.
type Unknown struct{ Canonical string }

// Error names the profile.
func (u *Unknown) Error() string { return "the profile " + u.Canonical + " is not known" }

// Validator checks resources. The zero Validator knows R4 alone. It is safe for concurrent use if its parts are.
type Validator struct {
	Profiles Source
	Terms    Terms
}

// Validate checks a resource whose JSON the codec could parse: R4's structure, its invariants, the profiles of its meta.profile
// and those given. Issues that were found are no error; an error is *Unknown, *Unusable, or one of looking a profile up. What
// is right gives no issues. More than 200 issues are cut off with a note.
func (v Validator) Validate(ctx context.Context, body []byte, limits codec.Limits, profiles ...string) ([]outcome.Issue, error) {
	_, issues := codec.Parse(body, limits)
	r, err := fhirpath.Read(body)
	if err != nil {
		return issues, nil //nolint:nilerr // the codec has said what is wrong with the JSON
	}
	c := &check{ctx: ctx, validator: v, broken: issues, found: map[string]*Profile{},
		seen: map[visit]bool{}, open: map[visit]bool{}, verdicts: map[visit]bool{}}
	root := r.Root()
	if !codec.ResourceType(root.Type()).Known() {
		return issues, nil
	}
	asked, err := c.asked(root, profiles)
	if err != nil {
		return nil, err
	}
	c.base(root, "")
	for _, p := range asked {
		c.follow(p, root)
	}
	if c.failed != nil {
		return nil, c.failed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return append(issues, c.all()...), nil
}

// asked finds the profiles that the caller names; one that is not there is an error.
func (c *check) asked(root fhirpath.Value, canonicals []string) ([]*Profile, error) {
	var found []*Profile
	for _, canonical := range canonicals {
		if name := coreType(canonical); name != "" && knownType(name) {
			if !is(root, name) {
				c.fail(root, outcome.Structure, "The resource is no "+name+", which the profile "+canonical+" is for.")
			}
			continue
		}
		if c.validator.Profiles == nil {
			return nil, &Unknown{canonical}
		}
		p, err := c.validator.Profiles.Profile(c.ctx, canonical)
		if err != nil {
			return nil, err
		}
		if p == nil {
			return nil, &Unknown{canonical}
		}
		found = append(found, p)
	}
	return found, nil
}

// is says whether an element has a type or one that specialises it.
func is(v fhirpath.Value, name string) bool {
	for t := v.Type(); t != ""; t = fhirpath.Parent(t) {
		if t == name {
			return true
		}
	}
	return false
}

// all are the issues that the codec has not reported already, each once.
func (c *check) all() []outcome.Issue {
	kept := make([]outcome.Issue, 0, len(c.issues))
	known := map[outcome.Issue]bool{}
	for _, i := range c.issues {
		if known[i] || c.reported(i.Expression) {
			continue
		}
		known[i] = true
		kept = append(kept, i)
	}
	if c.full {
		kept = append(kept, outcome.Issue{Severity: outcome.Information, Code: outcome.Informational,
			Text: fmt.Sprintf("Checking stopped after %d problems; there may be more.", maxIssues)})
	}
	return kept
}

// reported says whether the codec has something to say of a place or of one above it: what is broken there makes every
// further rule fail.
func (c *check) reported(place string) bool {
	for _, b := range c.broken {
		if rest, ok := strings.CutPrefix(place, b.Expression); ok && strings.Contains(b.Expression, ".") && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}
