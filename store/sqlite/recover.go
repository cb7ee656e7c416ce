package sqlite

import (
	"fmt"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// recover builds the overlay from the log of versions and the journal: from everything that was committed after the last
// merge was done. What was merged of it before a crash is merged again, which changes nothing.
func (w *writer) recover() (*overlay, error) {
	o := newOverlay(w.state.group - 1)
	d := newDelta()
	if err := w.recoverVersions(d); err != nil {
		return nil, err
	}
	if err := w.recoverJournal(d); err != nil {
		return nil, err
	}
	o.careful = len(d.terms)+len(d.internals) > 0
	o.apply(w.state.group, d)
	w.trim = true
	return o, nil
}

func (w *writer) recoverVersions(d *delta) error {
	s, err := w.conn.Prepare("SELECT seq, rid, before, entries FROM version WHERE seq > ?1 ORDER BY seq")
	if err != nil {
		return err
	}
	defer s.Close()
	s.Int(1, w.state.mergedSeq)
	return eachRow(s, func() error {
		after, err := decodeEntries(s.BytesAt(3))
		if err != nil {
			return fmt.Errorf("version %d of the log: %w", s.IntAt(0), err)
		}
		var before *entries
		if seq := s.IntAt(2); seq != 0 {
			if before, err = readEntries(w.entries, seq); err != nil {
				return fmt.Errorf("version %d of the log: %w", seq, err)
			}
		}
		d.replace(s.IntAt(1), before, after)
		return nil
	})
}

func (w *writer) recoverJournal(d *delta) error {
	s, err := w.conn.Prepare("SELECT grp, internals FROM journal WHERE grp > ?1 ORDER BY grp")
	if err != nil {
		return err
	}
	defer s.Close()
	s.Int(1, w.state.mergedGroup)
	return eachRow(s, func() error {
		err := readJournal(s.BytesAt(1), func(k store.InternalKey, in internalState) { d.internals[k] = in })
		if err != nil {
			return fmt.Errorf("group %d: %w", s.IntAt(0), err)
		}
		return nil
	})
}

// eachRow steps through a statement's rows.
func eachRow(s *native.Stmt, read func() error) error {
	defer s.Reset()
	for {
		row, err := s.Step()
		if !row {
			return err
		}
		if err := read(); err != nil {
			return err
		}
	}
}
