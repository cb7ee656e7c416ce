package testrun

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A path is XPath or JSONPath (R4 testscript.html#path). Of XPath this is read: steps by name with or without the prefix "fhir:",
// a first step with the resource's type, "//" for any depth, positions such as [2], a last step @value or @url, and "*"; of JSONPath: "$",
// names after dots or in brackets, "..", indices from 0 and [*]. Everything else, functions and conditions above all, is refused: an
// expression (FHIRPath) says it better.

// step is one step of a path.
type step struct {
	name string // empty or "*" for every member
	deep bool   // at any depth
	// index is the position from 0, -1 for all.
	index int
}

// maxFound bounds what one path finds.
const maxFound = 10_000

var errPathTooWide = errors.New("the path finds too much")

// path is what a path finds in a message's body, as texts; objects as JSON.
func (m *message) path(text string) ([]string, error) {
	tree, err := m.tree()
	if err != nil {
		return nil, err
	}
	steps, err := pathSteps(text)
	if err != nil {
		return nil, err
	}
	root, _ := tree.(map[string]any)
	if len(steps) > 0 && root != nil && steps[0].name != "" && steps[0].name == root["resourceType"] {
		steps = steps[1:]
	}
	found := []any{tree}
	for _, s := range steps {
		if found, err = s.from(found); err != nil {
			return nil, err
		}
	}
	var values []string
	for _, node := range flattened(found) {
		values = append(values, textOf(node))
	}
	return values, nil
}

func pathSteps(text string) ([]step, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "$") {
		return jsonSteps(text)
	}
	return xpathSteps(text)
}

var xpathStep = regexp.MustCompile(`^(?:fhir:|f:)?([A-Za-z][A-Za-z0-9]*|\*)(?:\[(\d{1,4})\])?$`)

func xpathSteps(text string) (steps []step, err error) {
	deep := false
	for i, part := range strings.Split(text, "/") {
		switch part {
		case "":
			deep = i > 0
			continue
		case "@value":
			continue // in JSON the value is the element itself
		case "@url", "@id":
			part = part[1:]
		}
		m := xpathStep.FindStringSubmatch(part)
		if m == nil {
			return nil, refusedPath(part)
		}
		s := step{name: m[1], deep: deep, index: -1}
		if m[2] != "" {
			n, err := strconv.Atoi(m[2])
			if err != nil || n == 0 {
				return nil, refusedPath(part)
			}
			s.index = n - 1 // XPath counts from 1
		}
		steps, deep = append(steps, s), false
	}
	return steps, nil
}

var jsonStep = regexp.MustCompile(`^(\.\.|\.)?(?:([A-Za-z_][A-Za-z0-9_]*|\*)|\['([^']{1,100})'\]|\["([^"]{1,100})"\]|\[(\d{1,4}|\*)\])`)

func jsonSteps(text string) (steps []step, err error) {
	for rest := text[1:]; rest != ""; {
		m := jsonStep.FindStringSubmatch(rest)
		if m == nil || m[2] != "" && m[1] == "" {
			return nil, refusedPath(rest)
		}
		name := m[2] + m[3] + m[4]
		switch {
		case name != "":
			steps = append(steps, step{name: name, deep: m[1] == "..", index: -1})
		case m[5] != "*" && len(steps) > 0:
			if steps[len(steps)-1].index, err = strconv.Atoi(m[5]); err != nil {
				return nil, refusedPath(rest)
			}
		}
		rest = rest[len(m[0]):]
	}
	return steps, nil
}

func refusedPath(part string) error {
	return fmt.Errorf("the path is more than the simple XPath and JSONPath that is read here (at %q); use an expression", shortened(part))
}

// from takes the step from every node.
func (s step) from(nodes []any) (found []any, err error) {
	for _, node := range flattened(nodes) {
		members := children(node, s.name)
		if s.deep {
			members = descendants(node, s.name, nil)
		}
		if s.index >= 0 {
			members = flattened(members)
			if s.index >= len(members) {
				continue
			}
			members = members[s.index : s.index+1]
		}
		if found = append(found, members...); len(found) > maxFound {
			return nil, errPathTooWide
		}
	}
	return found, nil
}

// children are the members of an object with a name, or all.
func children(node any, name string) (found []any) {
	object, _ := node.(map[string]any)
	if name != "" && name != "*" {
		if child, ok := object[name]; ok {
			return []any{child}
		}
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		found = append(found, object[key])
	}
	return found
}

// descendants are the members with a name at any depth, those further out first.
func descendants(node any, name string, found []any) []any {
	if len(found) > maxFound {
		return found
	}
	switch node := node.(type) {
	case map[string]any:
		found = append(found, children(node, name)...)
		for _, key := range slices.Sorted(maps.Keys(node)) {
			found = descendants(node[key], name, found)
		}
	case []any:
		for _, element := range node {
			found = descendants(element, name, found)
		}
	}
	return found
}

// flattened puts the elements of arrays in their place.
func flattened(nodes []any) []any {
	if !slices.ContainsFunc(nodes, func(n any) bool { _, array := n.([]any); return array }) {
		return nodes
	}
	var all []any
	for _, node := range nodes {
		if array, ok := node.([]any); ok {
			all = append(all, flattened(array)...)
			continue
		}
		all = append(all, node)
	}
	return all
}

// textOf is a value as a text: a string itself, everything else as JSON.
func textOf(node any) string {
	if text, ok := node.(string); ok {
		return text
	}
	body, err := json.Marshal(node)
	if err != nil { // it came from JSON
		return ""
	}
	return string(body)
}
