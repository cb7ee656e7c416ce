package search

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"claimwright/fhir/outcome"
)

// The bounds of a filter.
const (
	// MaxFilterDepth is how deep the parentheses of a filter may lie within each other.
	MaxFilterDepth = 32
	// MaxFilterTests is the greatest number of comparisons in a filter.
	MaxFilterTests = 100
)

// filterOp is what stands between or before the parts of a filter.
type filterOp uint8

const (
	filterTest filterOp = iota
	filterAnd
	filterOr
	filterNot
)

// filterNode is a filter, or a part of one (R4 search_filter.html).
type filterNode struct {
	op    filterOp
	parts []*filterNode
	// path, compare and value are those of a test: "birthdate ge 2014-10-10".
	path, compare, value string
}

// filterReader reads the grammar of _filter.
type filterReader struct {
	text  string
	at    int
	tests int
	depth int
	issue *outcome.Issue
}

// readFilter reads a filter.
func readFilter(text string) (*filterNode, *outcome.Issue) {
	r := &filterReader{text: text}
	node := r.filter()
	if r.issue == nil {
		if r.space(); r.at < len(r.text) {
			r.fail("and, or, or the end of the filter")
		}
	}
	return node, r.issue
}

// filter reads tests that and and or join. They are taken from left to right, without precedence, as R4 says.
func (r *filterReader) filter() *filterNode {
	left := r.operand()
	for r.issue == nil {
		op := filterAnd
		switch {
		case r.word("and"):
		case r.word("or"):
			op = filterOr
		default:
			return left
		}
		right := r.operand()
		if left.op == op && op != filterTest { // a chain of one operator is one node, so that it is no deeper than it is long
			left.parts = append(left.parts, right)
		} else {
			left = &filterNode{op: op, parts: []*filterNode{left, right}}
		}
	}
	return left
}

// operand reads a test, a filter in parentheses, or one with not before it.
func (r *filterReader) operand() *filterNode {
	negated := r.negation()
	r.space()
	if !negated && !r.sign('(') {
		return r.test()
	}
	if r.depth++; r.depth > MaxFilterDepth {
		r.issue = tooMuch("the parentheses of _filter are nested too deep", MaxFilterDepth)
		return nil
	}
	inner := r.filter()
	if r.space(); r.issue == nil && !r.sign(')') {
		r.fail("a closing parenthesis")
	}
	r.depth--
	if r.issue != nil {
		return nil
	}
	if negated {
		return &filterNode{op: filterNot, parts: []*filterNode{inner}}
	}
	return &filterNode{op: filterAnd, parts: []*filterNode{inner}}
}

// negation reads "not (".
func (r *filterReader) negation() bool {
	before := r.at
	r.space()
	if strings.HasPrefix(r.text[r.at:], "not") {
		r.at += len("not")
		if r.space(); r.sign('(') {
			return true
		}
	}
	r.at = before
	return false
}

// test reads a path, an operator and a value.
func (r *filterReader) test() *filterNode {
	if r.tests++; r.tests > MaxFilterTests {
		r.issue = tooMuch("_filter has too many comparisons", MaxFilterTests)
		return nil
	}
	node := &filterNode{path: r.until("()[]\"")}
	if r.at < len(r.text) && r.text[r.at] == '[' {
		r.issue = notSupported("a filter within a path of _filter is not supported", r.text[r.at:], "a path of names with dots")
		return nil
	}
	if node.path == "" {
		r.fail("a search parameter")
		return nil
	}
	r.space()
	if node.compare = r.until("()[]\""); node.compare == "" {
		r.fail("an operator such as eq")
		return nil
	}
	r.space()
	if r.at < len(r.text) && r.text[r.at] == '"' {
		node.value = r.quoted()
	} else {
		node.value = r.until(")]")
	}
	if r.issue == nil && node.value == "" {
		r.fail("a value")
	}
	return node
}

// until reads a word, up to white space or one of the signs.
func (r *filterReader) until(signs string) string {
	start := r.at
	for r.at < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.text[r.at:])
		if unicode.IsSpace(c) || strings.ContainsRune(signs, c) {
			break
		}
		r.at += size
	}
	return r.text[start:r.at]
}

// quoted reads a JSON string.
func (r *filterReader) quoted() (value string) {
	for end := r.at + 1; end < len(r.text); end++ {
		switch r.text[end] {
		case '\\':
			end++
		case '"':
			if json.Unmarshal([]byte(r.text[r.at:end+1]), &value) != nil {
				r.fail("a JSON string")
			}
			r.at = end + 1
			return value
		}
	}
	r.fail("a JSON string with a quotation mark at its end")
	return ""
}

// word reads a word of the grammar, if it stands here.
func (r *filterReader) word(wanted string) bool {
	before := r.at
	r.space()
	if r.at > before || before > 0 && r.text[before-1] == ')' {
		if r.until("()") == wanted {
			return true
		}
	}
	r.at = before
	return false
}

func (r *filterReader) sign(wanted byte) bool {
	if r.at < len(r.text) && r.text[r.at] == wanted {
		r.at++
		return true
	}
	return false
}

func (r *filterReader) space() {
	for r.at < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.text[r.at:])
		if !unicode.IsSpace(c) {
			return
		}
		r.at += size
	}
}

// fail says what was expected at this place.
func (r *filterReader) fail(expected string) {
	if r.issue != nil {
		return
	}
	found := r.text[r.at:]
	if found == "" {
		found = "the end of the filter"
	}
	r.issue = invalidValue("_filter", found, expected)
}
