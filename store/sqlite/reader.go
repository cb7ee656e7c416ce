package sqlite

import (
	"context"
	"errors"
	"runtime"

	"claimwright/store/sqlite/internal/native"
)

// reader is a connection that reads. One goroutine at a time has it.
type reader struct {
	conn *native.Conn

	begin, end, moment                                            *native.Stmt
	state, record, alias, byID, located, version, headers, labels *native.Stmt
	internal, scanInternals, applied                              *native.Stmt
	candidate, moments, momentsBack                               *native.Stmt
	floorBlock, nextBlocks                                        *native.Stmt
	floorValue, nextValues                                        *native.Stmt
	nextLevel, spans, openSpans                                   *native.Stmt
	phrases, isSpan, isPhrase                                     *native.Stmt
	nextType, log                                                 *native.Stmt
}

func openReader(path string) (*reader, error) {
	c, err := native.Open(path, native.ReadOnly)
	if err != nil {
		return nil, err
	}
	r := &reader{conn: c}
	err = c.Exec("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -1500; PRAGMA temp_store = MEMORY")
	if err == nil {
		err = r.prepare()
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return r, nil
}

// versionColumns are what readVersion reads of a version v and its resource r.
const versionColumns = `v.seq, v.rid, v.version, v.updated, v.deleted, v.principal, v.request, v.interaction, v.labels, v.body, r.type, r.id`

// prepare compiles the reader's statements. Each finds its rows by a primary key or an index; a test reads the plans.
func (r *reader) prepare() error {
	return prepareAll(r.conn, []preparation{
		{&r.begin, `BEGIN`},
		{&r.end, `COMMIT`},
		{&r.state, selectState},
		{&r.moment, `SELECT grp, seq FROM state WHERE one = 1`},
		{&r.record, `SELECT ` + versionColumns + ` FROM resource r JOIN version v ON v.seq = r.seq WHERE r.rid = ?1`},
		{&r.alias, `SELECT rid FROM resource WHERE type = ?1 AND id = ?2 AND rid >= 4611686018427387904`},
		{&r.byID, `SELECT rid, id FROM resource WHERE type = ?1 AND id > ?2 AND rid >= 4611686018427387904 ORDER BY id LIMIT ?3`},
		{&r.version, `SELECT ` + versionColumns + ` FROM version v JOIN resource r ON r.rid = v.rid WHERE v.seq = ?1`},
		{&r.headers, `SELECT version, before, updated FROM version WHERE seq = ?1`},
		{&r.labels, `SELECT v.labels FROM resource r JOIN version v ON v.seq = r.seq WHERE r.rid = ?1`},
		{&r.located, selectByRID},
		{&r.internal, selectInternal},
		{&r.scanInternals, `SELECT id, version, data FROM internal WHERE space = ?1 AND id >= ?2 ORDER BY id`},
		{&r.applied, selectApplied},
		{&r.candidate, `SELECT r.id, r.updated, r.seq, v.entries FROM resource r JOIN version v ON v.seq = r.seq
			WHERE r.rid = ?1 AND r.type = ?2 AND r.deleted = 0`},
		{&r.moments, `SELECT v.updated, v.rid, v.seq FROM version v
			WHERE v.type = ?1 AND (v.updated, v.rid, v.seq) > (?2, ?3, ?4) ORDER BY v.updated, v.rid, v.seq`},
		{&r.momentsBack, `SELECT v.updated, v.rid, v.seq FROM version v
			WHERE v.type = ?1 AND (v.updated, v.rid, v.seq) < (?2, ?3, ?4) ORDER BY v.updated DESC, v.rid DESC, v.seq DESC`},
		{&r.nextType, `SELECT type FROM version WHERE type > ?1 ORDER BY type LIMIT 1`},
		{&r.floorBlock, selectFloorBlock},
		{&r.nextBlocks, selectNextBlocks},
		{&r.floorValue, selectFloorValue},
		{&r.nextValues, selectNextValues},
		{&r.nextLevel, `SELECT level FROM span WHERE key = ?1 AND level > ?2 ORDER BY level LIMIT 1`},
		{&r.spans, `SELECT lo, hi, rid FROM span WHERE key = ?1 AND level = ?2 AND lo >= ?3 AND lo <= ?4`},
		{&r.openSpans, `SELECT lo, hi, rid FROM span WHERE key = ?1 AND level = ?2 AND lo = ?3 AND hi >= ?4 AND hi <= ?5`},
		{&r.isSpan, `SELECT 1 FROM span WHERE key = ?1 AND level = ?2 AND lo = ?3 AND hi = ?4 AND rid = ?5`},
		{&r.isPhrase, `SELECT 1 FROM phrase WHERE key = ?1 AND folded = ?2 AND rid = ?3`},
		{&r.phrases, `SELECT folded, rid FROM phrase WHERE key = ?1 AND folded >= ?2 ORDER BY folded`},
		{&r.log, `SELECT ` + versionColumns + ` FROM version v JOIN resource r ON r.rid = v.rid
			WHERE v.seq > ?1 ORDER BY v.seq LIMIT ?2`},
	})
}

// read lends a reader for the length of a call; it waits for one if all are lent.
func (s *Store) read(ctx context.Context, use func(*reader) error) error {
	if err := s.isOpen(ctx); err != nil {
		return err
	}
	select {
	case r := <-s.readers:
		defer func() { s.readers <- r }()
		if err := s.isOpen(ctx); err != nil { // Close is collecting the readers
			return err
		}
		return use(r)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// snapshot is a state of the store between two groups, as one reader sees it.
type snapshot struct {
	*reader
	group, seq     int64
	active, frozen view
}

// inSnapshot lends a reader for the length of a call, with the file and the overlays as of one moment.
func (s *Store) inSnapshot(ctx context.Context, use func(*snapshot) error) error {
	return s.read(ctx, func(r *reader) (err error) {
		sn, err := s.take(ctx, r)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.end.Run()) }()
		return use(sn)
	})
}

// take begins a read transaction and finds the overlays' extent that belongs to it. The overlays are loaded first: what
// is merged and let go of after that is still seen in them, which is the same. The group that the file shows may become
// visible a moment later, or belong to overlays that have just been swapped: then the next attempt succeeds.
func (s *Store) take(ctx context.Context, r *reader) (*snapshot, error) {
	for {
		now := s.overlays.Load()
		if err := r.begin.Run(); err != nil {
			return nil, err
		}
		group, seq, err := r.now()
		if err != nil {
			return nil, errors.Join(err, r.end.Run())
		}
		if extent, ok := now.active.at(group); ok {
			sn := &snapshot{reader: r, group: group, seq: seq, active: view{now.active, extent}}
			if now.frozen != nil {
				sn.frozen = view{now.frozen, now.frozen.extent()}
			}
			return sn, nil
		}
		if err := errors.Join(r.end.Run(), ctx.Err()); err != nil {
			return nil, err
		}
		runtime.Gosched()
	}
}

// views lists the overlays that there are, newest first.
func (sn *snapshot) views() []view {
	if sn.frozen.overlay == nil {
		return []view{sn.active}
	}
	return []view{sn.active, sn.frozen}
}

// now reads the last group and the last version of the log.
func (r *reader) now() (group, seq int64, err error) {
	defer r.moment.Reset()
	row, err := r.moment.Step()
	if !row {
		return 0, 0, err
	}
	return r.moment.IntAt(0), r.moment.IntAt(1), nil
}
