package sqlite

import (
	"fmt"
	"sort"
	"strings"
)

// A rid is the number under which the index knows a resource. Numbers of ids that the server makes (version 7 UUIDs,
// whose first half is the time) keep the order of the ids, so that walking the index in rid order is walking it in id
// order, and new resources are appended everywhere. All other ids get the next number of a second range, in the order in
// which they were first written.
//
// The ordered half: 41 bits of milliseconds since ridEpoch, the 12 bits that version 7 generators count with, the first 6 of
// the random bits, and 3 bits of the type, because resources that belong together, such as a claim and its response, may
// share one id. Two ids of a type that agree in all of these are told apart by giving the later one a number of the second
// range.
const (
	firstIrregular = int64(1) << 62
	ridEpoch       = int64(1577836800000) // 2020-01-01, in milliseconds since 1970
	ridEnd         = ridEpoch + 1<<41     // in the year 2089
	kindBits       = 3
	randomBits     = 6
	countBits      = 12
)

// idForm is the form of ids that have ordered rids: h is a hexadecimal digit, v one that begins the variant.
const idForm = "hhhhhhhh-hhhh-7hhh-vhhh-hhhhhhhhhhhh"

// knownPrefix is how many characters of an id its ordered rid determines.
const knownPrefix = 21

// allowedAt lists the characters that may stand at a place of idForm, in their order.
func allowedAt(place int) string {
	switch c := idForm[place]; c {
	case 'h':
		return "0123456789abcdef"
	case 'v':
		return "89ab"
	default:
		return idForm[place : place+1]
	}
}

// kindOf spreads the types over the bits that a rid has for them. The order of rids matters within a type only.
func kindOf(resourceType string) int64 {
	sum := byte(0)
	for i := range len(resourceType) {
		sum += resourceType[i]
	}
	return int64(sum) & (1<<kindBits - 1)
}

// orderedRID is the rid of a resource whose id the server made; false for ids of another form.
func orderedRID(resourceType, id string) (int64, bool) {
	if len(id) != len(idForm) {
		return 0, false
	}
	var digits [32]int64
	n := 0
	for i := range len(idForm) {
		d := strings.IndexByte(allowedAt(i), id[i])
		if d < 0 {
			return 0, false
		}
		switch idForm[i] {
		case 'h', 'v': // the variant's place among its four is its two free bits
			digits[n] = int64(d)
			n++
		case '7':
			n++
		}
	}
	var ms int64
	for _, d := range digits[:12] {
		ms = ms<<4 | d
	}
	if ms < ridEpoch || ms >= ridEnd {
		return 0, false
	}
	count := digits[13]<<8 | digits[14]<<4 | digits[15]
	random := digits[16]<<4 | digits[17]
	return (((ms-ridEpoch)<<countBits|count)<<randomBits|random)<<kindBits | kindOf(resourceType), true
}

// knownID writes the part of an id that its ordered rid determines.
func knownID(rid int64) string {
	rid >>= kindBits
	random := rid & (1<<randomBits - 1)
	count := rid >> randomBits & (1<<countBits - 1)
	ms := rid>>(randomBits+countBits) + ridEpoch
	return fmt.Sprintf("%08x-%04x-7%03x-%x%x", ms>>16, ms&0xffff, count, 8+random>>4, random&0xf)
}

// firstRIDFrom is the smallest rid of a type that an ordered id equal to or after the given one can have; false when all
// ordered ids come before it. The id may be of any form.
func firstRIDFrom(resourceType, id string) (int64, bool) {
	if id == "" {
		return 0, true
	}
	next, ok := nextOfForm(id)
	if !ok || next >= maxOfForm {
		return 0, false
	}
	if next < minOfForm {
		return 0, true
	}
	return orderedRID(resourceType, next)
}

// The first id of the form that has a rid, and the first one after all that have.
var (
	minOfForm = fmt.Sprintf("%08x-%04x-7000-8000-000000000000", ridEpoch>>16, ridEpoch&0xffff)
	maxOfForm = fmt.Sprintf("%08x-%04x-7000-8000-000000000000", ridEnd>>16, ridEnd&0xffff)
)

// nextOfForm is the smallest text of idForm that is not before the id; false when there is none.
func nextOfForm(id string) (string, bool) {
	out := []byte(idForm)
	place := 0
	for ; place < len(out) && place < len(id); place++ {
		at := sort.Search(len(allowedAt(place)), func(i int) bool { return allowedAt(place)[i] >= id[place] })
		if at < len(allowedAt(place)) {
			out[place] = allowedAt(place)[at]
			if out[place] != id[place] {
				place++
				break
			}
			continue
		}
		if place = carry(out, place); place < 0 {
			return "", false
		}
		place++
		break
	}
	for ; place < len(out); place++ {
		out[place] = allowedAt(place)[0]
	}
	return string(out), true
}

// carry raises the last place before the given one that can be raised, and says which; -1 when none can.
func carry(out []byte, place int) int {
	for place--; place >= 0; place-- {
		allowed := allowedAt(place)
		if i := strings.IndexByte(allowed, out[place]); i+1 < len(allowed) {
			out[place] = allowed[i+1]
			return place
		}
	}
	return -1
}
