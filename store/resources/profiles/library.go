package profiles

import (
	"context"
	"strings"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"claimwright/fhir/codec"
	"claimwright/fhir/profile"
	"claimwright/fhir/terminology"
	"claimwright/store/resources"
)

// Bounds of the cache: profiles, and elements in all of them together.
const (
	maxProfiles = 500
	maxElements = 200_000
)

// Library holds the compiled profiles of one store. It is safe for concurrent use.
type Library struct {
	mu       sync.Mutex
	compiled *simplelru.LRU[version, *profile.Profile]
	elements int
}

// version is one version of a stored StructureDefinition.
type version struct{ id, version, updated string }

// New makes an empty library.
func New() *Library {
	l := &Library{}
	compiled, err := simplelru.NewLRU(maxProfiles, func(_ version, p *profile.Profile) { l.elements -= p.Size() })
	if err != nil { // only for a size of 0
		panic(err)
	}
	l.compiled = compiled
	return l
}

func (l *Library) get(v version) *profile.Profile {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, _ := l.compiled.Get(v)
	return p
}

func (l *Library) add(v version, p *profile.Profile) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.compiled.Peek(v); known {
		return
	}
	l.elements += p.Size()
	l.compiled.Add(v, p)
	for l.elements > maxElements && l.compiled.Len() > 1 {
		l.compiled.RemoveOldest()
	}
}

// Found is what one principal finds. It remembers what it has looked up, is meant for one check, and belongs to one goroutine.
type Found struct {
	library     *Library
	definitions resources.Definitions
	terms       *terminology.Terms
	sets        map[string]*terminology.Set
	documents   map[string]*codec.Document
}

var (
	_ profile.Source = (*Found)(nil)
	_ profile.Terms  = (*Found)(nil)
)

// For is what a principal finds among what is stored.
func (l *Library) For(reads *resources.Reads, p resources.Principal) *Found {
	definitions := reads.Definitions(p)
	return &Found{
		library: l, definitions: definitions, terms: terminology.New(definitions),
		sets: map[string]*terminology.Set{}, documents: map[string]*codec.Document{},
	}
}

// find reads a StructureDefinition, nil where there is none.
func (f *Found) find(ctx context.Context, canonical string) (*codec.Document, error) {
	if doc, ok := f.documents[canonical]; ok {
		return doc, nil
	}
	url, business, _ := strings.Cut(canonical, "|")
	doc, err := f.definitions.Find(ctx, "StructureDefinition", url, business)
	if err != nil {
		return nil, err
	}
	f.documents[canonical] = doc
	return doc, nil
}

// Definition implements profile.Source.
func (f *Found) Definition(ctx context.Context, canonical string) ([]byte, error) {
	doc, err := f.find(ctx, canonical)
	return doc.Bytes(), err
}

// Profile implements profile.Source. A profile that builds on another stored one is compiled anew each time, because the
// other may have changed.
func (f *Found) Profile(ctx context.Context, canonical string) (*profile.Profile, error) {
	doc, err := f.find(ctx, canonical)
	if doc == nil || err != nil {
		return nil, err
	}
	v := version{doc.ID(), doc.VersionID(), doc.LastUpdated()}
	if p := f.library.get(v); p != nil {
		return p, nil
	}
	p, err := profile.Compile(ctx, doc.Bytes(), f)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, &profile.Unusable{Canonical: canonical, Reason: err}
	}
	if p.Alone() {
		f.library.add(v, p)
	}
	return p, nil
}

// Contains implements profile.Terms. What cannot be expanded, for whatever reason, is not known.
func (f *Found) Contains(ctx context.Context, valueSet, system, code string) (in, known bool) {
	set, ok := f.sets[valueSet]
	if !ok {
		var err error
		if set, err = f.terms.Expand(ctx, valueSet); err != nil {
			set = nil
		}
		f.sets[valueSet] = set
	}
	if set == nil {
		return false, false
	}
	answer := set.HasCode(code)
	if system != "" {
		answer = set.Has(system, code)
	}
	return answer == terminology.In, answer != terminology.Unverified
}
