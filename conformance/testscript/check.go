package testscript

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/spelling"
)

// checker holds what a script declares, to find what it uses without declaring it.
type checker struct {
	script *Script
	// fixtures are those that are declared; sources are also the ids of requests and responses.
	fixtures, sources []string
	wrong             Mistakes
}

// check finds what would make a script fail for a reason of its own: broken invariants of the resource (tst-1 to tst-13) and names
// that nothing declares.
func (s *Script) check() Mistakes {
	c := &checker{script: s}
	for i := range s.Fixtures {
		id := s.Fixtures[i].ID
		at := fmt.Sprintf("TestScript.fixture[%d]", i)
		if id == "" {
			c.add(at, "the fixture has no id", "", "")
		} else if slices.Contains(c.fixtures, id) {
			c.add(at+".id", "two fixtures have this id", id, "")
		}
		c.fixtures = append(c.fixtures, id)
	}
	c.sources = slices.Clone(c.fixtures)
	for a := range s.everyAction() {
		if o := a.Operation; o != nil {
			c.sources = append(c.sources, o.RequestID, o.ResponseID)
		}
	}
	for i := range s.Variables {
		c.variable(i)
	}
	for a := range s.everyAction() {
		c.action(a)
	}
	return c.wrong
}

// everyAction yields the actions in the order in which they run.
func (s *Script) everyAction() func(yield func(*Action) bool) {
	return func(yield func(*Action) bool) {
		parts := [][]Action{s.Setup}
		for i := range s.Tests {
			parts = append(parts, s.Tests[i].Actions)
		}
		for _, part := range append(parts, s.Teardown) {
			for i := range part {
				if !yield(&part[i]) {
					return
				}
			}
		}
	}
}

func (c *checker) add(at, text, found, expected string) {
	c.wrong = append(c.wrong, Mistake{File: c.script.Path, At: at, Text: text, Found: found, Expected: expected})
}

// known wants a name to be among others, where one is given.
func (c *checker) known(at, what, name string, names []string) {
	if name == "" || slices.Contains(names, name) || strings.Contains(name, "${") {
		return
	}
	expected := ""
	if near := spelling.Nearest(name, names); near != "" {
		expected = fmt.Sprintf("%q, perhaps", near)
	}
	c.add(at, "the script declares no such "+what, name, expected)
}

func (c *checker) variable(i int) {
	v := &c.script.Variables[i]
	at := fmt.Sprintf("TestScript.variable[%d]", i)
	for j := range i {
		if c.script.Variables[j].Name == v.Name {
			c.add(at+".name", "two variables have this name", v.Name, "")
		}
	}
	if given(v.Expression, v.HeaderField, v.Path) > 1 {
		c.add(at, "a variable has one of expression, headerField and path (tst-3)", "", "")
	}
	c.known(at+".sourceId", "fixture, request or response", v.SourceID, c.sources)
}

func (c *checker) action(a *Action) {
	switch {
	case (a.Operation == nil) == (a.Assert == nil):
		c.add(a.At, "an action is either an operation or an assert (tst-1)", "", "")
	case a.Operation != nil:
		c.operation(a.At+".operation", a.Operation)
	default:
		c.assert(a.At+".assert", a.Assert)
	}
}

func (c *checker) operation(at string, o *Operation) {
	c.known(at+".sourceId", "fixture, request or response", o.SourceID, c.sources)
	c.known(at+".targetId", "fixture, request or response", o.TargetID, c.sources)
	if o.Type == "" && o.Method == "" {
		c.add(at, "an operation needs a type, or a method and a url", "", "")
	}
	if o.Type == "" && o.URL == "" {
		c.add(at, "an operation without a type needs a url", "", "")
	}
}

func (c *checker) assert(at string, a *Assert) {
	c.known(at+".sourceId", "fixture, request or response", a.SourceID, c.sources)
	c.known(at+".compareToSourceId", "fixture, request or response", a.CompareToSourceID, c.sources)
	c.known(at+".minimumId", "fixture", a.MinimumID, c.fixtures)
	var profiles []string
	for id := range c.script.Profiles {
		profiles = append(profiles, id)
	}
	slices.Sort(profiles)
	c.known(at+".validateProfileId", "profile", a.ValidateProfileID, profiles)
	kinds := given(a.ContentType, a.Expression, a.HeaderField, a.MinimumID, a.Path, a.RequestMethod, a.Resource, a.ResponseCode, a.Response, a.ValidateProfileID)
	if a.NavigationLinks {
		kinds++
	}
	if kinds > 1 {
		c.add(at, "an assert states one thing: several of contentType, expression, headerField, minimumId, navigationLinks, path, requestMethod, resource, responseCode, response and validateProfileId are there (tst-5)", "", "")
	}
	if kinds == 0 && a.RequestURL == "" && a.CompareToSourceID == "" {
		c.add(at, "an assert that states nothing", "", "")
	}
	if (a.CompareToSourceID == "") != (given(a.CompareToSourceExpression, a.CompareToSourcePath) == 0) {
		c.add(at, "compareToSourceId and compareToSourceExpression or compareToSourcePath go together (tst-10)", "", "")
	}
	if a.Direction == Request && given(a.Response, a.ResponseCode) > 0 {
		c.add(at, "a request has no status (tst-12)", "", "")
	}
}

// given counts what is not empty.
func given(values ...string) (n int) {
	for _, v := range values {
		if v != "" {
			n++
		}
	}
	return n
}
