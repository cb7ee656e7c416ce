package sqlite

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// place is where a version stands in the order of time: by its moment, then in an order of the store's own.
type place struct{ updated, rid, seq int64 }

// The places before and after all others.
var (
	beginning = place{updated: math.MinInt64}
	end       = place{updated: math.MaxInt64, rid: math.MaxInt64, seq: math.MaxInt64}
)

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.updated, o.updated), cmp.Compare(p.rid, o.rid), cmp.Compare(p.seq, o.seq))
}

// Positions begin with a letter for what they are a position in.
const (
	inHistory = 'h'
	inSearch  = 's'
	inLog     = 'l'
)

// position writes a position: what it is in, which file it is of, and the numbers.
func (s *Store) position(in byte, numbers ...int64) store.Position {
	b := []byte{in}
	b = appendText(b, s.settings.instance)
	for _, n := range numbers {
		b = binary.AppendVarint(b, n)
	}
	return encodePosition(b)
}

func encodePosition(b []byte) store.Position {
	return store.Position(base64.RawURLEncoding.EncodeToString(b))
}

// openPosition checks what a position is in and whether it is of this file, and answers the rest.
func (s *Store) openPosition(in byte, p store.Position) (*byteReader, error) {
	raw, err := base64.RawURLEncoding.DecodeString(string(p))
	r := &byteReader{rest: raw}
	if err != nil || r.byte() != in || r.text() != s.settings.instance || r.damaged {
		return nil, fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
	}
	return r, nil
}

// numbers reads the numbers of a position.
func (s *Store) numbers(in byte, p store.Position, into ...*int64) error {
	r, err := s.openPosition(in, p)
	if err != nil {
		return err
	}
	for _, n := range into {
		*n = r.signed()
	}
	if r.damaged || len(r.rest) > 0 {
		return fmt.Errorf("position %q: %w", p, store.ErrCursorLost)
	}
	return nil
}

func (r *byteReader) signed() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.rest, r.damaged = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// moments walks the versions of a type in the order of time, forward or back. It reads ahead in batches, so that several
// can be walked at once on one connection.
type moments struct {
	sn           *snapshot
	resourceType string
	back         bool
	from         place // the last one read
	ahead        []place
	batch        int
	ended        bool
}

// peek answers the next place; false at the end.
func (m *moments) peek() (place, bool, error) {
	if len(m.ahead) == 0 && !m.ended {
		if err := m.fill(); err != nil {
			return place{}, false, err
		}
	}
	if len(m.ahead) == 0 {
		return place{}, false, nil
	}
	return m.ahead[0], true, nil
}

// next moves on behind the place that peek answered.
func (m *moments) next() { m.ahead = m.ahead[1:] }

func (m *moments) fill() error {
	st := m.sn.moments
	if m.back {
		st = m.sn.momentsBack
	}
	defer st.Reset()
	st.Text(1, m.resourceType)
	bindPlace(st, 2, m.from)
	for len(m.ahead) < m.batch {
		row, err := st.Step()
		if err != nil {
			return err
		}
		if !row {
			m.ended = true
			return nil
		}
		m.from = place{st.IntAt(0), st.IntAt(1), st.IntAt(2)}
		m.ahead = append(m.ahead, m.from)
	}
	m.batch = min(2*m.batch, 1000)
	return nil
}

func bindPlace(st *native.Stmt, i int, p place) {
	st.Int(i, p.updated)
	st.Int(i+1, p.rid)
	st.Int(i+2, p.seq)
}
