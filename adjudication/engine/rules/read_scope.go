package rules

import (
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/fhir/codec"
)

// InsurersOf are the insurers that a rule's scope names, as references.
func InsurersOf(doc *codec.Document) []string {
	var named []string
	for context := range doc.Root().Get(nUseContext).Each() {
		kind := context.Get(nCode)
		if kind.Get(nSystem).Text() == scopeSystem && kind.Get(nCode).Text() == "insurer" {
			named = append(named, strings.Clone(context.Get(nValueReference).Get(nReference).Text()))
		}
	}
	return named
}

// scope reads useContext.
func (r *reader) scope() {
	for context := range r.root.Get(nUseContext).Each() {
		kind := context.Get(nCode)
		if kind.Get(nSystem).Text() != scopeSystem {
			continue
		}
		to := map[string]*[]string{
			"insurer": &r.rule.Scope.Insurers, "plan": &r.rule.Scope.Plans, "facility": &r.rule.Scope.Facilities,
			"claim-type": &r.rule.Scope.Types, "use": &r.rule.Scope.Uses,
		}[kind.Get(nCode).Text()]
		if to == nil {
			r.fail(kind, "The scope is not known", kind.Get(nCode).Text(), "insurer, plan, facility, claim-type or use")
			continue
		}
		what := context.Get(nValueReference).Get(nReference).Text()
		if what == "" {
			what = context.Find(nValueCodeableConcept, nCoding, nCode).Text()
		}
		if what == "" {
			r.fail(context, "The scope names nothing", "no value", "valueReference of an Organization, or valueCodeableConcept with a code")
			continue
		}
		*to = append(*to, strings.Clone(what))
	}
}

// settings reads the extension rule-settings.
func (r *reader) settings() {
	for e := range r.root.Get(nExtension).Each() {
		if e.Get(nURL).Text() != settingsURL {
			continue
		}
		for part := range e.Get(nExtension).Each() {
			r.setting(part)
		}
	}
}

func (r *reader) setting(part codec.Value) {
	switch name := part.Get(nURL).Text(); name {
	case "priority":
		n, ok := part.Get(nValueInteger).Int()
		if !ok || n < -1_000_000 || n > 1_000_000 {
			r.fail(part, "The priority cannot be used", part.Get(nValueInteger).Text(), "a whole number from -1000000 to 1000000")
		}
		r.rule.Priority = int(n)
	case "hit":
		r.rule.First = r.oneOf(part, "all", "first") == "first"
	case "group":
		r.rule.Group = strings.Clone(part.Get(nValueString).Text())
	case "dateBasis":
		r.rule.ByReceipt = r.oneOf(part, "target", "receipt") == "receipt"
	default:
		r.fail(part, "The extension has no such part", name, "priority, hit, group or dateBasis")
	}
}

func (r *reader) oneOf(part codec.Value, codes ...string) string {
	given := part.Get(nValueCode).Text()
	if !slices.Contains(codes, given) {
		r.fail(part, "The code is not known", given, strings.Join(codes, " or "))
	}
	return given
}

func (r *reader) period() {
	v := r.root.Get(nEffectivePeriod)
	var span day.Span
	for _, end := range [...]struct {
		name codec.Name
		to   *day.Moment
	}{{nStart, &span.Start}, {nEnd, &span.End}} {
		m, err := day.ParseMoment(v.Get(end.name).Text())
		if v.Get(end.name).Exists() && err != nil {
			r.fail(v.Get(end.name), "The date cannot be used", v.Get(end.name).Text(), "a FHIR dateTime")
		}
		*end.to = m
	}
	zone := r.with.Zone
	if zone == nil {
		zone = time.UTC
	}
	r.rule.Valid = span.In(zone)
	if r.rule.Valid.From > r.rule.Valid.End() {
		r.fail(v, "The period ends before it starts", r.rule.Valid.To.String(), "a day from "+r.rule.Valid.From.String()+" on")
	}
}
