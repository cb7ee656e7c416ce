package sqlite

import "claimwright/store/sqlite/internal/native"

// preparation is a statement and the field that will hold it.
type preparation struct {
	into **native.Stmt
	sql  string
}

func prepareAll(c *native.Conn, list []preparation) error {
	for _, p := range list {
		s, err := c.Prepare(p.sql)
		if err != nil {
			return err
		}
		*p.into = s
	}
	return nil
}

// Statements that both the writer and the readers run.
const (
	selectState = `SELECT grp, seq, irregular, resources, internals, index_rows, merged_grp, merged_seq, top_ordered, top_irregular
		FROM state WHERE one = 1`
	selectByRID      = `SELECT rid, type, id, version, seq, updated, deleted FROM resource WHERE rid = ?1`
	selectByID       = `SELECT rid, type, id, version, seq, updated, deleted FROM resource WHERE type = ?1 AND id = ?2 AND rid >= 4611686018427387904`
	selectEntries    = `SELECT entries FROM version WHERE seq = ?1`
	selectInternal   = `SELECT version, data FROM internal WHERE space = ?1 AND id = ?2`
	selectApplied    = `SELECT 1 FROM applied WHERE id = ?1`
	selectFloorBlock = `SELECT first, n, data FROM posting WHERE key = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1`
	selectNextBlocks = `SELECT first, n, data FROM posting WHERE key = ?1 AND first > ?2 ORDER BY first LIMIT ?3`
	selectFloorValue = `SELECT first, n, data FROM sorting WHERE key = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1`
	selectNextValues = `SELECT first, n, data FROM sorting WHERE key = ?1 AND first > ?2 ORDER BY first LIMIT ?3`
)

// located is a row of the table of resources.
type located struct {
	rid          int64
	resourceType string
	id           string
	version, seq int64
	updated      int64
	deleted      bool
}

// readLocated reads the row that selectByRID or selectByID answers; false when it answers none.
func readLocated(s *native.Stmt) (located, bool, error) {
	defer s.Reset()
	row, err := s.Step()
	if !row {
		return located{}, false, err
	}
	return located{
		rid: s.IntAt(0), resourceType: s.TextAt(1), id: s.TextAt(2), version: s.IntAt(3), seq: s.IntAt(4),
		updated: s.IntAt(5), deleted: s.IntAt(6) != 0,
	}, true, nil
}

// readEntries reads the entries of a version.
func readEntries(s *native.Stmt, seq int64) (*entries, error) {
	defer s.Reset()
	s.Int(1, seq)
	row, err := s.Step()
	if err != nil {
		return nil, err
	}
	if !row {
		return nil, errEntries
	}
	return decodeEntries(s.BytesAt(0))
}

// state is the row of the table of that name.
type state struct {
	group, seq                      int64
	irregular                       int64 // the next rid of an id whose order is not kept
	resources, internals, indexRows int64
	mergedGroup, mergedSeq          int64 // everything up to here is in the tables
	topOrdered, topIrregular        int64 // the largest rids of each half in the tables
}

func readState(s *native.Stmt) (state, error) {
	defer s.Reset()
	row, err := s.Step()
	if !row || err != nil {
		return state{}, err
	}
	return state{
		group: s.IntAt(0), seq: s.IntAt(1), irregular: s.IntAt(2), resources: s.IntAt(3), internals: s.IntAt(4),
		indexRows: s.IntAt(5), mergedGroup: s.IntAt(6), mergedSeq: s.IntAt(7), topOrdered: s.IntAt(8), topIrregular: s.IntAt(9),
	}, nil
}
