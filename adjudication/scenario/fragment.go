package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
	"claimwright/fhir/search"
	"claimwright/store"
)

// stored is a fragment that some stored resource of its type must contain, or none must.
type stored struct {
	at       source.Position
	fragment *tree.Object
	absent   bool
}

// fragments reads raw expectations: "response" is contained in the answer, "stored" in some stored resource, "absent" in
// none.
func (e *expecting) fragments(r *stepReader) {
	if n := e.Get("response"); n != nil {
		fragment := tree.FromYAML(n, e.problems)
		for _, leaf := range leaves("", fragment) {
			e.add(n, "response"+leaf.path, leaf.text, func(a *answer) string { return lookUp(a.tree, fragment, leaf, a.replace) }, nil)
		}
	}
	for _, key := range []string{"stored", "absent"} {
		for _, n := range e.List(key) {
			fragment, ok := tree.FromYAML(n, e.problems).(*tree.Object)
			if !ok || fragment.Get("resourceType") == nil {
				e.problems.Add(n.At, "This is no resource", n.Describe(), "a map with resourceType and what it contains")
				continue
			}
			r.checkNames(fragment, n.At)
			e.step.stored = append(e.step.stored, stored{at: n.At, fragment: fragment, absent: key == "absent"})
		}
	}
}

// leaf is one value of a fragment with its path; only for messages.
type leaf struct{ path, text string }

// leaves are what a fragment says at its first level: one check for each member.
func leaves(path string, v tree.Value) []leaf {
	o, ok := v.(*tree.Object)
	if !ok {
		return []leaf{{path, string(tree.Marshal(v, nil))}}
	}
	var all []leaf
	for _, name := range o.Names() {
		all = append(all, leaf{path + "." + name, string(tree.Marshal(o.Get(name), nil))})
	}
	return all
}

// lookUp is the leaf's own text if the resource contains it, else what the resource has in its place.
func lookUp(resource any, fragment tree.Value, l leaf, replace func(string) string) string {
	name := strings.TrimPrefix(l.path, ".")
	members, _ := resource.(map[string]any)
	o, _ := fragment.(*tree.Object)
	if contains(members[name], tree.Replace(o.Get(name), replace)) {
		return l.text
	}
	found, err := json.Marshal(members[name])
	if err != nil {
		return err.Error()
	}
	return string(found)
}

// contains tells whether a JSON value holds all that a fragment says: of objects the members named, of lists an element
// for each, of numbers the same value. Null is contained where there is nothing.
func contains(found any, fragment tree.Value) bool {
	switch f := fragment.(type) {
	case nil:
		return found == nil
	case *tree.Object:
		members, ok := found.(map[string]any)
		for _, name := range f.Names() {
			if !ok || !contains(members[name], f.Get(name)) {
				return false
			}
		}
		return ok
	case tree.List:
		elements, _ := found.([]any)
		for _, want := range f {
			if !slices.ContainsFunc(elements, func(e any) bool { return contains(e, want) }) {
				return false
			}
		}
		return true
	case tree.Number:
		n, ok := found.(json.Number)
		return ok && sameNumber(string(f), n.String())
	case tree.Text:
		text, ok := found.(string)
		return ok && text == string(f)
	}
	return found == fragment
}

// holds looks for the fragment in the store; found says what is there instead when it does not hold.
func (s *stored) holds(ctx context.Context, p *play) (found string, ok bool, err error) {
	kind, _ := s.fragment.Get("resourceType").(tree.Text)
	fragment := tree.Replace(s.fragment, p.replace)
	n := 0
	err = p.each(ctx, string(kind), func(body []byte) error {
		resource, err := decode(body)
		if err == nil && contains(resource, fragment) {
			n++
		}
		found = string(body)
		return err
	})
	if s.absent {
		return fmt.Sprintf("%d of them", n), n == 0, err
	}
	return fmt.Sprintf("none; the last %s is %s", kind, or(found, "not there")), n > 0, err
}

// each visits the current resources of a type.
func (p *play) each(ctx context.Context, kind string, visit func([]byte) error) error {
	var after store.Position
	for {
		page, err := p.store.Search(ctx, store.System(), &search.Query{Type: kind, Count: 200}, after)
		if err != nil {
			return fmt.Errorf("search %s: %w", kind, err)
		}
		for _, r := range page.Records {
			if err := visit(r.Body); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}
