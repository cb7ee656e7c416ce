package search

import (
	"strings"

	"claimwright/fhir/spelling"
)

// hintOf is at the parameter of a type that was probably meant by an unknown name.
func (p *parser) hintOf(resourceType, name string) string {
	if p.options.Custom.awaits(resourceType, name) {
		return beingIndexed
	}
	params := p.options.Custom.Params(resourceType)
	names := make([]string, len(params))
	for i, param := range params {
		names[i] = param.Name
	}
	return nearest(name, names)
}

// beingIndexed says of a parameter why searches do not know it yet.
const beingIndexed = "; this one was defined a short while ago and is still being indexed: try again later"

// hint is at the parameter that was probably meant by an unknown name, empty where nothing is near.
func (p *parser) hint(name string) string {
	base, _, _ := strings.Cut(name, ":")
	if p.options.Custom.awaits(p.query.Type, base) {
		return beingIndexed
	}
	params := p.options.Custom.Params(p.query.Type)
	names := make([]string, 0, len(params)+len(resultNames))
	for _, param := range params {
		if !p.across || param.Name[0] == '_' { // what all types have
			names = append(names, param.Name)
		}
	}
	return nearest(base, append(names, resultNames...))
}

// resultNames are the parameters that resultParam knows.
var resultNames = []string{"_count", "_sort", "_total", "_summary", "_elements", "_contained", "_include", "_revinclude", "_has", "_list"}

// nearest is a hint at the word that was probably meant, empty where nothing is near.
func nearest(word string, candidates []string) string {
	if near := spelling.Nearest(word, candidates); near != "" {
		return "; perhaps " + near
	}
	return ""
}
