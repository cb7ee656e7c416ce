package profile

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/fhirpath"
	"claimwright/fhir/registry"
)

// loaded is a Source of StructureDefinitions in memory.
type loaded struct {
	texts    map[string][]byte
	compiled map[string]*Profile
}

func load(t testing.TB, texts ...string) *loaded {
	l := &loaded{texts: map[string][]byte{}, compiled: map[string]*Profile{}}
	for _, text := range texts {
		l.add(t, []byte(text))
	}
	return l
}

func (l *loaded) add(t testing.TB, text []byte) {
	r, err := fhirpath.Read(text)
	require.NoError(t, err)
	l.texts[r.Root().First("url").Text()] = text
}

func (l *loaded) Definition(_ context.Context, canonical string) ([]byte, error) {
	url, _, _ := strings.Cut(canonical, "|")
	return l.texts[url], nil
}

func (l *loaded) Profile(ctx context.Context, canonical string) (*Profile, error) {
	url, _, _ := strings.Cut(canonical, "|")
	if p, ok := l.compiled[url]; ok {
		return p, nil
	}
	text, ok := l.texts[url]
	if !ok {
		return nil, nil
	}
	p, err := Compile(ctx, text, l)
	if err != nil {
		return nil, &Unusable{canonical, err}
	}
	l.compiled[url] = p
	return p, nil
}

// listed knows the value sets of the registry, and one of its own.
type listed struct{}

func (listed) Contains(_ context.Context, valueSet, system, code string) (in, known bool) {
	url, _, _ := strings.Cut(valueSet, "|")
	if url == "http://x/ValueSet/ab" {
		return (system == "http://s" || system == "") && (code == "a" || code == "b"), true
	}
	set, ok := registry.ValueSet(url)
	if !ok {
		return false, false
	}
	if system != "" {
		return set.Has(system, code), true
	}
	return slices.ContainsFunc(set.Groups, func(g registry.CodeGroup) bool { return slices.Contains(g.Codes, code) }), true
}
