package native

import (
	"errors"
	"fmt"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite3 "modernc.org/sqlite/lib"
)

// Mode says what a connection may do.
type Mode int32

// The modes of a connection. Connections are opened without SQLite's own mutex: one goroutine at a time uses them.
const (
	// ReadWrite opens the database for writing and creates it when there is none.
	ReadWrite Mode = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE | sqlite3.SQLITE_OPEN_NOMUTEX
	// ReadOnly opens a database that exists.
	ReadOnly Mode = sqlite3.SQLITE_OPEN_READONLY | sqlite3.SQLITE_OPEN_NOMUTEX
)

// Conn is a connection. The zero value is not usable; make one with Open.
type Conn struct {
	tls   *libc.TLS
	db    uintptr
	stmts []*Stmt
}

// Open opens a connection to a database file. The path is taken as it is, never as a URI.
func Open(path string, mode Mode) (*Conn, error) {
	c := &Conn{tls: libc.NewTLS()}
	name, err := libc.CString(path)
	if err != nil {
		c.tls.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer libc.Xfree(c.tls, name)
	out := libc.Xmalloc(c.tls, types.Size_t(unsafe.Sizeof(uintptr(0))))
	if out == 0 {
		c.tls.Close()
		return nil, errNoMemory
	}
	defer libc.Xfree(c.tls, out)
	rc := sqlite3.Xsqlite3_open_v2(c.tls, name, out, int32(mode), 0)
	c.db = *(*uintptr)(pointer(out))
	if rc != sqlite3.SQLITE_OK {
		err := fmt.Errorf("open %s: %w", path, c.fault(rc))
		return nil, errors.Join(err, c.Close())
	}
	sqlite3.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	return c, nil
}

// Close releases the connection's statements and closes it. Closing twice is harmless.
func (c *Conn) Close() error {
	for _, s := range c.stmts {
		s.finalize()
	}
	c.stmts = nil
	if c.tls == nil {
		return nil
	}
	rc := sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	c.db = 0
	c.tls.Close()
	c.tls = nil
	if rc != sqlite3.SQLITE_OK {
		return &Error{Code: int(rc), Text: "close"}
	}
	return nil
}

// Exec runs a script: statements without parameters, separated by semicolons, their rows ignored.
func (c *Conn) Exec(script string) error {
	text, err := libc.CString(script)
	if err != nil {
		return fmt.Errorf("exec: %w", err)
	}
	defer libc.Xfree(c.tls, text)
	if rc := sqlite3.Xsqlite3_exec(c.tls, c.db, text, 0, 0, 0); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("exec %q: %w", headline(script), c.fault(rc))
	}
	return nil
}

// InTransaction tells whether a transaction is open; SQLite closes one by itself after some faults.
func (c *Conn) InTransaction() bool { return sqlite3.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// Changes is the number of rows that the last statement inserted, updated or deleted.
func (c *Conn) Changes() int64 { return int64(sqlite3.Xsqlite3_changes(c.tls, c.db)) }

// Statements lists the texts of the statements that are prepared, for those who examine their plans.
func (c *Conn) Statements() []string {
	out := make([]string, len(c.stmts))
	for i, s := range c.stmts {
		out[i] = s.sql
	}
	return out
}

// Checkpoint copies what it can of the write-ahead log into the database without waiting for anyone. It returns the
// number of frames in the log and how many of them are copied.
func (c *Conn) Checkpoint() (frames, copied int, err error) {
	out := libc.Xmalloc(c.tls, 8)
	if out == 0 {
		return 0, 0, errNoMemory
	}
	defer libc.Xfree(c.tls, out)
	counts := (*[2]int32)(pointer(out))
	rc := sqlite3.Xsqlite3_wal_checkpoint_v2(c.tls, c.db, 0, sqlite3.SQLITE_CHECKPOINT_PASSIVE, out, out+4)
	if rc != sqlite3.SQLITE_OK {
		return 0, 0, fmt.Errorf("checkpoint: %w", c.fault(rc))
	}
	return int(counts[0]), int(counts[1]), nil
}

// headline is the beginning of a statement, for messages.
func headline(sql string) string {
	const enough = 60
	if len(sql) > enough {
		return sql[:enough] + "…"
	}
	return sql
}

// pointer turns an address of SQLite's memory, which the garbage collector does not manage, into a pointer.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
