package value

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// CodesType is the type of sets of codes in conditions.
var CodesType = types.NewObjectType("codes", traits.ContainerType)

// Codes is a set of codes: single ones, and ranges of a hierarchical system such as ICD-10. A range holds the codes
// beneath its ends: O00-O9A holds O9A.2, and E11 holds E11.9. The nil set is empty.
type Codes struct {
	// Name is how the condition names the set.
	Name   string
	single map[string]bool
	ranges []span // sorted, none overlaps another
	// more tells of codes that are not listed singly; nil when all are.
	more func(code string) bool
}

// span holds the codes from from to to, both included; to ends behind all that begins with the last code.
type span struct{ from, to string }

// beneath is behind everything that begins with a code: no text in UTF-8 has this byte.
const beneath = "\xff"

// CodesOf is the set of the codes given, as they stand.
func CodesOf(name string, codes ...string) *Codes {
	s := &Codes{Name: name, single: make(map[string]bool, len(codes))}
	for _, c := range codes {
		s.single[c] = true
	}
	return s
}

// CodesWhere is a set of the codes given and of those for which more is true. More may be nil, must be fit for use by several
// goroutines, and must give the same answer always.
func CodesWhere(name string, codes []string, more func(code string) bool) *Codes {
	s := CodesOf(name, codes...)
	s.more = more
	return s
}

// maxRanges bounds the parts of one within(…).
const maxRanges = 200

// ParseRanges reads ranges such as "O00-O9A, E11, I10-I15": each part is a code with all beneath it, or two such codes
// and all between them, in the order of ICD-10 (letters and digits; points do not count).
func ParseRanges(text string) (*Codes, error) {
	s := &Codes{Name: text}
	for part := range strings.SplitSeq(text, ",") {
		from, to, _ := strings.Cut(strings.TrimSpace(part), "-")
		from, to = plain(from), plain(to)
		if to == "" {
			to = from
		}
		switch {
		case from == "":
			return nil, fmt.Errorf("%q has an empty part; write ranges such as O00-O9A, E11", text)
		case to < from && !strings.HasPrefix(from, to):
			return nil, fmt.Errorf("the range %q ends before it starts", strings.TrimSpace(part))
		case len(s.ranges) == maxRanges:
			return nil, fmt.Errorf("more than %d ranges: name a list instead", maxRanges)
		}
		s.ranges = append(s.ranges, span{from, to + beneath})
	}
	s.ranges = merged(s.ranges)
	return s, nil
}

// merged sorts spans and joins those that overlap, so that one search finds the only span that can hold a code.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return strings.Compare(a.from, b.from) })
	apart := spans[:0]
	for _, next := range spans {
		if last := len(apart) - 1; last >= 0 && next.from <= apart[last].to {
			apart[last].to = max(apart[last].to, next.to)
			continue
		}
		apart = append(apart, next)
	}
	return apart
}

// plain is a code without points and blanks, in capitals.
func plain(code string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), ".", ""))
}

// Has tells whether a code is in the set.
func (s *Codes) Has(code string) bool {
	if s == nil || code == "" {
		return false
	}
	if s.single[code] || s.more != nil && s.more(code) {
		return true
	}
	if len(s.ranges) == 0 {
		return false
	}
	code = plain(code)
	at, exact := slices.BinarySearchFunc(s.ranges, code, func(r span, code string) int { return strings.Compare(r.from, code) })
	return exact || at > 0 && code <= s.ranges[at-1].to
}

// Singles are the codes of a set that lists them all, sorted; ok is false for one that does not.
func (s *Codes) Singles() (codes []string, ok bool) {
	if len(s.ranges) > 0 || s.more != nil {
		return nil, false
	}
	for c := range s.single {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	return codes, true
}

// ConvertToNative gives the *Codes.
func (s *Codes) ConvertToNative(to reflect.Type) (any, error) {
	if to == reflect.TypeFor[*Codes]() {
		return s, nil
	}
	return nil, fmt.Errorf("a set of codes is no %s", to)
}

// ConvertToType knows codes.
func (s *Codes) ConvertToType(to ref.Type) ref.Val {
	if to == CodesType {
		return s
	}
	return types.NewErr("a set of codes is no %s", to.TypeName())
}

// Equal is true for the same set only.
func (s *Codes) Equal(other ref.Val) ref.Val {
	o, ok := other.(*Codes)
	return types.Bool(ok && o == s)
}

// Type is CodesType.
func (s *Codes) Type() ref.Type { return CodesType }

// Value is the set itself.
func (s *Codes) Value() any { return s }

// Contains is the operator in.
func (s *Codes) Contains(code ref.Val) ref.Val {
	c, ok := code.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(code)
	}
	return types.Bool(s.Has(string(c)))
}
