package memory

import (
	"sync"

	"claimwright/fhir/search"
)

// shelf holds the resources of one type, and the index of those parameters that were searched by.
type shelf struct {
	resources map[string]*resource
	ids       ordered

	mu    sync.Mutex // held while an index is made by whoever reads the store
	terms map[string]postings
}

// postings are the resources by the text of a term of one parameter.
type postings map[string]map[*resource]struct{}

// add needs the store's lock for writing.
func (sh *shelf) add(id string, r *resource) {
	sh.resources[id] = r
	sh.ids.add(id)
}

// index replaces what a resource is found by. It needs the store's lock for writing.
func (sh *shelf) index(r *resource, before, after *search.Values) {
	if len(sh.terms) == 0 {
		return
	}
	if before != nil {
		for i := range before.Terms {
			if p := sh.terms[before.Terms[i].Param]; p != nil {
				p.drop(before.Terms[i].Text, r)
			}
		}
	}
	if after != nil {
		for i := range after.Terms {
			if p := sh.terms[after.Terms[i].Param]; p != nil {
				p.add(after.Terms[i].Text, r)
			}
		}
	}
}

func (p postings) add(text string, r *resource) {
	if p[text] == nil {
		p[text] = map[*resource]struct{}{}
	}
	p[text][r] = struct{}{}
}

func (p postings) drop(text string, r *resource) {
	delete(p[text], r)
	if len(p[text]) == 0 {
		delete(p, text)
	}
}

// candidates are resources among which all matches are: the fewest that a clause of terms or ids alone leads to. Without
// such a clause it answers false: all resources of the type are candidates. It needs the store's lock.
func (sh *shelf) candidates(q *search.Query) (found map[*resource]struct{}, narrowed bool) {
	for i := range q.Where {
		c := &q.Where[i]
		if c.Not || !byKey(c) {
			continue
		}
		of := sh.union(c)
		if !narrowed || len(of) < len(found) {
			found, narrowed = of, true
		}
	}
	return found, narrowed
}

func byKey(c *search.Clause) bool {
	for i := range c.AnyOf {
		if k := c.AnyOf[i].Kind; k != search.HasTerm && k != search.HasID {
			return false
		}
	}
	return true
}

func (sh *shelf) union(c *search.Clause) map[*resource]struct{} {
	if len(c.AnyOf) == 1 && c.AnyOf[0].Kind == search.HasTerm {
		return sh.param(c.AnyOf[0].Param)[c.AnyOf[0].Text]
	}
	all := map[*resource]struct{}{}
	for i := range c.AnyOf {
		cond := &c.AnyOf[i]
		if cond.Kind == search.HasTerm {
			for r := range sh.param(cond.Param)[cond.Text] {
				all[r] = struct{}{}
			}
		} else if r := sh.resources[cond.Text]; r != nil {
			all[r] = struct{}{}
		}
	}
	return all
}

// param is the index of a parameter, made now if this is the first search by it.
func (sh *shelf) param(name string) postings {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if p, made := sh.terms[name]; made {
		return p
	}
	p := postings{}
	for _, r := range sh.resources {
		if r.values == nil {
			continue
		}
		for i := range r.values.Terms {
			if r.values.Terms[i].Param == name {
				p.add(r.values.Terms[i].Text, r)
			}
		}
	}
	if sh.terms == nil {
		sh.terms = map[string]postings{}
	}
	sh.terms[name] = p
	return p
}
