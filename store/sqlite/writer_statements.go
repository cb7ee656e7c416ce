package sqlite

// prepare compiles the writer's statements. Each finds its rows by a primary key or an index; a test reads the plans.
func (w *writer) prepare() error {
	w.sortings.values = true
	return prepareAll(w.conn, []preparation{
		{&w.begin, `BEGIN IMMEDIATE`},
		{&w.commit, `COMMIT`},
		{&w.rollback, `ROLLBACK`},
		{&w.selectState, selectState},
		{&w.rid, selectByRID},
		{&w.id, selectByID},
		{&w.entries, selectEntries},
		{&w.record, selectInternal},
		{&w.applied, selectApplied},
		{&w.addVersion, `INSERT INTO version
			(seq, rid, type, version, updated, deleted, before, principal, request, interaction, labels, entries, body)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)`},
		{&w.putResource, `INSERT INTO resource (rid, type, id, version, seq, updated, deleted, extractor)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
			ON CONFLICT (rid) DO UPDATE SET version = ?4, seq = ?5, updated = ?6, deleted = ?7, extractor = ?8`},
		{&w.addApplied, `INSERT OR IGNORE INTO applied (id, moment) VALUES (?1, ?2)`},
		{&w.sweepApplied, `DELETE FROM applied WHERE id IN (SELECT id FROM applied ORDER BY id LIMIT ?1) AND moment < ?2`},
		{&w.addJournal, `INSERT INTO journal (grp, seq, internals) VALUES (?1, ?2, ?3)`},
		{&w.trimJournal, `DELETE FROM journal WHERE grp IN (SELECT grp FROM journal WHERE grp <= ?1 ORDER BY grp LIMIT 4)`},
		{&w.putState, `UPDATE state SET grp = ?1, seq = ?2, irregular = ?3, resources = ?4, internals = ?5, index_rows = ?6,
			merged_grp = ?7, merged_seq = ?8, top_ordered = ?9, top_irregular = ?10 WHERE one = 1`},
		{&w.putEntries, `UPDATE version SET entries = ?2, labels = ?3 WHERE seq = ?1`},
		{&w.putExtractor, `UPDATE resource SET extractor = ?2 WHERE rid = ?1`},
		{&w.postings.floor, selectFloorBlock},
		{&w.postings.next, selectNextBlocks},
		{&w.postings.put, `INSERT OR REPLACE INTO posting (key, first, n, data) VALUES (?1, ?2, ?3, ?4)`},
		{&w.postings.drop, `DELETE FROM posting WHERE key = ?1 AND first = ?2`},
		{&w.sortings.floor, selectFloorValue},
		{&w.sortings.next, selectNextValues},
		{&w.sortings.put, `INSERT OR REPLACE INTO sorting (key, first, n, data) VALUES (?1, ?2, ?3, ?4)`},
		{&w.sortings.drop, `DELETE FROM sorting WHERE key = ?1 AND first = ?2`},
		{&w.addSpan, `INSERT OR IGNORE INTO span (key, level, lo, hi, rid) VALUES (?1, ?2, ?3, ?4, ?5)`},
		{&w.dropSpan, `DELETE FROM span WHERE key = ?1 AND level = ?2 AND lo = ?3 AND hi = ?4 AND rid = ?5`},
		{&w.addPhrase, `INSERT OR IGNORE INTO phrase (key, folded, rid) VALUES (?1, ?2, ?3)`},
		{&w.dropPhrase, `DELETE FROM phrase WHERE key = ?1 AND folded = ?2 AND rid = ?3`},
		{&w.putInternal, `INSERT INTO internal (space, id, version, data) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (space, id) DO UPDATE SET version = ?3, data = ?4`},
		{&w.dropInternal, `DELETE FROM internal WHERE space = ?1 AND id = ?2`},
	})
}
