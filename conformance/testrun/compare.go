package testrun

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// The operators of R4 (assert-operator-codes).
const (
	equals      = "equals"
	notEquals   = "notEquals"
	in          = "in"
	notIn       = "notIn"
	greaterThan = "greaterThan"
	lessThan    = "lessThan"
	empty       = "empty"
	notEmpty    = "notEmpty"
	contains    = "contains"
	notContains = "notContains"
	eval        = "eval"
)

// compare holds values against what is expected. One that is missing equals nothing; several are compared each: all of them must
// be in a list, one of them must contain a text, none may contain what must not be there. Several cannot be equal to one, or
// greater or less, unless any will do.
func compare(operator string, found []string, expected string, any bool) (ok bool, wanted string) {
	switch operator {
	case empty:
		return !slices.ContainsFunc(found, notBlank), "nothing"
	case notEmpty:
		return slices.ContainsFunc(found, notBlank), "something"
	case in:
		return len(found) > 0 && every(found, func(v string) bool { return slices.Contains(list(expected), v) }), "one of " + expected
	case notIn:
		return every(found, func(v string) bool { return !slices.Contains(list(expected), v) }), "none of " + expected
	case contains:
		return slices.ContainsFunc(found, func(v string) bool { return strings.Contains(v, expected) }), "something with " + quoted(expected)
	case notContains:
		return !slices.ContainsFunc(found, func(v string) bool { return strings.Contains(v, expected) }), "nothing with " + quoted(expected)
	case notEquals:
		return !slices.Contains(found, expected), "not " + quoted(expected)
	case greaterThan:
		return single(found, any, func(v string) bool { return order(v, expected) > 0 }), "more than " + expected
	case lessThan:
		return single(found, any, func(v string) bool { return order(v, expected) < 0 }), "less than " + expected
	}
	return single(found, any, func(v string) bool { return v == expected }), quoted(expected)
}

func notBlank(v string) bool { return v != "" }

func every(values []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !holds(v) })
}

// single wants one value that holds, or, where any will do, one of several.
func single(values []string, any bool, holds func(string) bool) bool {
	if any {
		return slices.ContainsFunc(values, holds)
	}
	return len(values) == 1 && holds(values[0])
}

// list are the members of a list of values separated by commas.
func list(text string) []string {
	members := strings.Split(text, ",")
	for i := range members {
		members[i] = strings.TrimSpace(members[i])
	}
	return members
}

// maxNumber bounds the numbers that are compared as numbers: an exponent of a stranger may ask for more memory than there is.
const maxNumber = 40

// order compares two values: as numbers if both are, else as texts, which suits dates of one precision and zone.
func order(a, b string) int {
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return x.Cmp(y)
		}
	}
	return strings.Compare(a, b)
}

func number(text string) (*big.Rat, bool) {
	if len(text) == 0 || len(text) > maxNumber || strings.ContainsAny(text, "eE/_xXpP") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }

// told are values as a person reads them.
func told(values []string) string {
	switch len(values) {
	case 0:
		return "nothing"
	case 1:
		return quoted(values[0])
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = quoted(shortened(v))
	}
	return fmt.Sprintf("%d values: %s", len(values), strings.Join(texts[:min(len(texts), 10)], ", "))
}
