package terminology

import (
	"context"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// Source finds definitions by their canonical url; version is empty where any will do. Both answer nil for what is not
// known. An error is one of reading, which passes through.
type Source interface {
	ValueSet(ctx context.Context, url, version string) (*codec.Document, error)
	CodeSystem(ctx context.Context, url, version string) (*codec.Document, error)
}

// The bounds of an expansion.
const (
	// MaxCodes is the greatest number of codes that a set lists.
	MaxCodes = 20_000
	// MaxDepth is how deep value sets may include each other.
	MaxDepth = 16
	// MaxReads is the greatest number of definitions that one expansion reads.
	MaxReads = 200
)

// Terms answers from the definitions of a Source. It remembers what it has read, is meant for one request or one run, and
// belongs to one goroutine.
type Terms struct {
	source  Source
	sets    map[string]*Set
	systems map[string]*CodeSystem
	reads   int
	// open are the value sets whose expansion has begun, outermost first.
	open []string
}

// New makes Terms over a source; nil knows no definitions but R4's own.
func New(s Source) *Terms {
	return &Terms{source: s, sets: map[string]*Set{}, systems: map[string]*CodeSystem{}}
}

// Expand gives the codes of a value set by its canonical url, which may end with "|version". The error is an *Error, or
// one of the Source.
func (t *Terms) Expand(ctx context.Context, canonical string) (*Set, error) {
	if set := t.sets[canonical]; set != nil {
		return set, nil
	}
	url, version, _ := strings.Cut(canonical, "|")
	for _, outer := range t.open {
		if outer == url {
			return nil, faulty(outcome.Invalid, url, "the value set includes itself")
		}
	}
	if len(t.open) >= MaxDepth {
		return nil, faulty(outcome.TooCostly, url, "value sets include each other too deep")
	}
	doc, err := t.read(url, func() (*codec.Document, error) { return t.source.ValueSet(ctx, url, version) })
	if err != nil {
		return nil, err
	}
	var set *Set
	switch own, known := registry.ValueSet(url); {
	case doc != nil:
		if set, err = t.ExpandDocument(ctx, doc); err != nil {
			return nil, err
		}
	case known && (version == "" || version == r4Version):
		set = ofRegistry(own)
	default:
		return nil, faulty(outcome.NotFound, canonical, "the value set is not known here")
	}
	t.sets[canonical] = set
	return set, nil
}

// r4Version is the business version of R4's own value sets.
const r4Version = "4.0.1"

func ofRegistry(own *registry.CodeSet) *Set {
	set := &Set{URL: own.URL, parts: map[string]part{}}
	for _, group := range own.Groups {
		set.parts[group.System] = listed(group.Codes...)
	}
	return set
}

// ExpandDocument gives the codes of a ValueSet that is at hand.
func (t *Terms) ExpandDocument(ctx context.Context, doc *codec.Document) (*Set, error) {
	root := doc.Root()
	x := &expansion{terms: t, set: &Set{URL: strings.Clone(root.Get(nURL).Text()), systems: map[string]*CodeSystem{}}}
	t.open = append(t.open, x.set.URL)
	defer func() { t.open = t.open[:len(t.open)-1] }()
	all := parts{}
	err := x.compose(ctx, root.Get(nCompose), all)
	if brought := root.Get(nExpansion); brought.Exists() && (err != nil || !root.Get(nCompose).Exists()) {
		if listing, ok := x.contained(brought); ok {
			all, err = listing, nil
		}
	}
	if err != nil {
		return nil, err
	}
	x.set.parts = all
	return x.set, nil
}

// CodeSystem finds a code system by its canonical url; nil where it is not known.
func (t *Terms) CodeSystem(ctx context.Context, canonical string) (*CodeSystem, error) {
	if cs, asked := t.systems[canonical]; asked {
		return cs, nil
	}
	url, version, _ := strings.Cut(canonical, "|")
	doc, err := t.read(url, func() (*codec.Document, error) { return t.source.CodeSystem(ctx, url, version) })
	if err != nil {
		return nil, err
	}
	var cs *CodeSystem
	if doc != nil {
		if cs, err = ReadCodeSystem(doc); err != nil {
			return nil, err
		}
	}
	t.systems[canonical] = cs
	return cs, nil
}

func (t *Terms) read(url string, read func() (*codec.Document, error)) (*codec.Document, error) {
	if t.source == nil {
		return nil, nil
	}
	if t.reads++; t.reads > MaxReads {
		return nil, faulty(outcome.TooCostly, url, "too many definitions are needed")
	}
	return read()
}

// expansion is one value set on its way.
type expansion struct {
	terms *Terms
	set   *Set
	// active leaves out concepts that are inactive (ValueSet.compose.inactive false).
	active bool
}

func (x *expansion) compose(ctx context.Context, compose codec.Value, all parts) error {
	x.active = compose.Get(nInactive).Kind() == codec.False
	for v := range compose.Get(nInclude).Each() {
		some, err := x.included(ctx, v)
		if err != nil {
			return err
		}
		if all.add(some); all.size() > MaxCodes {
			return faulty(outcome.TooCostly, x.set.URL, "the value set has more than %d codes", MaxCodes)
		}
	}
	for v := range compose.Get(nExclude).Each() {
		some, err := x.included(ctx, v)
		if err != nil {
			return err
		}
		all.remove(some)
	}
	return nil
}

// included is what one include or exclude comes to: what is in the system's part and in each of the value sets.
func (x *expansion) included(ctx context.Context, v codec.Value) (parts, error) {
	var out parts
	if system := v.Get(nSystem).Text(); system != "" {
		p, err := x.ofSystem(ctx, system, v)
		if err != nil {
			return nil, err
		}
		out = parts{strings.Clone(system): p}
		if p.empty() {
			out = parts{}
		}
	}
	for canonical := range v.Get(nValueSet).Each() {
		set, err := x.terms.Expand(ctx, canonical.Text())
		if err != nil {
			return nil, err
		}
		for system, cs := range set.systems {
			x.set.systems[system] = cs
		}
		if out == nil {
			out = parts{}
			out.add(set.parts)
		} else {
			out = out.and(set.parts)
		}
	}
	if out.size() > MaxCodes {
		return nil, faulty(outcome.TooCostly, x.set.URL, "the value set has more than %d codes", MaxCodes)
	}
	return out, nil
}

// ofSystem is the part of a code system that an include names: by its concepts, by filters, or whole.
func (x *expansion) ofSystem(ctx context.Context, system string, v codec.Value) (part, error) {
	if v.Get(nConcept).Exists() {
		p := listed()
		for c := range v.Get(nConcept).Each() {
			p.codes[strings.Clone(c.Get(nCode).Text())] = struct{}{}
		}
		return p, nil
	}
	canonical := system
	if version := v.Get(nVersion).Text(); version != "" {
		canonical += "|" + version
	}
	cs, err := x.terms.CodeSystem(ctx, canonical)
	if err != nil {
		return part{}, err
	}
	filters := v.Get(nFilter)
	if !filters.Exists() {
		return x.whole(system, cs), nil
	}
	if cs == nil {
		return part{}, faulty(outcome.NotFound, system, "the value set filters a code system that is not known here")
	}
	found := cs.all()
	for f := range filters.Each() {
		more, err := cs.filter(f)
		if err != nil {
			return part{}, err
		}
		found = found.and(more)
	}
	return x.onlyActive(cs, found), nil
}

// whole is all of a code system, without a list.
func (x *expansion) whole(system string, cs *CodeSystem) part {
	p := part{whole: true, codes: codes{}}
	if cs == nil {
		return p
	}
	x.set.systems[strings.Clone(system)] = cs
	if x.active {
		for i := range cs.concepts {
			if cs.concepts[i].inactive() {
				p.codes[cs.concepts[i].code] = struct{}{}
			}
		}
	}
	return p
}

func (x *expansion) onlyActive(cs *CodeSystem, p part) part {
	if !x.active {
		return p
	}
	return p.but(cs.where((*concept).inactive))
}

// contained reads an expansion that the value set brings along; false where it is only a page of it.
func (x *expansion) contained(expansion codec.Value) (parts, bool) {
	out, n := parts{}, int64(0)
	x.list(expansion.Get(nContains), out, &n, 0)
	total, stated := expansion.Get(nTotal).Int()
	return out, n <= MaxCodes && (!stated || n >= total)
}

func (x *expansion) list(contains codec.Value, out parts, n *int64, depth int) {
	for v := range contains.Each() {
		if *n++; *n > MaxCodes || depth > maxNesting {
			*n = MaxCodes + 1
			return
		}
		if code := v.Get(nCode).Text(); code != "" && v.Get(nAbstract).Kind() != codec.True {
			system := strings.Clone(v.Get(nSystem).Text())
			if _, ok := out[system]; !ok {
				out[system] = listed()
			}
			out[system].codes[strings.Clone(code)] = struct{}{}
		}
		x.list(v.Get(nContains), out, n, depth+1)
	}
}
