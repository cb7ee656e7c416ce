package sqlite

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
	"claimwright/store/sqlite/internal/siphash"
)

// formatVersion is the version of the tables below. A file of a newer version is refused; there is no older one yet.
const formatVersion = 1

// applicationID marks the file as ours: "Clmw".
const applicationID = 0x436c6d77

// schema are the tables. In their order:
//
//   - setting: what was drawn when the file was made;
//   - state: one row, rewritten by each group;
//   - version: the log of all versions, the current ones included. It is only ever appended to, but for reindexing;
//   - resource: which version is current;
//   - applied: commits of the last hours;
//   - journal: internal records of the groups that are not merged yet;
//   - posting, sorting, span, phrase: the index; internal: the internal records, both without what is not merged yet.
const schema = `
CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE state (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	grp INTEGER NOT NULL, seq INTEGER NOT NULL,
	irregular INTEGER NOT NULL,
	resources INTEGER NOT NULL, internals INTEGER NOT NULL, index_rows INTEGER NOT NULL,
	merged_grp INTEGER NOT NULL, merged_seq INTEGER NOT NULL,
	top_ordered INTEGER NOT NULL, top_irregular INTEGER NOT NULL
);

CREATE TABLE version (
	seq INTEGER PRIMARY KEY,
	rid INTEGER NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL, updated INTEGER NOT NULL,
	deleted INTEGER NOT NULL, before INTEGER NOT NULL,
	principal TEXT NOT NULL, request TEXT NOT NULL, interaction TEXT NOT NULL,
	labels BLOB NOT NULL, entries BLOB NOT NULL, body BLOB
);
CREATE INDEX version_moment ON version (type, updated, rid);

CREATE TABLE resource (
	rid INTEGER PRIMARY KEY,
	type TEXT NOT NULL, id TEXT NOT NULL,
	version INTEGER NOT NULL, seq INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL,
	extractor INTEGER NOT NULL
);
CREATE UNIQUE INDEX resource_irregular ON resource (type, id) WHERE rid >= 4611686018427387904;

CREATE TABLE applied (id PRIMARY KEY, moment INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE journal (grp INTEGER PRIMARY KEY, seq INTEGER NOT NULL, internals BLOB NOT NULL);

CREATE TABLE internal (n INTEGER PRIMARY KEY, space TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data BLOB NOT NULL);
CREATE UNIQUE INDEX internal_key ON internal (space, id);

CREATE TABLE posting (
	key INTEGER NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (key, first)
) WITHOUT ROWID;
CREATE TABLE sorting (
	key INTEGER NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (key, first)
) WITHOUT ROWID;
CREATE TABLE span (
	key INTEGER NOT NULL, level INTEGER NOT NULL, lo REAL NOT NULL, hi REAL NOT NULL, rid INTEGER NOT NULL,
	PRIMARY KEY (key, level, lo, hi, rid)
) WITHOUT ROWID;
CREATE TABLE phrase (key INTEGER NOT NULL, folded TEXT NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY (key, folded, rid)) WITHOUT ROWID;
`

// settings are what was drawn when the file was made.
type settings struct {
	secret siphash.Key
	// instance tells files apart, so that a position of one is not taken for one of another.
	instance string
}

// prepareSchema makes the tables of an empty file and checks the format of another one.
func prepareSchema(c *native.Conn) (settings, error) {
	version, err := pragma(c, "user_version")
	if err != nil {
		return settings{}, err
	}
	id, err := pragma(c, "application_id")
	if err != nil {
		return settings{}, err
	}
	switch {
	case version == 0 && id == 0:
		if err := createSchema(c); err != nil {
			return settings{}, err
		}
	case id != applicationID:
		return settings{}, fmt.Errorf("file is a database of another program (application id %#x)", id)
	case version > formatVersion:
		return settings{}, fmt.Errorf("format %d, this program knows up to %d: %w", version, formatVersion, store.ErrNewerFormat)
	}
	return readSettings(c)
}

func createSchema(c *native.Conn) error {
	if tables, err := integer(c, "SELECT count(*) FROM sqlite_schema"); err != nil || tables > 0 {
		if err == nil {
			err = fmt.Errorf("file is a database of another program (%d tables)", tables)
		}
		return err
	}
	secret, err := draw(secretBytes)
	if err != nil {
		return err
	}
	instance, err := draw(instanceBytes)
	if err != nil {
		return err
	}
	return c.Exec(fmt.Sprintf(`BEGIN IMMEDIATE; %s
		INSERT INTO setting VALUES ('secret', x'%x'), ('instance', x'%x');
		INSERT INTO state VALUES (1, 0, 0, %d, 0, 0, 0, 0, 0, -1, %d);
		PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;`,
		schema, secret, instance, firstIrregular, firstIrregular-1, applicationID, formatVersion))
}

// Sizes of what is drawn when a file is made.
const (
	secretBytes   = 16
	instanceBytes = 8
)

func draw(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("draw random bytes: %w", err)
	}
	return b, nil
}

func readSettings(c *native.Conn) (settings, error) {
	var out settings
	secret, err := blob(c, "SELECT value FROM setting WHERE name = 'secret'")
	if err != nil {
		return out, err
	}
	instance, err := blob(c, "SELECT value FROM setting WHERE name = 'instance'")
	if err != nil {
		return out, err
	}
	if len(secret) != secretBytes || len(instance) != instanceBytes {
		return out, fmt.Errorf("settings of the file are damaged")
	}
	out.secret.K0 = binary.LittleEndian.Uint64(secret)
	out.secret.K1 = binary.LittleEndian.Uint64(secret[8:])
	out.instance = hex.EncodeToString(instance)
	return out, nil
}

func pragma(c *native.Conn, name string) (int64, error) { return integer(c, "PRAGMA "+name) }

// integer runs a statement that answers one integer.
func integer(c *native.Conn, sql string) (int64, error) {
	var out int64
	err := once(c, sql, func(s *native.Stmt) { out = s.IntAt(0) })
	return out, err
}

// blob runs a statement that answers one blob; nil when it answers nothing.
func blob(c *native.Conn, sql string) ([]byte, error) {
	var out []byte
	err := once(c, sql, func(s *native.Stmt) { out = s.BlobAt(0) })
	return out, err
}

// once runs a statement that nobody runs often, and reads its first row.
func once(c *native.Conn, sql string, read func(*native.Stmt)) error {
	s, err := c.Prepare(sql)
	if err != nil {
		return err
	}
	defer s.Close()
	row, err := s.Step()
	if row {
		read(s)
	}
	return err
}
