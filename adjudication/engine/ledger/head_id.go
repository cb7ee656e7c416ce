package ledger

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"claimwright/adjudication/engine/day"
)

// MemberID is the id of a member's head, by the Patient's id.
func MemberID(patient string) string { return "member/" + escape(patient) }

// PolicyID is the id of a policy's head, by the Contract's id and the plan's code: one head for each plan of a policy.
func PolicyID(contract, plan string) string {
	return "policy/" + escape(contract) + "/" + escape(plan)
}

// PolicyIDWithoutContract is the id of the head of a policy that no Contract describes: it is told apart by who pays, who
// subscribed, the plan and the day it starts. A renewal starts anew; a policy that ends earlier or later than was said
// stays the same one, with what was used of it. Payor and subscriber are references or identifiers.
func PolicyIDWithoutContract(payor, subscriber, plan string, start day.Date) string {
	return fmt.Sprintf(withoutContract+"%s~%s~%s/%s", escape(payor), escape(subscriber), start, escape(plan))
}

// withoutContract begins the ids of policies that no Contract describes.
const withoutContract = "policy/~"

// FamilyID is the id of the head of a family within a policy: of what limits per family count.
func FamilyID(policy, subscriber string) string {
	return "family/" + strings.TrimPrefix(policy, "policy/") + "/" + escape(subscriber)
}

// EventID is the id of the head of one event of a member under a policy: of what limits per event count. The event is
// whatever text names it.
func EventID(member, policy, event string) string {
	sum := sha256.Sum256([]byte(policy + "\n" + event))
	return "event/" + escape(member) + "/" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// EntryID is the id of the entry that one version of a claim's response left beneath a head. Versions count from 1; a
// review writes the next.
func EntryID(head, claim string, version int64) string {
	return fmt.Sprintf("%s/%s.%06d", head, escape(claim), version)
}

const hexDigits = "0123456789ABCDEF"

// escape keeps what FHIR ids and plain codes consist of and writes every other byte as %XX, so that no part of an id can
// reach into the next.
func escape(part string) string {
	plain := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_'
	}
	clean := 0
	for clean < len(part) && plain(part[clean]) {
		clean++
	}
	if clean == len(part) {
		return part
	}
	var b strings.Builder
	b.WriteString(part[:clean])
	for i := clean; i < len(part); i++ {
		if c := part[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}
