package native

import (
	"errors"
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Error is a result code of SQLite with its message.
type Error struct {
	// Code is the extended result code.
	Code int
	Text string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("sqlite: %s (%d)", e.Text, e.Code) }

var errNoMemory = errors.New("sqlite: out of memory")

// fault describes a result code that the connection has just answered.
func (c *Conn) fault(rc int32) error {
	text := libc.GoString(sqlite3.Xsqlite3_errstr(c.tls, rc))
	if c.db != 0 {
		text = libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))
	}
	return &Error{Code: int(rc), Text: text}
}

// primary is the primary result code of an error of this package, 0 of another one.
func primary(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Code & 0xff
	}
	return 0
}

// IsBusy tells that another connection holds a lock.
func IsBusy(err error) bool { return primary(err) == sqlite3.SQLITE_BUSY }

// IsFull tells that the disk, or what the database may take of it, is full.
func IsFull(err error) bool { return primary(err) == sqlite3.SQLITE_FULL }

// IsCorrupt tells that the file is damaged or is no database.
func IsCorrupt(err error) bool {
	code := primary(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}
