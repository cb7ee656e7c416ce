package given

import (
	"slices"
	"strings"

	"claimwright/adjudication/packs"
	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// packs switches shipped rule packs on. A list that the scenario brings itself, under the name that the rules call it by,
// stands in the place of the pack's.
func (b *builder) packs(o *source.Object) {
	for _, n := range o.List("packs") {
		name := source.TextOf(n, b.problems)
		pack, ok := packs.Named(name)
		if !ok {
			b.problems.Add(n.At, "There is no such pack", name, "one of "+strings.Join(packs.Names(), ", "))
			continue
		}
		for i := range pack.Files {
			f := &pack.Files[i]
			parsed, mistakes := source.Parse(f.Name, f.Body)
			*b.problems = append(*b.problems, mistakes...)
			r, ok := tree.FromYAML(parsed, b.problems).(*tree.Object)
			if !ok || f.IsList() && b.replaced(r) {
				continue
			}
			if !f.IsList() {
				r.Set("status", "active")
			}
			b.add(r)
		}
	}
}

// replaced tells whether there is a list with the name of this one.
func (b *builder) replaced(list *tree.Object) bool {
	return slices.ContainsFunc(b.Resources, func(r *tree.Object) bool {
		return r.Get("resourceType") == tree.Text("ValueSet") && r.Get("name") == list.Get("name")
	})
}
