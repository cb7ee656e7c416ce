package codec

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"claimwright/fhir/outcome"
	"claimwright/fhir/spelling"
)

// problem is an Issue but for its place. Its text must not hold any data of the document; found may.
type problem struct {
	code, text, found, expected string
	// child is an element below the place, for what is not on the tape: a missing or unknown element.
	child string
}

// located is an issue with the node it is about, by which issues are sorted.
type located struct {
	at    uint32
	issue outcome.Issue
}

// The problems that have no parameters.
var (
	emptyObject = problem{code: outcome.Structure,
		text:  "An object may not be empty.",
		found: "{}", expected: "at least one member, or no object at all"}
	emptyArray = problem{code: outcome.Structure,
		text:  "An array may not be empty.",
		found: "[]", expected: "at least one element, or no array at all"}
	lonelyNull = problem{code: outcome.Structure,
		text:  "A null in an array of primitives needs an object at the same place of the array of the same name with an underscore.",
		found: "null", expected: "a value, or an extension at the same index"}
	unequalArrays = problem{code: outcome.Structure,
		text:  "An array of primitives and the array of the same name with an underscore must have the same length.",
		found: "arrays of different lengths", expected: "nulls where one of the two has nothing"}
	missingType = problem{code: outcome.Structure,
		text:  "The resource does not say what it is.",
		found: "no resourceType", expected: "a resourceType of R4, such as Claim", child: "resourceType"}
	nestedContain = problem{code: outcome.Structure,
		text:  "A contained resource may not contain resources itself (dom-2).",
		found: "contained inside contained", expected: "all contained resources side by side in the outer resource"}
)

// problem reports an issue at a node and says whether to go on.
func (p *parser) problem(at uint32, x problem) bool {
	if p.own && x.code != outcome.Structure {
		return true
	}
	path := appendPath(nil, p.tape, p.rootType, at, p.schema.choiceStems)
	if x.child != "" {
		path = append(append(path, '.'), x.child...)
	}
	p.problems = append(p.problems, located{at, outcome.Issue{
		Severity: outcome.Failure, Code: x.code, Expression: strings.TrimPrefix(string(path), "."),
		Text: x.text, Found: x.found, Expected: x.expected,
	}})
	p.stopped = len(p.problems) >= p.limits.MaxProblems
	return !p.stopped
}

// syntaxProblem reports where the JSON broke. Nothing behind that place was looked at, hence fatal.
func (p *parser) syntaxProblem() {
	w := p.wrong
	line, column := position(p.body, w.at)
	text := fmt.Sprintf("The JSON is broken at byte %d (line %d, column %d); nothing behind it was checked.", w.at, line, column)
	found := "the end of the body"
	if w.at < len(p.body) {
		found = shorten(p.body[w.at:min(w.at+12, len(p.body))])
	}
	expected := w.expected
	if w.tooDeep {
		text = fmt.Sprintf("Objects and arrays nest too deep at byte %d (line %d, column %d).", w.at, line, column)
		expected = fmt.Sprintf("at most %d levels", p.maxDepth)
	}
	p.problems = append(p.problems, located{absent, outcome.Issue{
		Severity: outcome.Fatal, Code: outcome.Structure, Expression: p.reachedPath(), Text: text, Found: found, Expected: expected,
	}})
}

// sortedIssues are all issues by place, and a note when there may be more.
func (p *parser) sortedIssues() []outcome.Issue {
	if len(p.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(p.problems, func(a, b located) int {
		if a.at < b.at {
			return -1
		}
		return min(1, int(a.at-b.at))
	})
	issues := make([]outcome.Issue, 0, len(p.problems)+1)
	for _, x := range p.problems {
		issues = append(issues, x.issue)
	}
	if p.stopped {
		issues = append(issues, outcome.Issue{Severity: outcome.Information, Code: outcome.Informational,
			Text: fmt.Sprintf("Checking stopped after %d problems; there may be more.", len(p.problems))})
	}
	return issues
}

func tooLong(size, limit int) outcome.Issue {
	return outcome.Issue{Severity: outcome.Fatal, Code: outcome.TooLong, Text: "The body is too large.",
		Found: fmt.Sprintf("%d bytes", size), Expected: fmt.Sprintf("at most %d bytes", limit)}
}

func unknownType(name []byte) problem {
	x := problem{code: outcome.Structure, text: "The resourceType is not one of R4.",
		found: shorten(name), expected: "a resource type of R4, such as Claim", child: "resourceType"}
	if near := spelling.Nearest(string(name), sortedKeys(compiled().resources)); near != "" {
		x.expected = perhaps(near)
	}
	return x
}

// unknownElement reports a key that the type does not have.
func (p *parser) unknownElement(at uint32, t *elementType, key []byte) bool {
	x := problem{code: outcome.Structure, text: "There is no such element.", found: shorten(key), expected: "one of " + enumerate(t.slotNames())}
	candidates := make([]string, 0, len(t.elements))
	for i := range t.elements {
		if e := &t.elements[i]; e.companion == bytes.HasPrefix(key, []byte("_")) {
			candidates = append(candidates, e.name)
		}
	}
	if near := spelling.Nearest(string(key[:min(len(key), spelling.MaxLength+1)]), candidates); near != "" {
		x.expected = perhaps(near)
	}
	if isIdentifier(key) {
		x.child = string(key)
	}
	return p.problem(at, x)
}

// isIdentifier says whether a key can stand in a path as it is.
func isIdentifier(key []byte) bool {
	if len(key) == 0 || len(key) > spelling.MaxLength || isDigit(key[0]) {
		return false
	}
	for _, c := range key {
		if !isLetter(c) && !isDigit(c) && c != '_' {
			return false
		}
	}
	return true
}

func duplicateKey(e *element) problem {
	return problem{code: outcome.Structure, text: "The element is given twice.",
		found: "a second " + strconv.Quote(e.name), expected: "every key once", child: e.pathName()}
}

func secondChoice(e, other *element) problem {
	return problem{code: outcome.Structure, text: "The element may have one type only.",
		found: fmt.Sprintf("both %q and %q", other.name, e.name), expected: "one of them", child: e.pathName()}
}

func missingElement(s *slot) problem {
	x := problem{code: outcome.Required, text: "A required element is missing.", found: "nothing", expected: strconv.Quote(s.name), child: s.name}
	if s.choices != nil {
		x.expected = "one of " + enumerate(s.choices)
	}
	return x
}

func nullValue(e *element) problem {
	return problem{code: outcome.Structure, text: "null is not a value.", found: "null", expected: e.shape() + ", or no such key"}
}

// misshaped reports a value of the wrong JSON kind, and skips it.
func (p *parser) misshaped(e *element, key Name) bool {
	found := kindOf(p.peek())
	if found == None {
		p.reading = e
		return p.fail("a value")
	}
	expected := e.shape()
	if e.repeated && key != 0 {
		expected = "an array, each element " + expected
	}
	at := p.placeholder(key)
	p.tape[at].flags = e.flags & flagChoice
	ok := p.problem(at, problem{code: outcome.Structure, text: "The value has the wrong shape.", found: found.String(), expected: expected})
	return ok && p.skip(nil)
}

// kindOf tells a value's kind from its first byte, None if no value starts so.
func kindOf(first byte) Kind {
	switch {
	case first == '{':
		return Object
	case first == '[':
		return Array
	case first == '"':
		return String
	case first == 't':
		return True
	case first == 'f':
		return False
	case first == 'n':
		return Null
	case first == '-' || isDigit(first):
		return Number
	}
	return None
}

// shape says what one value of e looks like.
func (e *element) shape() string {
	switch {
	case e.companion:
		return "an object with id or extension"
	case e.typ.anyResource:
		return "a resource"
	case e.typ.primitive == closedCode:
		return "one of " + enumerate(e.typ.codes.ordered)
	case e.typ.primitive != notPrimitive:
		return expectation[e.typ.primitive]
	case e.typ.isReference && e.targets != nil:
		return "a Reference to " + e.targets.text
	}
	if e.typ.name == backboneElement {
		return "an object"
	}
	return "an object (" + e.typ.name + ")"
}

func emptyString(class primitive) problem {
	return problem{code: outcome.Value, text: "A string may not be empty.", found: `""`, expected: expectation[class]}
}

func wrongValue(class primitive, value []byte, kind Kind) problem {
	x := problem{code: outcome.Value, text: "The value does not fit its type.", found: shorten(value), expected: expectation[class]}
	if kind != String { // a number or literal, which needs no quotes
		x.found = strings.Replace(strings.TrimPrefix(x.found, `"`), `"`, "", 1)
	}
	if class == currencyCode && kind == String {
		x.code, x.text = outcome.CodeInvalid, "The currency is not in ISO 4217."
	}
	return x
}

func wrongCode(codes *codeSet, value []byte) problem {
	x := problem{code: outcome.CodeInvalid, text: "The code is not in the required value set " + codes.url + ".",
		found: shorten(value), expected: "one of " + enumerate(codes.ordered)}
	if near := spelling.Nearest(string(value[:min(len(value), spelling.MaxLength+1)]), codes.ordered); near != "" && len(codes.ordered) > maxEnumerated {
		x.expected = perhaps(near)
	}
	return x
}

const (
	maxFound      = 48 // characters of a quoted value
	maxEnumerated = 16 // codes of a value set that are spelt out
)

// shorten quotes a value of the request: on one line, printable, and not for longer than a reader needs.
func shorten(value []byte) string {
	if cut := cutRunes(value, maxFound); cut < len(value) {
		return strconv.Quote(string(value[:cut])) + "…"
	}
	return strconv.Quote(string(value))
}

// cutRunes is the length of the first n characters.
func cutRunes(s []byte, n int) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRune(s[i:])
		i += size
	}
	return i
}

func enumerate(list []string) string {
	if len(list) <= maxEnumerated {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s, … (%d in all)", strings.Join(list[:maxEnumerated], ", "), len(list))
}

// position is the line and column of a byte, both from 1.
func position(body []byte, at int) (line, column int) {
	before := body[:min(at, len(body))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

func perhaps(word string) string { return fmt.Sprintf("perhaps %q", word) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
