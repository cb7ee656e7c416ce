package sqlite

import (
	"context"
	"fmt"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// maxFindings bounds what Verify reports of one kind, so that a damaged file does not bury its reader.
const maxFindings = 100

// Verify implements store.Maintainer. It checks the file's pages, the chains of versions, the counts, and that the index
// holds exactly what the current versions say.
func (s *Store) Verify(ctx context.Context, report func(store.Finding), progress func(store.Progress)) error {
	if err := s.isOpen(ctx); err != nil {
		return err
	}
	if err := s.hand(ctx, &request{task: s.writer.drain}); err != nil { // what is merged is checked faster
		return fmt.Errorf("verify: %w", err)
	}
	v := &verification{s: s, ctx: ctx, report: report, progress: progress}
	if err := s.inSnapshot(ctx, v.run); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	return nil
}

// verification is one run over a snapshot.
type verification struct {
	s        *Store
	ctx      context.Context
	sn       *snapshot
	state    state
	report   func(store.Finding)
	progress func(store.Progress)
}

func (v *verification) run(sn *snapshot) error {
	v.sn = sn
	var err error
	if v.state, err = readState(sn.state); err != nil {
		return err
	}
	stages := []struct {
		name string
		run  func() error
	}{
		{"pages", v.pages}, {"versions", v.versions}, {"counts", v.counts}, {"index", v.index},
	}
	for i, stage := range stages {
		v.progress(store.Progress{Stage: stage.name, Done: int64(i), Total: int64(len(stages))})
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err := stage.run(); err != nil {
			return fmt.Errorf("%s: %w", stage.name, err)
		}
	}
	v.progress(store.Progress{Stage: "done", Done: int64(len(stages)), Total: int64(len(stages))})
	return nil
}

func (v *verification) find(key, format string, args ...any) {
	v.report(store.Finding{Key: key, Text: fmt.Sprintf(format, args...)})
}

// pages has SQLite check its own structures.
func (v *verification) pages() error {
	return v.rows("PRAGMA quick_check", func(st *native.Stmt) {
		if text := st.TextAt(0); text != "ok" {
			v.find("file", "%s", text)
		}
	})
}

// rows runs a statement of maintenance.
func (v *verification) rows(sql string, read func(*native.Stmt)) error {
	n := 0
	return v.sn.maintain(sql, func(st *native.Stmt) error {
		return eachRow(st, func() error {
			read(st)
			if n++; n%1000 == 0 {
				return v.ctx.Err()
			}
			return nil
		})
	})
}

// versions checks that each resource's versions form one chain without gaps, from its row back to version 1.
func (v *verification) versions() error {
	checks := []struct{ sql, text string }{
		{`SELECT r.type || '/' || r.id, r.version, r.seq FROM resource r LEFT JOIN version v ON v.seq = r.seq
			WHERE v.rid IS NOT r.rid OR v.version IS NOT r.version OR v.type IS NOT r.type
				OR v.updated IS NOT r.updated OR v.deleted IS NOT r.deleted`,
			"version %d, which is current, is not row %d of the log"},
		{`SELECT coalesce(r.type || '/' || r.id, 'number ' || v.rid), v.version, v.seq
			FROM version v LEFT JOIN version b ON b.seq = v.before LEFT JOIN resource r ON r.rid = v.rid
			WHERE r.rid IS NULL OR v.version = 1 AND v.before <> 0
				OR v.version > 1 AND (b.rid IS NOT v.rid OR b.version IS NOT v.version - 1)`,
			"version %d, row %d of the log, does not follow the one before it"},
	}
	for _, c := range checks {
		n := 0
		err := v.rows(c.sql, func(st *native.Stmt) {
			if n++; n <= maxFindings {
				v.find(st.TextAt(0), c.text, st.IntAt(1), st.IntAt(2))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type countCheck struct {
	sql, text string
	want      int64
}

// counts checks what the state says against the tables.
func (v *verification) counts() error {
	checks := []countCheck{
		{"SELECT count(*) FROM version", "the log has %d versions, not %d", v.state.seq},
		{"SELECT coalesce(sum(version), 0) FROM resource", "resources have %d versions, not %d", v.state.seq},
		{"SELECT count(*) FROM resource WHERE deleted = 0", "there are %d resources, not %d", v.state.resources},
	}
	if !v.sn.hasPendingInternals() {
		checks = append(checks, countCheck{"SELECT count(*) FROM internal", "there are %d internal records, not %d", v.state.internals})
	}
	for _, c := range checks {
		err := v.rows(c.sql, func(st *native.Stmt) {
			if have := st.IntAt(0); have != c.want {
				v.find("state", c.text, have, c.want)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hasPendingInternals tells whether the table of internal records is not the whole truth.
func (sn *snapshot) hasPendingInternals() bool {
	for _, v := range sn.views() {
		v.mu.RLock()
		n := len(v.internals)
		v.mu.RUnlock()
		if n > 0 {
			return true
		}
	}
	return false
}
