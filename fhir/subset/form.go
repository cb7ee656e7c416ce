package subset

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"claimwright/fhir/outcome"
)

// kind is what decides which elements stay.
type kind uint8

const (
	whole kind = iota
	summary
	text
	data
	elements
)

// MaxElements bounds the names that _elements may list.
const MaxElements = 200

// Form says how much of each resource is wanted; the zero value is all of it. A Form is immutable and safe for concurrent
// use.
type Form struct {
	kind kind
	// counts is set by _summary=count.
	counts bool
	// names are the elements wanted of every type, typed those wanted of one type ("Claim.total").
	names []string
	typed map[string][]string
}

// Whole tells that nothing is left out, so that stored bytes can be sent as they are.
func (f Form) Whole() bool { return f.kind == whole }

// Counts tells that no resources are wanted, only their number, which is something that only a search has.
func (f Form) Counts() bool { return f.counts }

// Text tells that only the narrative is wanted, with which R4 allows no included resources.
func (f Form) Text() bool { return f.kind == text }

// Included is the form of resources that a search includes beside its matches: a summary is one of everything, the names of
// _elements are those of the matches, unless they say a type.
func (f Form) Included() Form {
	if f.kind != elements {
		return f
	}
	if len(f.typed) == 0 {
		return Form{}
	}
	return Form{kind: elements, typed: f.typed}
}

// Parse reads _summary and _elements; other parameters are none of its business. Empty values count for nothing;
// _summary=count, which asks for no resources at all, leaves them whole. The error is an *outcome.Error with status 400.
func Parse(query url.Values) (Form, error) {
	asked, err := parseSummary(query["_summary"])
	if err != nil {
		return Form{}, err
	}
	listed, err := parseElements(query["_elements"])
	if err != nil {
		return Form{}, err
	}
	if listed.kind == elements && asked.kind != whole {
		return Form{}, refused("_elements", "together with _summary", "one of the two")
	}
	if listed.kind == elements {
		return listed, nil
	}
	return asked, nil
}

func parseSummary(given []string) (Form, error) {
	if len(given) > 1 {
		return Form{}, refused("_summary", strings.Join(given, " and "), "the parameter only once")
	}
	if len(given) == 0 {
		return Form{}, nil
	}
	switch given[0] {
	case "", "false":
		return Form{}, nil
	case "count":
		return Form{counts: true}, nil
	case "true":
		return Form{kind: summary}, nil
	case "text":
		return Form{kind: text}, nil
	case "data":
		return Form{kind: data}, nil
	}
	return Form{}, refused("_summary", given[0], "true, text, data, count or false")
}

// parseElements reads lists of root elements' names, each alone or after its type.
func parseElements(given []string) (Form, error) {
	f := Form{}
	count := 0
	for _, list := range given {
		for name := range strings.SplitSeq(list, ",") {
			name = strings.TrimSuffix(strings.TrimSpace(name), "[x]") // of a choice, as its definition has it
			if name == "" {
				continue
			}
			if count++; count > MaxElements || !plain(name) {
				return Form{}, refused("_elements", name, "the names of at most 200 root elements, as in status,patient")
			}
			f.add(name)
		}
	}
	return f, nil
}

func (f *Form) add(name string) {
	f.kind = elements
	resourceType, element, typed := strings.Cut(name, ".")
	switch {
	case !typed:
		f.names = append(f.names, name)
	case f.typed == nil:
		f.typed = map[string][]string{resourceType: {element}}
	default:
		f.typed[resourceType] = append(f.typed[resourceType], element)
	}
}

// plain tells whether a name can be that of a root element, with its type or without.
func plain(name string) bool {
	dots := 0
	for i := range len(name) {
		switch c := name[i]; {
		case c == '.':
			dots++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_':
		default:
			return false
		}
	}
	return dots <= 1 && len(name) <= 128 && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".")
}

// lists tells whether _elements names a root element of a type. A form with names for some types only leaves the others
// whole.
func (f Form) lists(resourceType, element string) bool {
	return slices.Contains(f.names, element) || slices.Contains(f.typed[resourceType], element)
}

// narrows tells whether the form leaves anything out of a type.
func (f Form) narrows(resourceType string) bool {
	return f.kind != whole && (f.kind != elements || len(f.names) > 0 || f.typed[resourceType] != nil)
}

func refused(name, found, expected string) error {
	err := outcome.New(http.StatusBadRequest, outcome.Value, "", "the parameter %s cannot be used like this", name)
	err.Issues[0].Found, err.Issues[0].Expected = found, expected
	return err
}
