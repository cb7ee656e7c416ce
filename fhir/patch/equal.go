package patch

import (
	"bytes"
	"math/big"
	"strings"

	"claimwright/fhir/outcome"
)

// equal compares as RFC 6902 §4.6 says: numbers by value, strings by their characters, objects without regard to order.
func (t *tree) equal(a, b *node) (bool, *outcome.Error) {
	if err := t.spend(1 + (len(a.raw)+len(b.raw))/64); err != nil {
		return false, err
	}
	if !a.opened && !b.opened && bytes.Equal(a.raw, b.raw) {
		return true, nil
	}
	switch {
	case a.isNumber() && b.isNumber():
		return sameNumber(string(a.raw), string(b.raw)), nil
	case a.kind != b.kind:
		return false, nil
	case a.kind == '"':
		return textOf(a.raw) == textOf(b.raw), nil
	case a.kind == '{':
		return t.sameMembers(a.looked(), b.looked())
	case a.kind == '[':
		return t.sameItems(a.looked(), b.looked())
	}
	return bytes.Equal(a.raw, b.raw), nil
}

// looked is the node opened, without opening it in the tree.
func (n *node) looked() *node {
	if n.opened {
		return n
	}
	seen := *n
	seen.open()
	return &seen
}

func (n *node) isNumber() bool { return n.kind == '-' || n.kind >= '0' && n.kind <= '9' }

func (t *tree) sameMembers(a, b *node) (bool, *outcome.Error) {
	if len(a.members) != len(b.members) {
		return false, t.spend(len(a.members) + len(b.members))
	}
	others := make(map[string]*node, len(b.members))
	for _, m := range b.members {
		others[m.name] = m.value
	}
	for _, m := range a.members {
		other, found := others[m.name]
		if !found {
			return false, nil
		}
		if same, err := t.equal(m.value, other); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (t *tree) sameItems(a, b *node) (bool, *outcome.Error) {
	if len(a.items) != len(b.items) {
		return false, t.spend(len(a.items) + len(b.items))
	}
	for i := range a.items {
		if same, err := t.equal(a.items[i], b.items[i]); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// sameNumber compares two JSON numbers exactly, by their digits: 1.50 is 15e-1.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	na, nb := normal(a), normal(b)
	return na.negative == nb.negative && na.digits == nb.digits && na.exponent.Cmp(nb.exponent) == 0
}

// number is ±0.digits × 10^exponent, digits without zeros at either end; zero has none, and no sign.
type number struct {
	negative bool
	digits   string
	exponent *big.Int
}

func normal(text string) number {
	n := number{exponent: new(big.Int)}
	text, n.negative = strings.CutPrefix(text, "-")
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		n.exponent.SetString(strings.TrimPrefix(text[at+1:], "+"), 10)
		text = text[:at]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	all := whole + fraction
	digits := strings.TrimLeft(all, "0")
	n.exponent.Add(n.exponent, big.NewInt(int64(len(whole)-(len(all)-len(digits)))))
	n.digits = strings.TrimRight(digits, "0")
	if n.digits == "" {
		return number{exponent: new(big.Int)}
	}
	return n
}
