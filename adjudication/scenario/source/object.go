package source

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Object reads a map key by key and remembers which keys were asked for, so that Done can tell of the others. A nil Object
// has no keys.
type Object struct {
	Node     *Node
	problems *Problems
	asked    []string
}

// Object reads the node as a map; anything else is a problem and reads like an empty map. An absent node is an empty map.
func (n *Node) Object(problems *Problems) *Object {
	o := &Object{Node: n, problems: problems}
	if n.Absent() {
		o.Node = &Node{Kind: Map}
		if n != nil {
			o.Node.At = n.At
		}
	} else if n.Kind != Map {
		problems.Add(n.At, "The value has the wrong shape", n.Describe(), "a map of keys and values")
		o.Node = &Node{At: n.At, Kind: Map}
	}
	return o
}

// Get is the value of a key, nil when it is absent; the key counts as known. Null is absent.
func (o *Object) Get(key string) *Node {
	if !o.Asked(key) {
		o.asked = append(o.asked, key)
	}
	if n := o.Node.Get(key); !n.Absent() {
		return n
	}
	return nil
}

// Has tells whether the key is there, be it null; the key does not count as known by that.
func (o *Object) Has(key string) bool { return o.Node.Get(key) != nil }

// Asked tells whether a key was asked for before.
func (o *Object) Asked(key string) bool { return slices.Contains(o.asked, key) }

// Rest are the entries whose keys were not asked for.
func (o *Object) Rest() []Entry {
	var rest []Entry
	for _, e := range o.Node.Entries {
		if !o.Asked(e.Key) {
			rest = append(rest, e)
		}
	}
	return rest
}

// Done tells of keys that nobody asked for; also names further keys that would have been understood.
func (o *Object) Done(also ...string) {
	for _, e := range o.Rest() {
		o.problems.Add(e.KeyAt, "The key is not known here", e.Key, "one of "+strings.Join(append(o.asked, also...), ", "))
	}
}

// Fail tells of a problem with a value of the object, or with the object itself when there is no such value.
func (o *Object) Fail(at *Node, text, found, expected string) {
	if at == nil {
		at = o.Node
	}
	o.problems.Add(at.At, text, found, expected)
}

// Text is a scalar as it is written, empty when absent.
func (o *Object) Text(key string) string { return TextOf(o.Get(key), o.problems) }

// TextOf is a scalar as it is written, empty when absent; another shape is a problem.
func TextOf(n *Node, problems *Problems) string {
	switch {
	case n.Absent():
		return ""
	case n.Kind != Scalar:
		problems.Add(n.At, "The value has the wrong shape", n.Describe(), "a single value")
		return ""
	}
	return n.Text
}

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// IsNumber tells whether a text is a number as JSON writes it.
func IsNumber(text string) bool { return len(text) <= 40 && number.MatchString(text) }

// Number is a number as it is written, empty when absent or wrong.
func (o *Object) Number(key string) string { return NumberOf(o.Get(key), o.problems) }

// NumberOf is a number as it is written, empty when absent; anything else is a problem.
func NumberOf(n *Node, problems *Problems) string {
	text := TextOf(n, problems)
	if text != "" && !IsNumber(text) {
		problems.Add(n.At, "The value is no number", text, "a number such as 1250.00, without separators")
		return ""
	}
	return text
}

// Date is a day as it is written, empty when absent or wrong.
func (o *Object) Date(key string) string { return DateOf(o.Get(key), o.problems) }

// DateOf is a day as it is written; anything else is a problem.
func DateOf(n *Node, problems *Problems) string {
	text := TextOf(n, problems)
	if _, err := time.Parse(time.DateOnly, text); err != nil && text != "" {
		problems.Add(n.At, "The value is no date", text, "a day such as 2026-03-05")
		return ""
	}
	return text
}

// Period reads "2026-03-01..2026-03-04"; either end may be left out.
func (o *Object) Period(key string) (from, to string) { return PeriodOf(o.Get(key), o.problems) }

// PeriodOf reads "2026-03-01..2026-03-04"; either end may be left out.
func PeriodOf(n *Node, problems *Problems) (from, to string) {
	text := TextOf(n, problems)
	if text == "" {
		return "", ""
	}
	from, to, found := strings.Cut(text, "..")
	for _, end := range []string{from, to} {
		if _, err := time.Parse(time.DateOnly, end); err != nil && end != "" {
			found = false
		}
	}
	if !found || from != "" && to != "" && from > to {
		problems.Add(n.At, "The value is no period", text, "days such as 2026-03-01..2026-03-04, in their order")
		return "", ""
	}
	return from, to
}

// Flag is true or false; absent is false.
func (o *Object) Flag(key string) bool {
	n := o.Get(key)
	switch text := TextOf(n, o.problems); text {
	case "", "false":
	case "true":
		return true
	default:
		o.problems.Add(n.At, "The value is neither true nor false", text, "true or false")
	}
	return false
}

// Choice is one of some words, the first when absent.
func (o *Object) Choice(key string, words ...string) string {
	n := o.Get(key)
	text := TextOf(n, o.problems)
	if text == "" {
		return words[0]
	}
	for _, w := range words {
		if w == text {
			return text
		}
	}
	o.problems.Add(n.At, "The value is not one of those known", text, "one of "+strings.Join(words, ", "))
	return words[0]
}

// List are the items of a list; a single value counts as a list of one.
func (o *Object) List(key string) []*Node { return ListOf(o.Get(key)) }

// ListOf are the items of a list; a single value counts as a list of one, an absent one as an empty list.
func ListOf(n *Node) []*Node {
	switch {
	case n.Absent():
		return nil
	case n.Kind == List:
		return n.Items
	}
	return []*Node{n}
}

// Texts are the scalars of a list.
func (o *Object) Texts(key string) []string {
	var texts []string
	for _, n := range o.List(key) {
		texts = append(texts, TextOf(n, o.problems))
	}
	return texts
}
