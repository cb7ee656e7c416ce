package registry

import (
	"slices"
	"strings"
)

// Part is an element that a subset of a resource may have to keep (R4 search, _summary and _elements): one that is marked as
// part of the summary, that modifies the meaning of what surrounds it, or that must be there.
type Part struct {
	// Name is the element's name, a choice's without its "[x]".
	Name string
	// Choice tells that the name in JSON has the type at its end.
	Choice bool
	// Types are the complex types of the element, for a choice all types; nil for a primitive, for an element that is defined
	// in place and for a whole resource.
	Types []string
	// Inside is the path to ask Parts for where the element is defined in place, as "Claim.item" is; else empty.
	Inside                      string
	Summary, Modifier, Required bool
}

// partLine is a line of the table: a path and its parts, separated by bars.
type partLine struct{ path, parts string }

// Parts lists the parts of a resource type ("Claim"), a data type ("Identifier") or an element that is defined in place
// ("Claim.item"), in order of definition; nil for any other path. Each call makes the list anew.
func Parts(path string) []Part {
	i, found := slices.BinarySearchFunc(partLines, path, func(l partLine, path string) int { return strings.Compare(l.path, path) })
	if !found {
		return nil
	}
	var parts []Part
	for text := range strings.SplitSeq(partLines[i].parts, "|") {
		parts = append(parts, readPart(text))
	}
	return parts
}

func readPart(text string) Part {
	name, rest, _ := strings.Cut(text, " ")
	marks, inside, _ := strings.Cut(rest, " ")
	p := Part{Summary: strings.Contains(marks, "s"), Modifier: strings.Contains(marks, "m"), Required: strings.Contains(marks, "r")}
	p.Name, p.Choice = strings.CutSuffix(name, "[x]")
	if path, inPlace := strings.CutPrefix(inside, "@"); inPlace {
		p.Inside = path
	} else if inside != "" {
		p.Types = strings.Split(inside, ",")
	}
	return p
}
