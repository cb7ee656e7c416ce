package engine

import (
	"crypto/sha256"
	"encoding/binary"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// notClaimedBefore: no other claim of the member to this insurer has the same content, whatever its identifier. Lines of
// one claim repeat each other only where the setting asks for that.
func (d *decider) notClaimedBefore(l *Line) Denial {
	s := d.set(l, DuplicateContent)
	l.print = d.fingerprint(l, s)
	window := day.Period{From: l.Target - day.Date(s.Days), To: l.Target + day.Date(s.Days)}
	before, known := d.Member.Fingerprints.Seen(l.print.Hash, window)
	if s.WithinClaim {
		for i := range d.claimed {
			if c := &d.claimed[i]; before == 0 && c.Hash == l.print.Hash && window.Holds(c.At) {
				before = c.At
			}
		}
	}
	if before != 0 {
		d.note(l, noteKey{kind: noteContent, line: l.Item, rule: before.String()})
		return DuplicateContent
	}
	if !known {
		d.unsure(l)
	}
	return NotDenied
}

// rememberContent notes an accepted line for the ledger, and for the lines after it. One of which a reviewer approved nothing
// may be claimed again.
func (d *decider) rememberContent(l *Line) {
	if l.Accepted() && !l.Quantity.IsZero() && l.print.Count != 0 {
		if d.claimed == nil {
			d.claimed = make([]ledger.Fingerprint, 0, len(d.out.Lines))
		}
		d.claimed = append(d.claimed, l.print)
	}
}

// fingerprint is by what the line is known again: the insurer and the service and, where only the exact same counts, the
// facility, the billed quantity and the billed amount. The day is kept beside the hash.
func (d *decider) fingerprint(l *Line, s *scheme.CheckSetting) ledger.Fingerprint {
	var buffer [256]byte
	text := append(buffer[:0], byte(s.Match))
	text = appendPart(text, d.out.Insurer.Key)
	text = appendPart(text, l.Service.ID)
	if s.Match == scheme.ExactMatch {
		text = appendPart(text, d.out.Facility.Key)
		text = appendNumber(text, l.Billed)
		text = appendNumber(text, d.submitted(l))
	}
	sum := sha256.Sum256(text)
	return ledger.Fingerprint{Hash: binary.BigEndian.Uint64(sum[:8]), At: l.Target, Count: 1, Days: s.Days}
}

func appendPart(text []byte, part string) []byte {
	return append(binary.AppendUvarint(text, uint64(len(part))), part...)
}

// appendNumber appends a number in its shortest form, so that 2 and 2.00 are the same.
func appendNumber(text []byte, d money.Decimal) []byte {
	coef, scale := d.Parts()
	for ; scale > 0 && coef%10 == 0; scale-- {
		coef /= 10
	}
	return append(binary.AppendVarint(text, coef), scale)
}
