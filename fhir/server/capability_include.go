package server

import (
	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/fhir/search"
)

// writeIncludes writes what a search of this type can include: by its own references, and by those to it, which are
// referring.
func writeIncludes(w *codec.Writer, resourceType string, custom *search.Custom, referring []string) {
	w.Array("searchInclude")
	w.String("", "*")
	for _, p := range custom.Params(resourceType) {
		if p.Type == registry.Reference && search.Offered(p) {
			w.String("", resourceType+":"+p.Name)
		}
	}
	w.End()
	w.Array("searchRevInclude")
	w.String("", "*")
	for _, name := range referring {
		w.String("", name)
	}
	w.End()
}

// referringTo lists, for each type, the parameters ("Claim:patient") that may refer to it, sorted.
func referringTo(custom *search.Custom) map[string][]string {
	all := map[string][]string{}
	for _, source := range registry.Types() {
		for _, p := range custom.Params(source) {
			if p.Type != registry.Reference || !search.Offered(p) {
				continue
			}
			targets := p.Targets
			if len(targets) == 0 {
				targets = registry.Types()
			}
			for _, target := range targets {
				all[target] = append(all[target], source+":"+p.Name)
			}
		}
	}
	return all
}
