package ledger

import (
	"encoding/binary"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// The stored form is a letter for what it is, the format's number, and then the fields in a fixed order: numbers as
// varints, strings with their length before them, lists with their count. Readers refuse formats newer than their own.
//
// Format 2 adds what is set aside; format 3 the subscriber of a cover, rolling limits and fingerprints; format 4
// the day before which all that was set aside has lapsed; format 5 what of a use is provisional.
const (
	memberMark byte = 'M'
	policyMark byte = 'P'
	entryMark  byte = 'E'
	formatNow  byte = 5
)

type encoder struct{ out []byte }

func newEncoder(mark byte, size int) *encoder {
	return &encoder{out: append(make([]byte, 0, size), mark, formatNow)}
}

func (e *encoder) uint(n uint64) { e.out = binary.AppendUvarint(e.out, n) }

func (e *encoder) int(n int64) { e.out = binary.AppendVarint(e.out, n) }

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	e.out = append(e.out, s...)
}

func (e *encoder) flag(b bool) {
	if b {
		e.out = append(e.out, 1)
	} else {
		e.out = append(e.out, 0)
	}
}

func (e *encoder) date(d day.Date) { e.uint(uint64(d)) }

// period writes the distance to the end instead of the end: 0 for a single day.
func (e *encoder) period(p day.Period) {
	e.date(p.From)
	e.int(int64(p.To) - int64(p.From))
}

func (e *encoder) decimal(d money.Decimal) {
	coef, scale := d.Parts()
	e.out = append(e.out, scale)
	e.int(coef)
}

// Encode is the head's stored form. Equal heads have equal forms.
func (m *Member) Encode() []byte {
	e := newEncoder(memberMark, 256+m.size())
	e.text(m.ID)
	e.text(m.Version)
	e.out = append(e.out, byte(m.Sex))
	e.date(m.Birth)
	e.date(m.Died)
	e.flag(m.Inactive)
	e.uint(uint64(len(m.Covers)))
	for i := range m.Covers {
		e.cover(&m.Covers[i])
	}
	e.tally(&m.Tally)
	return e.out
}

func (e *encoder) cover(c *Cover) {
	e.text(c.ID)
	e.text(c.Version)
	e.text(c.Policy)
	e.text(c.Insurer)
	e.text(c.Plan)
	e.period(c.Period)
	e.flag(c.Active)
	e.out = append(e.out, byte(c.Stage))
	e.flag(c.HasMemberPays)
	if c.HasMemberPays {
		e.decimal(c.MemberPays)
	}
	e.uint(uint64(len(c.Identifiers)))
	for _, id := range c.Identifiers {
		e.text(id)
	}
	e.text(c.Subscriber)
}

// Encode is the head's stored form. Equal heads have equal forms.
func (p *Policy) Encode() []byte {
	e := newEncoder(policyMark, 128+8*len(p.Steps)+p.size())
	e.text(p.ID)
	e.text(p.Contract)
	e.text(p.Version)
	e.flag(p.InForce)
	e.period(p.Period)
	e.uint(uint64(len(p.Steps)))
	for _, s := range p.Steps {
		e.date(s.At)
		e.int(int64(s.By))
	}
	e.tally(&p.Tally)
	return e.out
}

// size is about how long a tally's form is.
func (t *Tally) size() int {
	n := 32*len(t.Uses) + len(t.Fingerprints.rows)
	for i := range t.Services {
		n += 48 + 7*len(t.Services[i].Days)
	}
	for i := range t.Rolling {
		n += 64 + len(t.Rolling[i].rows)
	}
	return n
}

func (e *encoder) tally(t *Tally) {
	e.uint(t.Seq)
	e.date(t.Horizon)
	e.uses(t.Uses)
	e.uint(uint64(len(t.Services)))
	for _, s := range t.Services {
		e.text(s.Item)
		e.date(s.Since)
		e.uint(uint64(len(s.Days)))
		for _, c := range s.Days {
			e.period(c.Period)
			e.int(int64(c.Times))
		}
	}
	e.holds(t.Reserved)
	e.date(t.Lapsed)
	e.rolling(t.Rolling)
	e.fingerprints(&t.Fingerprints)
}

func (e *encoder) provisions(provisions []Provision) {
	e.uint(uint64(len(provisions)))
	for _, p := range provisions {
		e.text(p.Item)
		e.period(p.Period)
		e.int(int64(p.Count))
		e.int(int64(p.Keep))
	}
}

func (e *encoder) rows(r *Rows) {
	e.uses(r.Uses)
	e.provisions(r.Provisions)
	e.daily(r.Daily)
}

func (e *encoder) holds(holds []Hold) {
	e.uint(uint64(len(holds)))
	for i := range holds {
		h := &holds[i]
		e.text(h.Authorization)
		e.date(h.Until)
		e.flag(h.Provisional)
		e.text(h.Provider)
		e.period(h.Period)
		e.rows(&h.Rows)
		e.uint(uint64(len(h.Shares)))
		for j := range h.Shares {
			e.text(h.Shares[j].Head)
			e.rows(&h.Shares[j].Rows)
		}
		e.uint(uint64(len(h.Lines)))
		for _, l := range h.Lines {
			e.text(l.Item)
			e.decimal(l.Quantity)
			e.decimal(l.Amount)
		}
	}
}

// The flags of a use.
const (
	useOfSamePolicy byte = 1 << iota
	useHasProvisional
)

// uses writes a policy's id once for all uses of it that follow each other.
func (e *encoder) uses(uses []Use) {
	e.uint(uint64(len(uses)))
	for i := range uses {
		u := &uses[i]
		same := i > 0 && uses[i-1].Policy == u.Policy
		flags := byte(0)
		if same {
			flags |= useOfSamePolicy
		}
		if !u.Provisional.IsZero() {
			flags |= useHasProvisional
		}
		e.out = append(e.out, flags)
		if !same {
			e.text(u.Policy)
		}
		e.text(u.Limit)
		e.period(u.Period)
		e.decimal(u.Amount)
		if flags&useHasProvisional != 0 {
			e.decimal(u.Provisional)
		}
	}
}

// Encode is the entry's stored form.
func (e *Entry) Encode() []byte {
	w := newEncoder(entryMark, 128+32*len(e.Uses)+48*len(e.Provisions))
	w.text(e.Head)
	w.uint(e.Seq)
	w.text(e.Claim)
	w.out = append(w.out, byte(e.Kind))
	w.int(e.At.UnixMilli())
	w.date(e.Today)
	w.uses(e.Uses)
	w.provisions(e.Provisions)
	w.holds(e.Holds)
	w.daily(e.Daily)
	w.fingerprint(e.Fingerprints)
	return w.out
}
