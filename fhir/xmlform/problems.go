package xmlform

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/spelling"
)

// problem is an Issue but for its place. Its text holds nothing of the document; found may.
type problem struct {
	text, found, expected string
}

// The problems that have no parameters.
var (
	noResource = problem{text: "The element holds no resource.",
		found: "nothing", expected: "a resource, as an element that is named for its type"}
	secondResource = problem{text: "The element holds more than one resource.",
		found: "a second one", expected: "an element of its own for each resource"}
	twice = problem{text: "The element is given twice.",
		found: "a second one", expected: "the element once"}
	strayText = problem{text: "There is text between elements.",
		found: "text", expected: "values in the attribute value, and nothing but elements within elements"}
	emptyPrimitive = problem{text: "An element may not be empty.",
		found: "an element without value, id and extension", expected: "at least one of them, or no element at all"}
)

func wrongNamespace(found, expected string) problem {
	p := problem{text: "The element is in the wrong namespace.", found: shorten(found), expected: expected}
	if found == "" {
		p.found = "no namespace"
	}
	return p
}

func unknownResource(name string) problem {
	return problem{text: "The element names no resource type of R4.", found: shorten(name), expected: "a resource type of R4, such as Claim"}
}

func unknownElement(t codec.Type, name string) problem {
	p := problem{text: "There is no such element.", found: shorten(name), expected: "one of " + enumerate(t.Names())}
	if isAttributeOf(t, name) {
		p.text, p.expected = "This is no element but an attribute.", name+`="…" in the tag`
		return p
	}
	if near := spelling.Nearest(name[:min(len(name), spelling.MaxLength+1)], t.Names()); near != "" {
		p.expected = fmt.Sprintf("perhaps %q", near)
	}
	return p
}

func unknownAttribute(name string) problem {
	return problem{text: "There is no such attribute here.", found: shorten(name),
		expected: "value on primitives, url on extensions, id on everything but resources"}
}

func misplaced(before string, t codec.Type) problem {
	return problem{text: "The element is not in its place: in XML the order of elements is fixed, and elements of one name stand together.",
		found: "the element behind " + before, expected: "this order: " + strings.Join(t.Names(), ", ")}
}

// problem reports what is wrong at the token that was scanned, and says whether to go on.
func (r *reader) problem(p problem) bool { return r.problemAt(r.all.from, p) }

// problemBelow reports what is wrong with an element that the path does not have yet.
func (r *reader) problemBelow(name string, p problem) bool {
	if !isIdentifier(name) {
		return r.problem(p)
	}
	r.path = append(r.path, step{name, -1})
	defer func() { r.path = r.path[:len(r.path)-1] }()
	return r.problem(p)
}

func (r *reader) problemAt(at int, p problem) bool {
	r.issues = append(r.issues, outcome.Issue{
		Severity: outcome.Failure, Code: outcome.Structure, Expression: r.where(),
		Text: fmt.Sprintf("%s (%s)", p.text, r.position(at)), Found: p.found, Expected: p.expected,
	})
	if len(r.issues) < r.most {
		return true
	}
	r.issues = append(r.issues, outcome.Issue{Severity: outcome.Information, Code: outcome.Informational,
		Text: fmt.Sprintf("Checking stopped after %d problems; there may be more.", r.most)})
	return false
}

// where is the FHIRPath of the element that is being read.
func (r *reader) where() string {
	var b strings.Builder
	for i, s := range r.path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		if s.index >= 0 {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		}
	}
	return b.String()
}

// syntaxIssue reports why the scanner stopped.
func (r *reader) syntaxIssue() {
	w := r.wrong
	place := r.position(w.at)
	issue := outcome.Issue{Severity: outcome.Fatal, Code: outcome.Structure, Expression: r.where(), Found: w.found, Expected: w.expected}
	switch w.kind {
	case malformed:
		issue.Text = fmt.Sprintf("The XML is broken at byte %d (%s); nothing behind it was checked.", w.at, place)
		issue.Found = "the end of the body"
		if w.at < len(r.body) {
			issue.Found = shorten(string(r.body[w.at:min(w.at+12, len(r.body))]))
		}
	case doctype:
		issue.Text = fmt.Sprintf("Document types and their entities are not accepted (%s).", place)
	case encoding:
		issue.Code, issue.Found = outcome.NotSupported, shorten(w.found)
		issue.Text = "The body is not in the encoding that is accepted."
	case excessive:
		issue.Code = outcome.TooCostly
		issue.Text = fmt.Sprintf("The XML is larger in some way than any resource (%s).", place)
	}
	r.issues = append(r.issues, issue)
}

func tooLong(size, limit int) outcome.Issue {
	return outcome.Issue{Severity: outcome.Fatal, Code: outcome.TooLong, Text: "The body is too large.",
		Found: fmt.Sprintf("%d bytes", size), Expected: fmt.Sprintf("at most %d bytes", limit)}
}

const (
	mostFound      = 48
	mostEnumerated = 16
)

// shorten quotes a value of the request: on one line, printable, and not for longer than a reader needs.
func shorten(value string) string {
	n := 0
	for i := range value {
		if n++; n > mostFound {
			return strconv.Quote(value[:i]) + "…"
		}
	}
	return strconv.Quote(strings.ToValidUTF8(value, string(utf8.RuneError)))
}

func enumerate(list []string) string {
	if len(list) <= mostEnumerated {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s, … (%d in all)", strings.Join(list[:mostEnumerated], ", "), len(list))
}

// isIdentifier says whether a name can stand in a path as it is.
func isIdentifier(name string) bool {
	if name == "" || len(name) > spelling.MaxLength {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
