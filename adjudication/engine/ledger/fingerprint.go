package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"

	"claimwright/adjudication/engine/day"
)

const (
	// MaxFingerprints bounds how many lines a head can recognise.
	MaxFingerprints = 512
	// spareFingerprints is how many are forgotten at once when there are too many.
	spareFingerprints = MaxFingerprints / 8

	// fingerprintSize is 8 bytes of the hash and 3 of the day, the most significant first, so that bytes sort as they do.
	fingerprintSize = 11
)

// Fingerprint is by what a line that was accepted is known again: a hash of what the plan compares, and the line's day.
type Fingerprint struct {
	Hash uint64
	At   day.Date
	// Count is how many lines had it; negative in a release.
	Count int32
	// Days is how far the plan looks for the same.
	Days int32
}

// Fingerprints are those that a member's head remembers. They are kept sorted and packed, and are searched as they are.
type Fingerprints struct {
	// Since is the first day that is remembered; 0 when nothing was forgotten.
	Since day.Date
	rows  string
}

// Seen finds a line of that hash on the days of a window: the first such day, 0 when there is none. Known is false when a
// part of the window was forgotten.
func (f *Fingerprints) Seen(hash uint64, window day.Period) (at day.Date, known bool) {
	known = window.From >= f.Since
	if len(f.rows) == 0 {
		return 0, known
	}
	from := max(window.From, 0)
	i := f.search(hash, from)
	if i == f.len() {
		return 0, known
	}
	if found, on := f.row(i); found == hash && on <= window.End() {
		return on, known
	}
	return 0, known
}

func (f *Fingerprints) len() int { return len(f.rows) / fingerprintSize }

func (f *Fingerprints) row(i int) (hash uint64, at day.Date) {
	r := f.rows[i*fingerprintSize:]
	hash = uint64(r[0])<<56 | uint64(r[1])<<48 | uint64(r[2])<<40 | uint64(r[3])<<32 |
		uint64(r[4])<<24 | uint64(r[5])<<16 | uint64(r[6])<<8 | uint64(r[7]) // compiled into one load
	return hash, day.Date(r[8])<<16 | day.Date(r[9])<<8 | day.Date(r[10])
}

// search is the place of the first row that is not before hash and day.
func (f *Fingerprints) search(hash uint64, at day.Date) int {
	return sort.Search(f.len(), func(i int) bool {
		h, on := f.row(i)
		return h > hash || h == hash && on >= at
	})
}

// add adds and takes back what an entry says.
func (f *Fingerprints) add(all []Fingerprint, today day.Date) error {
	if len(all) == 0 {
		return nil
	}
	rows := append(make([]byte, 0, len(f.rows)+fingerprintSize*len(all)), f.rows...)
	limit := today
	for i := range all {
		p := &all[i]
		limit = min(limit, today-day.Date(p.Days)-KeepDays)
		if p.Count < 0 && p.At < f.Since {
			continue // forgotten: there is nothing left to take back
		}
		row := p.row()
		at := sort.Search(len(rows)/fingerprintSize, func(i int) bool {
			return bytes.Compare(rows[i*fingerprintSize:(i+1)*fingerprintSize], row[:]) >= 0
		}) * fingerprintSize
		// More of one than a head can remember would be forgotten all the same.
		for range min(p.Count, MaxFingerprints+1) {
			rows = slices.Insert(rows, at, row[:]...)
		}
		for n := p.Count; n < 0; n++ {
			if !bytes.HasPrefix(rows[at:], row[:]) {
				return fmt.Errorf("line of %s: %w", p.At, ErrOverdrawn)
			}
			rows = slices.Delete(rows, at, at+fingerprintSize)
		}
	}
	f.rows = string(rows)
	f.forget(limit)
	return nil
}

func (p *Fingerprint) row() (row [fingerprintSize]byte) {
	binary.BigEndian.PutUint64(row[:], p.Hash)
	row[8], row[9], row[10] = byte(p.At>>16), byte(p.At>>8), byte(p.At)
	return row
}

// forget drops the rows before limit when there are too many, and the oldest if there still are: whole days.
func (f *Fingerprints) forget(limit day.Date) {
	n := f.len()
	if n <= MaxFingerprints {
		return
	}
	days := make([]day.Date, n)
	for i := range days {
		_, days[i] = f.row(i)
	}
	slices.Sort(days)
	oldest := days[n-MaxFingerprints+spareFingerprints]
	if at, _ := slices.BinarySearch(days, oldest); n-at > MaxFingerprints {
		oldest++
	}
	limit = max(limit, oldest)
	kept := make([]byte, 0, len(f.rows))
	for i := range f.len() {
		if _, at := f.row(i); at >= limit {
			kept = append(kept, f.rows[i*fingerprintSize:(i+1)*fingerprintSize]...)
		}
	}
	f.Since, f.rows = max(f.Since, limit), string(kept)
}

func (e *encoder) fingerprints(f *Fingerprints) {
	e.date(f.Since)
	e.text(f.rows)
}

func (d *decoder) fingerprints() Fingerprints {
	f := Fingerprints{Since: d.date(), rows: d.text()}
	if len(f.rows)%fingerprintSize != 0 {
		d.fail()
		return Fingerprints{}
	}
	return f
}

func (e *encoder) fingerprint(all []Fingerprint) {
	e.uint(uint64(len(all)))
	for i := range all {
		p := &all[i]
		e.out = binary.BigEndian.AppendUint64(e.out, p.Hash)
		e.date(p.At)
		e.int(int64(p.Count))
		e.int(int64(p.Days))
	}
}

func (d *decoder) fingerprint() []Fingerprint {
	n := d.count(11)
	if n == 0 {
		return nil
	}
	all := make([]Fingerprint, n)
	for i := range all {
		for range 8 {
			all[i].Hash = all[i].Hash<<8 | uint64(d.byte(255))
		}
		all[i].At, all[i].Count, all[i].Days = d.date(), d.int32(), d.int32()
	}
	return all
}
