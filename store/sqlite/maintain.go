package sqlite

import (
	"context"
	"fmt"
	"os"

	"claimwright/store"
)

// Stats implements store.Maintainer. The counts are exact; IndexRows are the rows of the index's tables and the entries
// that are not merged into them yet.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	var out store.Stats
	err := s.inSnapshot(ctx, func(sn *snapshot) error {
		st, err := readState(sn.state)
		if err != nil {
			return err
		}
		out = store.Stats{Resources: st.resources, Versions: st.seq, Internals: st.internals, IndexRows: st.indexRows}
		for _, v := range sn.views() {
			e := v.extent
			out.IndexRows += int64(e.terms + e.ranges + e.texts + e.columns)
		}
		return nil
	})
	if err != nil {
		return store.Stats{}, fmt.Errorf("stats: %w", err)
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(s.path + suffix); err == nil {
			out.Bytes += info.Size()
		}
	}
	return out, nil
}

// Health implements store.Maintainer. After a commit that failed for the disk's sake it tries to write.
func (s *Store) Health(ctx context.Context) error {
	if err := s.isOpen(ctx); err != nil {
		return err
	}
	if broken := s.broken.Load(); broken != nil {
		return fmt.Errorf("health: %w", *broken)
	}
	if s.failing.Load() != nil {
		if err := s.hand(ctx, &request{task: s.writer.probe}); err != nil {
			return fmt.Errorf("health: write: %w", err)
		}
	}
	err := s.inSnapshot(ctx, func(sn *snapshot) error {
		_, err := readState(sn.state)
		return err
	})
	if err != nil {
		return fmt.Errorf("health: read: %w", err)
	}
	return nil
}

// probe writes as much as a few submissions, and takes it back.
func (w *writer) probe() error {
	const size = 64 << 10
	for _, sql := range []string{
		fmt.Sprintf("INSERT OR REPLACE INTO setting VALUES ('probe', zeroblob(%d))", size),
		"DELETE FROM setting WHERE name = 'probe'",
	} {
		err := w.transaction(func() (func(), error) { return func() {}, w.conn.Exec(sql) })
		if err != nil {
			return err
		}
	}
	return nil
}
