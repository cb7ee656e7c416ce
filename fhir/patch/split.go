package patch

import (
	"bytes"
	"encoding/json"
)

// What is split here is JSON that was checked before: a Document's, or what json.Valid has passed. Only one level is read.

func trim(raw []byte) []byte { return bytes.Trim(raw, " \t\r\n") }

// itemsOf are the elements of an array.
func itemsOf(raw []byte) []*node {
	var items []*node
	for at := blanks(raw, 1); at < len(raw) && raw[at] != ']'; {
		end := valueEnd(raw, at)
		items = append(items, closed(raw[at:end]))
		at = blanks(raw, end)
		if at < len(raw) && raw[at] == ',' {
			at = blanks(raw, at+1)
		}
	}
	return items
}

// membersOf are the members of an object, in their order.
func membersOf(raw []byte) []member {
	var members []member
	for at := blanks(raw, 1); at < len(raw) && raw[at] != '}'; {
		nameEnd := valueEnd(raw, at)
		begin := blanks(raw, blanks(raw, nameEnd)+1) // behind the colon
		end := valueEnd(raw, begin)
		members = append(members, member{textOf(raw[at:nameEnd]), closed(raw[begin:end])})
		at = blanks(raw, end)
		if at < len(raw) && raw[at] == ',' {
			at = blanks(raw, at+1)
		}
	}
	return members
}

// textOf is what a JSON string says.
func textOf(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 && len(raw) >= 2 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	_ = json.Unmarshal(raw, &text) // it was checked
	return text
}

func blanks(raw []byte, at int) int {
	for at < len(raw) && (raw[at] == ' ' || raw[at] == '\n' || raw[at] == '\t' || raw[at] == '\r') {
		at++
	}
	return at
}

// valueEnd is where the value that begins at a place ends.
func valueEnd(raw []byte, at int) int {
	depth := 0
	for at < len(raw) {
		switch raw[at] {
		case '"':
			at = stringEnd(raw, at)
			if depth == 0 {
				return at
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // of what surrounds a number or a word
				return at
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return at
			}
		}
		at++
	}
	return at
}

func stringEnd(raw []byte, at int) int {
	for at++; at < len(raw); at++ {
		switch raw[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(raw)
}
