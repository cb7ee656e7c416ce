package search

import (
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

// How :missing finds resources that lack an element, with few index entries for those that do not. A parameter is one of
//
//   - always: it has a value in every resource;
//   - markedAbsent: R4 requires the element, so an entry of its own is only due where it has no value but an extension;
//   - markedPresent: few resources have the element, so an entry is only due where it is there;
//   - grouped: up to maxGroup parameters share one entry, which says for each of them whether it is there. A search looks
//     for any of the entries that say of its parameter what is asked.
type presence uint8

const (
	always presence = iota
	markedAbsent
	markedPresent
	grouped
)

const (
	// maxGroup keeps what one :missing looks for at half of 2^maxGroup terms.
	maxGroup = 9
	// missingMark follows a parameter's name where an entry tells of its absence or presence; groups have no name.
	missingMark = ":missing"
	isAbsent    = "true"
	isPresent   = "false"
)

// presences is what a plan knows of its parameters' presence. A parameter's place is its position among registry.Params.
type presences struct {
	// of has an entry for each parameter.
	of     []presence
	marked []mark
	groups []group
}

// mark is a parameter with an entry of its own, which is due when the element's being there is as when says.
type mark struct {
	place int
	when  bool
	entry Term
}

// group are parameters that share one entry: key says which group it is, its text which of the parameters are there.
type group struct {
	key    string
	places []int
}

// groupTexts are the texts of entries of groups: the parameters that are there as bits.
var groupTexts = func() (texts [1 << maxGroup]string) {
	for i := range texts {
		texts[i] = strconv.FormatInt(int64(i), 16)
	}
	return texts
}()

// presencesOf decides for each parameter of a type. Any change raises ExtractorVersion.
func presencesOf(resourceType string, params []*registry.Param) presences {
	var out presences
	var places []int
	for place, param := range params {
		how := presenceOf(resourceType, param)
		out.of = append(out.of, how)
		switch how {
		case markedAbsent:
			out.marked = append(out.marked, mark{place, false, Term{param.Name + missingMark, isAbsent}})
		case markedPresent:
			out.marked = append(out.marked, mark{place, true, Term{param.Name + missingMark, isPresent}})
		case grouped:
			places = append(places, place)
		}
	}
	n := (len(places) + maxGroup - 1) / maxGroup
	for i := range n { // groups of about the same size
		from, to := len(places)*i/n, len(places)*(i+1)/n
		out.groups = append(out.groups, group{missingMark + strconv.Itoa(i), places[from:to]})
	}
	return out
}

func presenceOf(resourceType string, p *registry.Param) presence {
	switch {
	case p.Name == "_id" || p.Name == "_lastUpdated" || !takesMissing(p):
		return always
	case p.Name == "_profile": // submissions often have one, and their groups have room
		return grouped
	case p.Name[0] == '_' || strings.HasSuffix(p.Name, "-udi"):
		return markedPresent
	}
	paths, err := expression.Parse(p.Expression)
	if err != nil { // compiling says so
		return always
	}
	for i := range paths {
		switch {
		case paths[i].Truth:
			return always
		case requires(resourceType, &paths[i]) && convertible(p.Type, &p.Leaves[i]):
			return markedAbsent
		}
	}
	return grouped
}

// requires tells whether a path is no more than an element that R4 requires of every resource of the type.
func requires(resourceType string, path *expression.Path) bool {
	if len(path.Steps) != 1 {
		return false
	}
	s := path.Steps[0]
	return s == expression.Step{Name: s.Name, Index: -1} && codec.IsRequired(resourceType, s.Name)
}

// convertible tells whether an element has values for a parameter whatever its type is.
func convertible(kind registry.ParamType, leaf *registry.Leaf) bool {
	return !slices.ContainsFunc(leaf.Types, func(t string) bool { return converterOf(kind, t) == nil })
}

// addPresence adds the entries that tell what is there.
func (x *extraction) addPresence(p *presences) {
	for i := range p.marked {
		if m := &p.marked[i]; x.present.has(m.place) == m.when {
			x.terms.add(m.entry)
		}
	}
	for i := range p.groups {
		g := &p.groups[i]
		bits := 0
		for j, place := range g.places {
			if x.present.has(place) {
				bits |= 1 << j
			}
		}
		x.terms.add(Term{g.key, groupTexts[bits]})
	}
}

// maxPlaces bounds the parameters of a type; a test compiles every type.
const maxPlaces = 128

// places is a set of parameters of a type.
type places [maxPlaces / 64]uint64

func (s *places) set(i int)      { s[i>>6&1] |= 1 << (i & 63) }
func (s *places) has(i int) bool { return s[i>>6&1]>>(i&63)&1 != 0 }
