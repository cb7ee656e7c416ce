package patch

import (
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var (
	nParameter = codec.Intern("parameter")
	nPart      = codec.Intern("part")
	nName      = codec.Intern("name")
)

// ParseParameters reads a FHIRPath Patch (R4 fhirpatch.html): Parameters with a parameter "operation" for each change. The
// error is an *outcome.Error that names the element: 400 for what is none, 413 for one of too many operations.
func ParseParameters(doc *codec.Document) (*Patch, error) {
	if doc.Type() != "Parameters" {
		return nil, malformed("resourceType", doc.Type(), "Parameters", "the resource is no FHIRPath Patch")
	}
	list := doc.Root().Get(nParameter)
	if n := list.Len(); n > MaxOperations {
		return nil, tooMany(n)
	}
	p := &Patch{}
	var issues []outcome.Issue
	for parameter := range list.Each() {
		o, err := readChange(parameter)
		if err != nil {
			issues = append(issues, err.Issues...)
			continue
		}
		p.operations = append(p.operations, o)
	}
	if len(issues) > 0 {
		return nil, outcome.Of(400, issues[:min(len(issues), mostIssues)])
	}
	return p, nil
}

// change is one operation of a FHIRPath Patch.
type change struct {
	where string // in the Parameters
	op    string
	// text is the path as it was sent, path what it means below the resource.
	text string
	path path
	name string
	// value is that of add, insert and replace.
	value given
	// index is that of insert; source and destination are those of move.
	index, source, destination int
}

func (c *change) at() string { return c.where }

// wanted are the parts that each operation needs beside type and path.
var wanted = map[string][]string{
	"add":     {"name", "value"},
	"insert":  {"value", "index"},
	"delete":  nil,
	"replace": {"value"},
	"move":    {"source", "destination"},
}

func readChange(parameter codec.Value) (*change, *outcome.Error) {
	c := &change{where: parameter.Path()}
	if name := parameter.Get(nName).Text(); name != "operation" {
		return nil, malformed(c.where+".name", name, "operation", "a FHIRPath Patch has no parameter of this name")
	}
	seen := map[string]codec.Value{}
	for part := range parameter.Get(nPart).Each() {
		name := strings.Clone(part.Get(nName).Text())
		if _, twice := seen[name]; twice {
			return nil, malformed(part.Path(), name, "each part once", "the part is there twice")
		}
		seen[name] = part
	}
	c.op = partText(seen["type"])
	needed, known := wanted[c.op]
	if !known {
		return nil, malformed(c.where, "the type "+shorten(c.op), "add, insert, delete, replace or move", "the operation has no type that is known")
	}
	for _, name := range append([]string{"path"}, needed...) {
		part, there := seen[name]
		if !there {
			return nil, malformed(c.where, "no part "+name, "a part "+name, "the operation %s is not complete", c.op)
		}
		if err := c.read(name, part); err != nil {
			return nil, err
		}
	}
	if err := c.onlyWanted(parameter); err != nil {
		return nil, err
	}
	return c, nil
}

// onlyWanted refuses parts that the operation does not have: an add with an index would not do what was meant.
func (c *change) onlyWanted(parameter codec.Value) *outcome.Error {
	for part := range parameter.Get(nPart).Each() {
		name := strings.Clone(part.Get(nName).Text())
		if name == "type" || name == "path" || slices.Contains(wanted[c.op], name) {
			continue
		}
		expected := strings.Join(append([]string{"type", "path"}, wanted[c.op]...), ", ")
		return malformed(part.Path(), shorten(name), expected, "the operation %s has no part of this name", c.op)
	}
	return nil
}

// partText is the text of a part's value, whatever its type.
func partText(part codec.Value) string {
	for name, v := range part.Members() {
		if strings.HasPrefix(name.String(), "value") {
			return strings.Clone(v.Text())
		}
	}
	return ""
}

func (c *change) read(name string, part codec.Value) (err *outcome.Error) {
	switch name {
	case "path":
		c.text = partText(part)
		parsed, problem := parsePath(c.text)
		if problem != nil {
			return malformed(part.Path(), c.text, "a path such as Patient.name.where(use = 'official').given", "the path cannot be used in a patch: %s", problem)
		}
		c.path = parsed
	case "name":
		c.name = partText(part)
	case "value":
		c.value, err = readGiven(part, 0)
	case "index":
		c.index, err = partIndex(part)
	case "source":
		c.source, err = partIndex(part)
	case "destination":
		c.destination, err = partIndex(part)
	}
	return err
}

func partIndex(part codec.Value) (int, *outcome.Error) {
	text := partText(part)
	n, ok := index(text, 1<<30)
	if !ok {
		return 0, malformed(part.Path(), shorten(text), "a whole number from 0 on", "the part is no index")
	}
	return n, nil
}
