package patch

import (
	"strconv"
	"strings"

	"claimwright/fhir/outcome"
)

// pointer is a JSON Pointer (RFC 6901): the names and indices from the root down, without their escapes.
type pointer []string

func parsePointer(text string) (pointer, bool) {
	if text == "" {
		return nil, true
	}
	if text[0] != '/' || len(text) > MaxPath {
		return nil, false
	}
	tokens := strings.Split(text[1:], "/")
	for i, token := range tokens {
		if !strings.Contains(token, "~") {
			continue
		}
		rest := strings.ReplaceAll(strings.ReplaceAll(token, "~0", ""), "~1", "")
		if strings.Contains(rest, "~") {
			return nil, false
		}
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	}
	return tokens, true
}

// contains tells whether another place lies beneath this one.
func (p pointer) contains(other pointer) bool {
	if len(p) >= len(other) {
		return false
	}
	for i := range p {
		if p[i] != other[i] {
			return false
		}
	}
	return true
}

func (p pointer) String() string {
	var b strings.Builder
	for _, token := range p {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// find is the value at a place.
func (t *tree) find(p pointer) (*node, *outcome.Error) {
	n := t.root
	for i, token := range p {
		child, err := t.child(n, token)
		if err != nil {
			return nil, err
		}
		if child == nil {
			return nil, absent(p[:i+1])
		}
		n = child
	}
	return n, nil
}

// holder is the object or array that a place is in, and the last token; the root is in nothing.
func (t *tree) holder(p pointer) (*node, string, *outcome.Error) {
	n, err := t.find(p[:len(p)-1])
	if err != nil {
		return nil, "", err
	}
	if !n.isObject() && !n.isArray() {
		return nil, "", quoting(refused(outcome.NotFound, "the path leads into a value that has no parts"), p.String(), "a path into an object or an array")
	}
	return n, p[len(p)-1], t.open(n)
}

func (t *tree) child(n *node, token string) (*node, *outcome.Error) {
	if err := t.open(n); err != nil {
		return nil, err
	}
	if n.isArray() {
		if i, ok := index(token, len(n.items)); ok && i < len(n.items) {
			return n.items[i], nil
		}
		return nil, nil
	}
	return n.get(token), t.spend(1)
}

// index reads an array's index, at most most: digits without a leading zero (RFC 6901 §4).
func index(token string, most int) (int, bool) {
	if token == "" || len(token) > 9 || token[0] == '0' && len(token) > 1 || token[0] < '0' || token[0] > '9' {
		return 0, false
	}
	i, err := strconv.Atoi(token)
	return i, err == nil && i <= most
}

func absent(p pointer) *outcome.Error {
	return quoting(refused(outcome.NotFound, "there is nothing at the path"), p.String(), "a path that is there")
}
