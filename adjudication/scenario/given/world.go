package given

import (
	"regexp"
	"slices"
	"strings"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// World is what a scenario starts from, and the names by which its claims speak of it. It is immutable once read.
type World struct {
	// Resources are in the order in which they are to be written.
	Resources []*tree.Object

	// Compatible says that an insurer or a plan follows a profile of another system, which may pay more than was billed.
	Compatible bool

	insurers, facilities, plans, codes []string // names in order
	members                            []string
	covers                             []cover
	// currencies is each insurer's.
	currencies map[string]string
}

// cover is what claims need to know of a cover.
type cover struct{ name, member, insurer string }

// Read makes the world of a "given"; what it does not say is filled in: one insurer in KES, one hospital, one plan that
// pays everything, one member with a cover for 2026.
//
// Resources of the kind "file: rule.json" are read with open.
func Read(n *source.Node, open Opener, problems *source.Problems) *World {
	b := &builder{problems: problems, World: &World{currencies: map[string]string{}}}
	o := n.Object(problems)
	b.lists(o)
	b.each(o, "insurer", "insurers", "insurer", b.insurer)
	b.each(o, "facility", "facilities", "hospital", b.facility)
	b.each(o, "plan", "plans", "PLAN", b.plan)
	b.register(o)
	b.priceLists(o)
	b.rules(o)
	b.each(o, "member", "members", "member", b.member)
	b.policies(o)
	for _, raw := range o.List("resources") {
		b.resource(raw, open)
	}
	b.packs(o)
	o.Done()
	return b.World
}

// Opener reads a file that a scenario names beside a place in it; what cannot be read is told as a problem of that place, and
// gives nil.
type Opener func(at source.Position, name string) *source.Node

// resource adds a resource as it is written, or as a file has it with the rest laid over: "{file: rule.json, status: draft}".
func (b *builder) resource(raw *source.Node, open Opener) {
	if file := raw.Get("file"); file != nil {
		laid := open(file.At, source.TextOf(file, b.problems))
		if laid == nil {
			return
		}
		rest := &source.Node{At: raw.At, Kind: source.Map}
		for _, e := range raw.Entries {
			if e.Key != "file" {
				rest.Entries = append(rest.Entries, e)
			}
		}
		raw = source.Merge(laid, rest)
	}
	if r, ok := tree.FromYAML(raw, b.problems).(*tree.Object); ok && r.Get("resourceType") != nil && r.Get("id") != nil {
		b.add(r)
		return
	}
	b.problems.Add(raw.At, "This is no resource", raw.Describe(), "a map with resourceType and id")
}

// builder makes a World.
type builder struct {
	*World
	problems *source.Problems
	// planInsurer is whose each plan is, by the name of its code.
	planInsurer map[string]string
	// people are the members as they were given; uncovered ones have no cover unless they are given one.
	people []person
}

func (b *builder) add(r *tree.Object) { b.Resources = append(b.Resources, r) }

// each reads the entries of a map such as "plans", or the one under the singular key; with neither, one of the usual name
// that says nothing.
func (b *builder) each(o *source.Object, one, many, usual string, read func(name string, at *source.Node)) {
	single, several := o.Get(one), o.Get(many)
	switch {
	case single != nil && several != nil:
		o.Fail(several, "There may be either "+one+" or "+many, many, "one of the two")
	case several != nil:
		for _, e := range several.Object(b.problems).Node.Entries {
			b.checkName(e)
			read(e.Key, e.Value)
		}
	default:
		read(usual, single)
	}
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)

func (b *builder) checkName(e source.Entry) {
	if !idForm.MatchString(e.Key) {
		b.problems.Add(e.KeyAt, "The name cannot be used", e.Key, "up to 64 letters, digits, - and .")
	}
}

// name is the value of a key that must be one of those known; the usual one when absent.
func (w *World) name(o *source.Object, key, usual string, known []string) string {
	name := o.Text(key)
	if name == "" {
		return usual
	}
	if !slices.Contains(known, name) {
		o.Fail(o.Get(key), "There is no such "+key, name, "one of "+strings.Join(known, ", "))
	}
	return name
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}
