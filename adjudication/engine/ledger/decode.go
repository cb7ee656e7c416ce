package ledger

import (
	"errors"
	"fmt"
	"math"
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// Errors of decoding.
var (
	// ErrNewerFormat: the data were written by a newer version of Claimwright.
	ErrNewerFormat = errors.New("ledger data have a newer format")
	// ErrCorrupt: the data are no such ledger data.
	ErrCorrupt = errors.New("ledger data cannot be read")
)

// DecodeMember reads what Member.Encode wrote. The head shares no memory with the data.
func DecodeMember(data []byte) (*Member, error) {
	d, err := newDecoder(data, memberMark)
	if err != nil {
		return nil, fmt.Errorf("decode member head: %w", err)
	}
	m := &Member{ID: d.text(), Version: d.text(), Sex: Sex(d.byte(byte(Other))), Birth: d.date(), Died: d.date(), Inactive: d.flag()}
	if n := d.count(14); n > 0 {
		m.Covers = make([]Cover, n)
		for i := range m.Covers {
			d.cover(&m.Covers[i])
		}
	}
	m.Tally = d.tally()
	return m, d.end("member head")
}

// DecodePolicy reads what Policy.Encode wrote. The head shares no memory with the data.
func DecodePolicy(data []byte) (*Policy, error) {
	d, err := newDecoder(data, policyMark)
	if err != nil {
		return nil, fmt.Errorf("decode policy head: %w", err)
	}
	p := &Policy{ID: d.text(), Contract: d.text(), Version: d.text(), InForce: d.flag(), Period: d.period()}
	if n := d.count(2); n > 0 {
		p.Steps = make([]Step, n)
		for i := range p.Steps {
			p.Steps[i] = Step{At: d.date(), By: d.int32()}
		}
	}
	p.Tally = d.tally()
	return p, d.end("policy head")
}

// DecodeEntry reads what Entry.Encode wrote. The entry shares no memory with the data.
func DecodeEntry(data []byte) (*Entry, error) {
	d, err := newDecoder(data, entryMark)
	if err != nil {
		return nil, fmt.Errorf("decode entry: %w", err)
	}
	e := &Entry{Head: d.text(), Seq: d.uint(), Claim: d.text(), Kind: Kind(d.byte(byte(Changed)))}
	e.At = time.UnixMilli(d.int()).UTC()
	e.Today = d.date()
	e.Uses = d.uses()
	e.Provisions = d.provisions()
	e.Holds = d.holds()
	if d.format >= 3 {
		e.Daily, e.Fingerprints = d.daily(), d.fingerprint()
	}
	return e, d.end("entry")
}

// decoder reads from one copy of the data, of which all strings are parts. After a fault everything reads as zero.
type decoder struct {
	in  string
	at  int
	bad bool
	// format is the one that the data were written in.
	format byte
}

func newDecoder(data []byte, mark byte) (*decoder, error) {
	if len(data) < 2 || data[0] != mark {
		return nil, ErrCorrupt
	}
	if data[1] > formatNow {
		return nil, ErrNewerFormat
	}
	return &decoder{in: string(data), at: 2, bad: data[1] == 0, format: data[1]}, nil
}

// end reports a fault met on the way, or data that are left over.
func (d *decoder) end(what string) error {
	if d.bad || d.at != len(d.in) {
		return fmt.Errorf("decode %s: %w", what, ErrCorrupt)
	}
	return nil
}

func (d *decoder) fail() { d.bad, d.at = true, len(d.in) }

func (d *decoder) byte(limit byte) byte {
	if d.at >= len(d.in) || d.in[d.at] > limit {
		d.fail()
		return 0
	}
	d.at++
	return d.in[d.at-1]
}

func (d *decoder) flag() bool { return d.byte(1) == 1 }

func (d *decoder) uint() uint64 {
	var n uint64
	for shift := uint(0); shift < 64; shift += 7 {
		b := d.byte(math.MaxUint8)
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	d.fail()
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (d *decoder) int32() int32 {
	n := d.int()
	if n != int64(int32(n)) {
		d.fail()
		return 0
	}
	return int32(n)
}

// count reads the length of a list whose elements take at least so many bytes, so that a forged count cannot make the
// reader allocate more than the data justify.
func (d *decoder) count(least int) int {
	n := d.uint()
	if n > uint64((len(d.in)-d.at)/least) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.count(1)
	d.at += n
	return d.in[d.at-n : d.at]
}

func (d *decoder) date() day.Date {
	n := d.uint()
	if n > uint64(day.Forever) {
		d.fail()
		return 0
	}
	return day.Date(n)
}

func (d *decoder) period() day.Period {
	from := d.date()
	to := int64(from) + d.int()
	if to < 0 || to > int64(day.Forever) {
		d.fail()
		return day.Period{}
	}
	return day.Period{From: from, To: day.Date(to)}
}

func (d *decoder) decimal() money.Decimal {
	scale := d.byte(money.MaxScale)
	v := money.New(d.int(), scale)
	if !v.Valid() {
		d.fail()
		return money.Decimal{}
	}
	return v
}

func (d *decoder) cover(c *Cover) {
	*c = Cover{
		ID: d.text(), Version: d.text(), Policy: d.text(), Insurer: d.text(), Plan: d.text(), Period: d.period(),
		Active: d.flag(), Stage: Stage(d.byte(byte(Renewed))), HasMemberPays: d.flag(),
	}
	if c.HasMemberPays {
		c.MemberPays = d.decimal()
	}
	if n := d.count(1); n > 0 {
		c.Identifiers = make([]string, n)
		for i := range c.Identifiers {
			c.Identifiers[i] = d.text()
		}
	}
	if d.format >= 3 {
		c.Subscriber = d.text()
	}
}

func (d *decoder) tally() Tally {
	t := Tally{Seq: d.uint(), Horizon: d.date(), Uses: d.uses()}
	if n := d.count(3); n > 0 {
		t.Services = make([]Service, n)
		for i := range t.Services {
			t.Services[i] = d.service()
		}
	}
	t.Reserved = d.holds()
	if d.format >= 4 {
		t.Lapsed = d.date()
	}
	if d.format >= 3 {
		t.Rolling, t.Fingerprints = d.rolling(), d.fingerprints()
	}
	return t
}

func (d *decoder) provisions() []Provision {
	n := d.count(5)
	if n == 0 {
		return nil
	}
	provisions := make([]Provision, n)
	for i := range provisions {
		provisions[i] = Provision{Item: d.text(), Period: d.period(), Count: d.int32(), Keep: d.int32()}
	}
	return provisions
}

func (d *decoder) rows() Rows {
	r := Rows{Uses: d.uses(), Provisions: d.provisions()}
	if d.format >= 3 {
		r.Daily = d.daily()
	}
	return r
}

func (d *decoder) holds() []Hold {
	if d.format < 2 {
		return nil
	}
	n := d.count(10)
	if n == 0 {
		return nil
	}
	holds := make([]Hold, n)
	for i := range holds {
		h := &holds[i]
		*h = Hold{Authorization: d.text(), Until: d.date(), Provisional: d.flag(), Provider: d.text(), Period: d.period()}
		h.Rows = d.rows()
		if shares := d.count(3); shares > 0 {
			h.Shares = make([]Share, shares)
			for j := range h.Shares {
				h.Shares[j] = Share{Head: d.text(), Rows: d.rows()}
			}
		}
		if lines := d.count(5); lines > 0 {
			h.Lines = make([]Held, lines)
			for j := range h.Lines {
				h.Lines[j] = Held{Item: d.text(), Quantity: d.decimal(), Amount: d.decimal()}
			}
		}
	}
	return holds
}

func (d *decoder) service() Service {
	s := Service{Item: d.text(), Since: d.date()}
	if n := d.count(3); n > 0 {
		s.Days = make([]Count, n)
		for i := range s.Days {
			s.Days[i] = Count{Period: d.period(), Times: d.int32()}
		}
	}
	return s
}

func (d *decoder) uses() []Use {
	n := d.count(6)
	if n == 0 {
		return nil
	}
	uses := make([]Use, n)
	for i := range uses {
		u := &uses[i]
		most := useOfSamePolicy
		if d.format >= 5 {
			most |= useHasProvisional
		}
		flags := d.byte(most)
		if flags&useOfSamePolicy == 0 {
			u.Policy = d.text()
		} else if i > 0 {
			u.Policy = uses[i-1].Policy
		} else {
			d.fail()
		}
		u.Limit, u.Period, u.Amount = d.text(), d.period(), d.decimal()
		if flags&useHasProvisional != 0 {
			u.Provisional = d.decimal()
		}
	}
	return uses
}
